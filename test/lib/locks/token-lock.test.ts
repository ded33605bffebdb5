import {expect} from 'chai'
import {mkdtempSync} from 'node:fs'
import fsPromises, {chmod, constants, mkdir, readdir, rm, stat, symlink, writeFile} from 'node:fs/promises'
import os, {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'

import {type LockEvent} from '../../../src/lib/locks/lock.js'
import {lockToken, type TokenLockOptions} from '../../../src/lib/locks/token-lock.js'
import {failureOf} from '../support.js'
import {failing, fakeSystem, noteOf, RUNNING, withReplaced} from './fake-system.js'

const ROLES = [{entityType: 'ORGANIZATION', entityId: 'clorg', role: 'ORGANIZATION_MEMBER'}]
const FOLDER = `astro-organization-token-${process.getuid?.() ?? os.userInfo().username}`

const warning = (reason: string) =>
  `Token cltok could not be locked (${reason}). Run no other command that changes it at the same time`
const notOurs = (path: string) => warning(`${path} is not a folder that only this user can write to`)

const noHome = () => {
  throw new Error('no such user')
}

/** Access to files is denied in this mode. */
const denyAccess = (denied: number) => ({
  access: async (_: string, mode: number) => (mode === denied ? failing('EACCES')() : undefined),
})

describe('lockToken', () => {
  let root: string
  let temporary: string
  let home: string
  let warnings: string[]
  let usesOwnFolder: boolean

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'astro-token-lock-'))
    temporary = join(root, 'tmp')
    home = join(root, 'home')
    warnings = []
    usesOwnFolder = false
    await mkdir(temporary)
    await mkdir(home)
  })

  afterEach(async () => {
    await rm(root, {recursive: true})
  })

  const lock = async (more: Partial<TokenLockOptions> = {}, tokenId = 'cltok') =>
    lockToken(tokenId, {
      apiHost: 'https://api.astronomer.io',
      organizationId: 'clorg',
      ...(!usesOwnFolder && {places: {temporary, home: () => home}}),
      onWarning: (warning) => warnings.push(warning),
      system: fakeSystem(1000),
      ...more,
    })
  const commonFolder = () => join(temporary, FOLDER)
  const homeFolder = () => join(home, '.astro-organization-token-locks')
  /** Takes a lock and releases it. Returns its path. */
  const pathOf = async (more: Partial<TokenLockOptions> = {}) => {
    const events: LockEvent[] = []
    const held = await lock({...more, onEvent: (event) => events.push(event)})
    await held?.release()
    return events.at(-1)?.path ?? ''
  }

  const folderOf = async (more?: Partial<TokenLockOptions>) => dirname(await pathOf(more))

  it('takes a lock in a folder that only this user can change, under a name without its IDs', async () => {
    const held = await lock()

    expect(await readdir(temporary)).to.deep.equal([FOLDER])
    if (process.platform !== 'win32') expect((await stat(commonFolder())).mode % 0o1000).to.equal(0o700)
    const names = await readdir(commonFolder())
    expect(names.map((name) => name.replace(/^[\da-f]{32}\./, ''))).to.deep.equal(['lock'])
    await held?.release()
    expect(await readdir(commonFolder())).to.deep.equal([])
  })

  it('takes another lock for another API, Organization or token, and the same for the same', async () => {
    const locks = [
      await lock(),
      await lock({}, 'cltok2'),
      await lock({organizationId: '../../x'}),
      await lock({apiHost: 'http://localhost:8888'}),
    ]
    const again = await failureOf(async () => lock())

    expect(await readdir(commonFolder())).to.have.length(4)
    expect(again).to.include({
      kind: 'conflict',
      message: 'Process 1000 has held the lock on token cltok since 2026-03-10T12:00:00.000Z.',
    })
    for (const held of locks) await held?.release()
  })

  it('waits five seconds after a take-over', async () => {
    const system = fakeSystem()
    await writeFile(await pathOf(), noteOf())

    await (await lock({system}))?.release()

    expect(system.waits).to.deep.equal([5000])
  })

  it('keeps a note of replaced role sets beside the lock of each token', async () => {
    const first = await lock()
    await first?.replaced.record(ROLES, [])
    await first?.release()
    const locks = [await lock(), await lock({}, 'cltok2')]

    expect(locks.map((held) => held?.replaced.classify(ROLES))).to.deep.equal(['stale', 'unknown'])
    for (const held of locks) await held?.release()
    expect((await readdir(commonFolder())).map((name) => name.replace(/^\w+\./, ''))).to.deep.equal(['roles'])
  })

  const taken: readonly (readonly [title: string, make: (path: string) => Promise<unknown>])[] = [
    ['a folder that others can write to', async (path) => mkdir(path).then(async () => chmod(path, 0o777))],
    ['a file', async (path) => writeFile(path, '')],
    ['a link', async (path) => symlink(home, path)],
  ]
  for (const [title, make] of taken) {
    it(`uses a folder in the home directory if the name of its folder belongs to ${title}`, async () => {
      await make(commonFolder())

      expect(await folderOf()).to.equal(homeFolder())
      expect((await stat(homeFolder())).mode % 0o1000).to.equal(0o700)
      expect(warnings).to.deep.equal([])
    })
  }

  it('sets the mode of its folder whatever the umask is', async () => {
    const before = process.umask(0o300)
    try {
      await folderOf()
    } finally {
      process.umask(before)
    }

    expect((await stat(commonFolder())).mode % 0o1000).to.equal(0o700)
  })

  it('names its folder after the user if the system has no user IDs', async () => {
    const folder = await withReplaced(process, {getuid: undefined}, async () =>
      withReplaced(os, {userInfo: () => ({username: 'ada'})}, folderOf),
    )

    expect(folder).to.equal(join(temporary, 'astro-organization-token-ada'))
  })

  it('warns and uses no lock if both folders belong to others', async () => {
    const attempt = withReplaced(process, {getuid: () => 12_345}, async () => lock())

    expect(await attempt).to.equal(undefined)
    expect(warnings).to.deep.equal([notOurs(homeFolder())])
  })

  for (const [title, homeOf] of [
    ['unknown', noHome],
    ['relative', () => 'home'],
  ] as const) {
    it(`warns and uses no lock if its folder is taken and the home directory is ${title}`, async () => {
      await writeFile(commonFolder(), '')

      expect(await lock({places: {temporary, home: homeOf}})).to.equal(undefined)
      expect(warnings).to.deep.equal([notOurs(commonFolder())])
    })
  }

  it('warns and uses no lock if no folder can be made', async () => {
    const attempt = withReplaced(fsPromises, {mkdir: failing('EROFS')}, async () => lock())

    expect(await attempt).to.equal(undefined)
    expect(warnings).to.deep.equal([warning('EROFS')])
  })

  it('uses the same folder whatever TMPDIR and HOME are', async () => {
    usesOwnFolder = true
    const own = {organizationId: root}
    const before = await pathOf(own)
    const {HOME, TMPDIR} = process.env
    Object.assign(process.env, {HOME: home, TMPDIR: temporary})
    try {
      expect(await pathOf(own)).to.equal(before)
    } finally {
      for (const [name, value] of Object.entries({HOME, TMPDIR})) {
        if (value === undefined) Reflect.deleteProperty(process.env, name)
        else process.env[name] = value
      }
    }

    if (process.platform !== 'win32') expect(dirname(before)).to.equal(`/tmp/${FOLDER}`)
  })

  describe('in a chosen folder', () => {
    it('takes its lock there, whatever the mode of the folder is', async () => {
      await chmod(home, 0o777)

      expect(await folderOf({lockDirectory: home})).to.equal(home)
      expect(await readdir(temporary)).to.deep.equal([])
    })

    it('counts an empty name as none', async () => {
      expect(await folderOf({lockDirectory: ''})).to.equal(commonFolder())
    })

    it('passes on that another process has the lock', async () => {
      await writeFile(await pathOf({lockDirectory: home}), noteOf({pid: RUNNING}))

      expect((await failureOf(async () => lock({lockDirectory: home}))).kind).to.equal('conflict')
    })

    const unusable: readonly (readonly [title: string, path: string, reason: string, functions?: object])[] = [
      ['is relative', 'locks', 'it is not an absolute path'],
      ['does not exist', 'missing', "ENOENT: no such file or directory, stat 'PATH'"],
      ['is a file', 'file', 'it is not a folder'],
      ['is read-only', 'home', 'EACCES', denyAccess(constants.W_OK)],
      ['cannot be searched', 'home', 'EACCES', denyAccess(constants.X_OK)],
      ['cannot take a lock', 'home', 'ENOSPC', {writeFile: failing('ENOSPC')}],
    ]
    for (const [title, name, reason, functions = {}] of unusable) {
      it(`throws config if the folder ${title}`, async () => {
        await writeFile(join(root, 'file'), '')
        const path = name === 'locks' ? name : join(root, name)

        const failure = await withReplaced(fsPromises, functions, async () =>
          failureOf(async () => lock({lockDirectory: path})),
        )

        expect(failure).to.include({
          kind: 'config',
          message: `ASTRO_LOCK_DIR cannot be used: ${path} (${reason.replace('PATH', path)}).`,
        })
        expect(failure.details.hint).to.equal(
          'Set ASTRO_LOCK_DIR to the absolute path of an existing, writable folder, or unset it',
        )
        expect(warnings).to.deep.equal([])
      })
    }
  })
})
