import {expect} from 'chai'
import {mkdtempSync} from 'node:fs'
import {chmod, mkdir, readdir, stat, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'

import {type LockEvent} from '../../../src/lib/locks/lock.js'
import {type LockSystem, SYSTEM} from '../../../src/lib/locks/system.js'
import {lockToken, type TokenLockOptions} from '../../../src/lib/locks/token-lock.js'
import {failureOf} from '../support.js'
import {fakeSystem, noteOf} from './fake-system.js'

const API = 'https://api.astronomer.io'
const USER = String(process.getuid?.() ?? '')
const ROLES = [{entityType: 'ORGANIZATION', entityId: 'clorg', role: 'ORGANIZATION_MEMBER'}]

describe('lockToken', () => {
  let root: string
  let temporary: string
  let home: string
  let warnings: string[]

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'astro-token-lock-'))
    temporary = join(root, 'tmp')
    home = join(root, 'home')
    warnings = []
    await mkdir(temporary)
    await mkdir(home)
  })

  const options = (more: Partial<TokenLockOptions> = {}): TokenLockOptions => ({
    apiHost: API,
    organizationId: 'clorg',
    places: {temporary, home: () => home},
    onWarning: (warning) => warnings.push(warning),
    ...more,
  })
  const commonFolder = () => join(temporary, `astro-organization-token-${USER}`)
  const homeFolder = () => join(home, '.astro-organization-token-locks')
  /** Takes a lock, and tells in which folder it is. */
  const folderOf = async (more: Partial<TokenLockOptions> = {}) => dirname(await pathOf(options(more)))

  it('takes a lock in a folder of this user alone, which holds nothing of its names', async () => {
    const lock = await lockToken('cltok', options())

    expect(await readdir(temporary)).to.deep.equal([`astro-organization-token-${USER}`])
    expect((await stat(commonFolder())).mode % 0o1000).to.equal(0o700)
    const [name = '', ...others] = await readdir(commonFolder())
    expect(name).to.match(/^[\da-f]{32}\.lock$/)
    expect(others).to.deep.equal([])
    await lock?.release()
    expect(await readdir(commonFolder())).to.deep.equal([])
  })

  it('is another lock for another API, Organization or token, and the same for the same', async () => {
    const locks = [
      await lockToken('cltok', options()),
      await lockToken('cltok2', options()),
      await lockToken('cltok', options({organizationId: '../../x'})),
      await lockToken('cltok', options({apiHost: 'http://localhost:8888'})),
    ]
    const again = await failureOf(async () => lockToken('cltok', options({system: impatient()})))

    expect(new Set(await readdir(commonFolder())).size).to.equal(4)
    expect(again.kind).to.equal('conflict')
    expect(again.message).to.contain(`Process ${process.pid} has held the lock on token cltok since `)
    for (const lock of locks) await lock?.release()
  })

  it('waits five seconds after a take-over', async () => {
    const system = fakeSystem()
    await writeFile(await pathOf(options()), noteOf())

    const lock = await lockToken('cltok', options({system}))

    expect(system.waits).to.deep.equal([5000])
    await lock?.release()
  })

  it('keeps a note of replaced role sets beside the lock', async () => {
    const first = await lockToken('cltok', options())
    await first?.replaced.record(ROLES, [])
    await first?.release()
    const second = await lockToken('cltok', options())
    const other = await lockToken('cltok2', options())

    expect(second?.replaced.classify(ROLES)).to.equal('stale')
    expect(other?.replaced.classify(ROLES)).to.equal('unknown')
    await second?.release()
    await other?.release()
    expect((await readdir(commonFolder())).filter((name) => !name.endsWith('.roles'))).to.deep.equal([])
  })

  describe('if the name of its folder is taken', () => {
    const takers: readonly (readonly [what: string, make: (path: string) => Promise<unknown>])[] = [
      ['by a folder that others may write to', async (path) => mkdir(path).then(async () => chmod(path, 0o777))],
      ['by a file', async (path) => writeFile(path, '')],
      ['by a link', async (path) => symlink(home, path)],
    ]
    for (const [what, make] of takers) {
      it(`${what}, uses one in the home directory`, async () => {
        await make(commonFolder())

        expect(await folderOf()).to.equal(homeFolder())
        expect((await stat(homeFolder())).mode % 0o1000).to.equal(0o700)
        expect(warnings).to.deep.equal([])
      })
    }

    it('goes on without a lock, after a warning, if there is none in the home directory either', async () => {
      await writeFile(commonFolder(), '')
      await writeFile(homeFolder(), '')

      expect(await lockToken('cltok', options())).to.equal(undefined)
      expect(warnings).to.have.length(1)
      expect(warnings[0]).to.match(
        /^Token cltok could not be locked \(.*is not a folder that only this user can write to\)/,
      )
    })
  })

  it('goes on without a lock, after a warning, if no folder can be made', async () => {
    const nowhere = {
      temporary: join(root, 'not', 'there'),
      home() {
        throw new Error('no such user')
      },
    }

    expect(await lockToken('cltok', options({places: nowhere}))).to.equal(undefined)
    expect(await lockToken('cltok', options({places: {...nowhere, home: () => ''}}))).to.equal(undefined)
    expect(warnings).to.have.length(2)
    expect(warnings[0]).to.contain('ENOENT')
  })

  it('uses the same folder whatever TMPDIR and HOME are', async () => {
    const {HOME, TMPDIR} = process.env
    try {
      const own: TokenLockOptions = {apiHost: API, organizationId: root}
      const before = await pathOf(own)
      Object.assign(process.env, {HOME: home, TMPDIR: temporary})

      expect(dirname(before)).to.equal(`/tmp/astro-organization-token-${USER}`)
      expect(await pathOf(own)).to.equal(before)
    } finally {
      for (const [name, value] of Object.entries({HOME, TMPDIR})) {
        if (value === undefined) Reflect.deleteProperty(process.env, name)
        else process.env[name] = value
      }
    }
  })

  describe('in a chosen folder', () => {
    it('takes its lock there, whatever the folder’s mode', async () => {
      const lockDirectory = join(root, 'shared')
      await mkdir(lockDirectory)
      await chmod(lockDirectory, 0o777)

      expect(await folderOf({lockDirectory})).to.equal(lockDirectory)
      expect(await readdir(temporary)).to.deep.equal([])
    })

    it('takes an empty name for none', async () => {
      expect(await folderOf({lockDirectory: ''})).to.equal(commonFolder())
    })

    const unusable: readonly (readonly [what: string, path: () => string, reason: string])[] = [
      ['a relative path', () => 'locks', 'it is not an absolute path'],
      ['not there', () => join(root, 'missing'), 'ENOENT'],
      ['a file', () => join(root, 'file'), 'it is not a folder'],
      ['below a file', () => join(root, 'file', 'x'), 'ENOTDIR'],
    ]
    for (const [what, path, reason] of unusable) {
      it(`throws config if it is ${what}`, async () => {
        await writeFile(join(root, 'file'), '')

        const failure = await failureOf(async () => lockToken('cltok', options({lockDirectory: path()})))

        expect(failure.kind).to.equal('config')
        expect(failure.message).to.contain('ASTRO_LOCK_DIR').and.contain(path()).and.contain(reason)
        expect(warnings).to.deep.equal([])
      })
    }

    // Root may write everywhere.
    if (process.getuid?.() !== 0) {
      it('throws config if it is read-only', async () => {
        await chmod(home, 0o500)

        const failure = await failureOf(async () => lockToken('cltok', options({lockDirectory: home})))

        expect(failure.kind).to.equal('config')
      })
    }

    it('throws config if locks cannot be made there', async () => {
      const system = fakeSystem()
      system.self = () => {
        throw new Error('the disk is full')
      }

      const failure = await failureOf(async () => lockToken('cltok', options({lockDirectory: root, system})))

      expect(failure.kind).to.equal('config')
      expect(failure.message).to.contain('the disk is full')
    })
  })
})

/** A system on which a minute passes at the first wait. */
function impatient(): LockSystem {
  const system = fakeSystem(SYSTEM.self())
  return {...system, sleep: async () => system.sleep(60_000)}
}

/** Where the lock of the options is, as one that is taken and released shows. */
async function pathOf(options: TokenLockOptions): Promise<string> {
  const events: LockEvent[] = []
  const lock = await lockToken('cltok', {...options, onEvent: (event) => events.push(event)})
  await lock?.release()
  return events.at(-1)?.path ?? ''
}
