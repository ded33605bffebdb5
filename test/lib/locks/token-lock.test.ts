import {expect} from 'chai'
import {mkdirSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs'
import fsPromises from 'node:fs/promises'
import {dirname, join} from 'node:path'

import {SYSTEM, type System} from '../../../src/lib/locks/process.js'
import {lockToken, type TokenLockOptions} from '../../../src/lib/locks/token-lock.js'
import {newFolder} from '../../support/run-cli.js'
import {failureOf} from '../support.js'
import {fakeContext, noteOf, SELF, systemError, withReplaced} from './support.js'

const NAME = 'astro-plugin-organization-token'
const userId = process.getuid?.()
const OWN_FOLDER = `tmp/${NAME}-${userId ?? 'ada'}`

const failNow = (): never => {
  throw systemError('EPERM')
}

describe('lockToken', () => {
  let base: string
  let context: ReturnType<typeof fakeContext>
  let system: System

  beforeEach(() => {
    base = newFolder('lock')
    mkdirSync(join(base, 'tmp'))
    mkdirSync(join(base, 'home/AppData/Local'), {recursive: true})
    context = fakeContext(1000)
    system = {
      ...context.system,
      platform: 'linux',
      userId,
      user: () => ({homedir: join(base, 'home'), username: 'ada'}),
      temporary: join(base, 'tmp'),
    }
  })

  const lock = async (more: Partial<TokenLockOptions> = {}, tokenId = 'cltok') =>
    lockToken(tokenId, {
      apiHost: 'https://api.astronomer.io',
      organizationId: 'clorg',
      ...context,
      system,
      ...more,
    })

  /** Takes a lock and releases it. Returns its path below `base`, or what was printed. */
  const pathOf = async (more: Partial<TokenLockOptions> = {}) => {
    context.log.length = 0
    await (await lock(more)).release()
    const line = context.log.find((line) => /^(?:lock acquired|warning:) /.test(line)) ?? ''
    return line.replace('lock acquired ', '').replaceAll(join(base, '/'), '')
  }

  const cache = (home = join(base, 'home')) => join(home, `.cache/${NAME}/locks`)
  const folderOf = async (more?: Partial<TokenLockOptions>) => dirname(await pathOf(more))

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
    expect([kind, message]).to.deep.equal([
      'conflict',
      `Process 1000 has held the lock on token cltok since ${message.slice(-25)}`,
    ])
    const folder = cache()
    expect(readdirSync(folder).map((name) => name.replace(/^[\da-f]{32}\./, ''))).to.deep.equal(locks.map(() => 'lock'))
    if (userId !== undefined) expect(statSync(folder).mode % 0o1000).to.equal(0o700)
    for (const held of locks) await held.release()
    expect(readdirSync(folder)).to.deep.equal([])
  })

  it('waits five seconds after a take-over, and removes the old locks of other tokens', async () => {
    const path = join(base, await pathOf())
    writeFileSync(path, noteOf())
    writeFileSync(join(dirname(path), 'other.lock'), noteOf())
    utimesSync(join(dirname(path), 'other.lock'), 0, 0)

    await (await lock()).release()

    expect(context.pauses).to.deep.equal([5000])
    expect(readdirSync(dirname(path))).to.deep.equal([])
  })

  for (const {folder, platform} of [
    {platform: 'darwin', folder: `home/Library/Caches/${NAME}/locks`},
    {platform: 'win32', folder: `home/AppData/Local/${NAME}/locks`},
    {platform: 'freebsd', folder: `home/.cache/${NAME}/locks`},
  ] as const) {
    it(`uses the user's cache directory on ${platform}`, async () => {
      system = {...system, platform}

      expect(await folderOf()).to.equal(folder)
    })
  }

  for (const [title, spoil] of [
    [
      'does not exist',
      () => {
        rmSync(join(base, 'home'), {recursive: true})
      },
    ],
    ['is not in the password database', () => Object.assign(system, {user: failNow})],
    [
      'has a file in the place of the cache',
      () => {
        writeFileSync(join(base, 'home/.cache'), '')
      },
    ],
    ['has a directory for locks that others can use', () => mkdirSync(cache(), {recursive: true, mode: 0o755})],
  ] as const) {
    it(`uses the user's own directory in the temporary directory if the home ${title}`, async () => {
      spoil()

      expect(await folderOf()).to.equal(OWN_FOLDER)
      if (userId !== undefined) expect(statSync(join(base, OWN_FOLDER)).mode % 0o1000).to.equal(0o700)
    })
  }

  it('uses the next directory on a file system without hard links', async () => {
    const {link} = fsPromises
    const linkInTmp = async (from: string, to: string) => (to.includes('/home/') ? failNow() : link(from, to))

    expect(await withReplaced(fsPromises, {link: linkInTmp}, folderOf)).to.equal(OWN_FOLDER)
  })

  it('is not diverted by another user who takes and gives back the name in the temporary directory', async () => {
    symlinkSync(newFolder(), join(base, OWN_FOLDER))
    const before = await folderOf()
    rmSync(join(base, OWN_FOLDER))

    expect([before, await folderOf()]).to.deep.equal([cache('home'), cache('home')])
  })

  it('names the directory after the user if the system has no user IDs', async () => {
    Object.assign(system, {userId: undefined, user: () => ({homedir: join(base, 'none'), username: 'ada'})})

    expect(await folderOf()).to.equal(`tmp/${NAME}-ada`)
  })

  it('warns and goes on without a lock if there is no place for one', async () => {
    Object.assign(system, {userId: (userId ?? 0) + 1, user: failNow})
    mkdirSync(join(base, 'tmp', `${NAME}-${system.userId}`))

    expect(await pathOf()).to.equal(
      `warning: Token cltok could not be locked (EPERM; tmp/${NAME}-${system.userId} belongs to another user). Run no other command that changes it at the same time`,
    )
    expect(await (await lock()).isHeld()).to.equal(true)
  })

  it('uses the same directories regardless of the environment', async () => {
    const home = newFolder()
    const before = await pathOf({system: SYSTEM})

    const environment = {HOME: home, TMPDIR: home, XDG_CACHE_HOME: home}
    const after = await withReplaced(process.env, environment, async () => pathOf({system: SYSTEM}))

    expect(after).to.equal(before)
    if (userId !== undefined) expect(SYSTEM.temporary).to.equal('/tmp')
  })
})
