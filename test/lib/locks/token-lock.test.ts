import {expect} from 'chai'
import {mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'

import {FILES} from '../../../src/lib/locks/lock-file.js'
import {type System} from '../../../src/lib/locks/process.js'
import {lockToken, type TokenLockOptions} from '../../../src/lib/locks/token-lock.js'
import {newFolder} from '../../support/run-cli.js'
import {failureOf} from '../support.js'
import {failing, fakeContext, noteOf, SELF, withReplaced} from './support.js'

const NAME = 'astro-plugin-organization-token'
const CACHE = `home/.cache/${NAME}/locks`
const userId = process.getuid?.()

describe('lockToken', () => {
  let base: string
  let context: ReturnType<typeof fakeContext>
  let system: System

  beforeEach(() => {
    base = newFolder('lock')
    mkdirSync(join(base, 'tmp'))
    mkdirSync(join(base, 'home/AppData/Local'), {recursive: true})
    context = fakeContext()
    system = {
      ...context.system,
      platform: 'linux',
      userId,
      user: () => ({homedir: join(base, 'home'), username: 'ada'}),
      temporary: join(base, 'tmp'),
    }
  })

  const lock = async (more: Partial<TokenLockOptions> = {}, tokenId = 'cltok') => {
    const options = {apiHost: 'https://api.astronomer.io', organizationId: 'clorg', ...context, system}
    return lockToken(tokenId, {...options, ...more})
  }

  /** Takes a lock and releases it. Returns its path below `base`. */
  const pathOf = async (more?: Partial<TokenLockOptions>) => {
    await (await lock(more)).release()
    return context.log.at(-1)?.replace('lock acquired ', '').replace(join(base, '/'), '') ?? ''
  }

  const folderOf = async (more: Partial<System> = {}) => dirname(await pathOf({system: {...system, ...more}}))

  it('takes one lock for each API, Organization, token, boot and PID namespace', async () => {
    const machine = {...system, self: () => ({...SELF, machine: 'boot pid:[2]'})}
    const locks = [
      await lock(),
      await lock({}, 'cltok2'),
      await lock({organizationId: 'clorg2'}),
      await lock({apiHost: 'http://localhost:8888'}),
      await lock({system: machine}),
    ]

    const {kind, message} = await failureOf(lock)
    expect(kind).to.equal('conflict')
    expect(message).to.match(/^Process 1000 has held the lock on token cltok since /)
    const folder = join(base, CACHE)
    expect(readdirSync(folder).map((name) => name.replace(/^[\da-f]{32}\./, ''))).to.deep.equal(locks.map(() => 'lock'))
    if (userId !== undefined) expect(statSync(folder).mode % 0o1000).to.equal(0o700)
    for (const held of locks) await held.release()
    expect(readdirSync(folder)).to.deep.equal([])
  })

  it('waits five seconds after a take-over, and removes the old locks of other tokens', async () => {
    const path = join(base, await pathOf())
    const other = join(dirname(path), 'other.lock')
    writeFileSync(path, noteOf())
    writeFileSync(other, noteOf())
    utimesSync(other, 0, 0)

    await (await lock()).release()

    expect([context.pauses, context.told.status]).to.deep.equal([[5000], ['', 'waiting for another process', '']])
    expect(readdirSync(dirname(path))).to.deep.equal([])
  })

  it("uses the user's cache directory, or else the user's own directory in the temporary directory", async () => {
    const files = {...FILES}
    const linkInTmp = async (from: string, to: string) =>
      to.includes('/home/') ? failing('EPERM')() : files.link(from, to)
    const temporary = `tmp/${NAME}-${userId ?? 'ada'}`
    expect(await folderOf({platform: 'darwin'})).to.equal(`home/Library/Caches/${NAME}/locks`)
    expect(await folderOf({platform: 'win32'})).to.equal(`home/AppData/Local/${NAME}/locks`)
    mkdirSync(join(base, CACHE), {recursive: true, mode: 0o755})
    expect(await folderOf()).to.equal(temporary)
    expect(await folderOf({user: failing('ENOENT')})).to.equal(temporary)
    rmSync(join(base, CACHE), {recursive: true})
    expect(await withReplaced(FILES, {link: linkInTmp}, folderOf)).to.equal(temporary)
    expect(await folderOf()).to.equal(CACHE)
    const user = () => ({homedir: join(base, 'none'), username: 'ada'})
    expect(await folderOf({userId: undefined, user})).to.equal(`tmp/${NAME}-ada`)
  })

  it('warns and goes on without a lock if there is no place for one', async () => {
    Object.assign(system, {userId: (userId ?? 0) + 1, user: failing('EPERM')})
    const path = join(base, 'tmp', `${NAME}-${system.userId}`)
    mkdirSync(path)

    const held = await lock()

    expect(context.told.warn).to.deep.equal([
      `Token cltok could not be locked (EPERM; ${path} belongs to another user). Run no other command that changes it at the same time`,
    ])
    expect(await held.isHeld()).to.equal(true)
    await held.release()
  })
})
