import {expect} from 'chai'
import {mkdtempSync, readdirSync, rmSync, statSync} from 'node:fs'
import fsPromises, {chmod, constants, mkdir, symlink, writeFile} from 'node:fs/promises'
import os, {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'

import {lockToken, type TokenLockOptions} from '../../../src/lib/locks/token-lock.js'
import {failureOf} from '../support.js'
import {failing, fakeSystem, noteOf, withReplaced} from './fake-system.js'

const ROLES = [{entityType: 'ORGANIZATION', entityId: 'clorg', role: 'ORGANIZATION_MEMBER'}]
const FOLDER = `astro-organization-token-${process.getuid?.() ?? os.userInfo().username}`

const HOME_FOLDER = 'home/.astro-organization-token-locks'
const NOT_OURS = 'is not a folder that only this user can write to'

const noHome = () => {
  throw new Error('no such user')
}

/** Access to files is denied in this mode. */
const denyAccess = (denied: number) => ({
  access: async (_: string, mode: number) => (mode === denied ? failing('EACCES')() : undefined),
})

const modeOf = (path: string) => statSync(path).mode % 0o1000

describe('lockToken', () => {
  let folder: string
  let temporary: string
  let home: string
  let warnings: string[]

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'astro-lock-'))
    temporary = join(folder, 'tmp')
    home = join(folder, 'home')
    warnings = []
    await mkdir(temporary)
    await mkdir(home)
  })

  afterEach(() => {
    rmSync(folder, {recursive: true})
  })

  const lock = async (more: Partial<TokenLockOptions> = {}, tokenId = 'cltok') =>
    lockToken(tokenId, {
      apiHost: 'https://api.astronomer.io',
      organizationId: 'clorg',
      places: {temporary, home: () => home},
      onWarning: (warning) => warnings.push(warning),
      system: fakeSystem(1000),
      ...more,
    })
  const commonFolder = () => join(temporary, FOLDER)
  /** Takes a lock and releases it. Returns its path. */
  const pathOf = async (more: Partial<TokenLockOptions> = {}) => {
    const paths: string[] = []
    const held = await lock({...more, onEvent: ({path}) => paths.push(path)})
    await held?.release()
    return paths.at(-1) ?? ''
  }

  const folderOf = async (more?: Partial<TokenLockOptions>) => dirname(await pathOf(more))

  it('takes one lock for each API, Organization and token, in a folder that only this user can change', async () => {
    const umask = process.umask(0o300)
    const locks = [
      await lock().finally(() => process.umask(umask)),
      await lock({}, 'cltok2'),
      await lock({organizationId: '../../x'}),
      await lock({apiHost: 'http://localhost:8888'}),
    ]

    expect(await failureOf(async () => lock())).to.include({
      kind: 'conflict',
      message: 'Process 1000 has held the lock on token cltok since 2026-03-10T12:00:00.000Z.',
    })
    if (process.platform !== 'win32') expect(modeOf(commonFolder())).to.equal(0o700)
    const names = readdirSync(commonFolder()).map((name) => name.replace(/^[\da-f]{32}\./, ''))
    expect(names).to.deep.equal(['lock', 'lock', 'lock', 'lock'])
    for (const held of locks) await held?.release()
    expect(readdirSync(commonFolder())).to.deep.equal([])
  })

  it('waits five seconds after a take-over', async () => {
    const system = fakeSystem()
    await writeFile(await pathOf(), noteOf())

    await (await lock({system}))?.release()

    expect(system.waits).to.deep.equal([5000])
  })

  it('keeps a record of replaced roles beside the lock of each token', async () => {
    const first = await lock()
    await first?.replaced.record(ROLES, [])
    await first?.release()

    const locks = [await lock(), await lock({}, 'cltok2')]

    expect(locks.map((held) => held?.replaced.classify(ROLES))).to.deep.equal(['stale', 'unknown'])
    for (const held of locks) await held?.release()
    expect(readdirSync(commonFolder()).map((name) => name.replace(/^\w+\./, ''))).to.deep.equal(['roles'])
  })

  const taken: readonly (readonly [title: string, make: (path: string) => Promise<unknown>])[] = [
    ['a folder that others can write to', async (path) => mkdir(path).then(async () => chmod(path, 0o777))],
    ['a folder that the group can write to', async (path) => mkdir(path).then(async () => chmod(path, 0o770))],
    ['a file', async (path) => writeFile(path, '')],
    ['a link to a private folder', async (path) => chmod(home, 0o700).then(async () => symlink(home, path))],
  ]
  for (const [title, make] of taken) {
    it(`uses a folder in the home directory if the name of its folder belongs to ${title}`, async () => {
      await make(commonFolder())

      expect(await folderOf()).to.equal(join(folder, HOME_FOLDER))
      expect(modeOf(join(folder, HOME_FOLDER))).to.equal(0o700)
      expect(warnings).to.deep.equal([])
    })
  }

  it('names its folder after the user if the system has no user IDs', async () => {
    const folder = await withReplaced(process, {getuid: undefined}, async () =>
      withReplaced(os, {userInfo: () => ({username: 'ada'})}, folderOf),
    )

    expect(folder).to.equal(join(temporary, 'astro-organization-token-ada'))
  })

  const unavailable: readonly (readonly [title: string, home: () => string, functions: object, reason: string])[] = [
    ['both folders belong to others', () => home, {getuid: () => 12_345}, `${HOME_FOLDER} ${NOT_OURS}`],
    ['its folder is taken and the user has no home directory', noHome, {}, `tmp/${FOLDER} ${NOT_OURS}`],
    ['its folder is taken and the home directory is relative', () => 'home', {}, `tmp/${FOLDER} ${NOT_OURS}`],
    ['no folder can be created', () => home, {mkdir: failing('EROFS')}, 'EROFS'],
  ]
  for (const [title, homeOf, functions, reason] of unavailable) {
    it(`warns and takes no lock if ${title}`, async () => {
      await writeFile(commonFolder(), '')
      const places = {temporary, home: homeOf}
      const module = 'mkdir' in functions ? fsPromises : process

      expect(await withReplaced(module, functions, async () => lock({places}))).to.equal(undefined)
      expect(warnings.map((warning) => warning.replace(join(folder, '/'), ''))).to.deep.equal([
        `Token cltok could not be locked (${reason}). Run no other command that changes it at the same time`,
      ])
    })
  }

  it('uses the same folder regardless of TMPDIR and HOME', async () => {
    const ownPath = async () => pathOf({organizationId: home, places: undefined})
    const before = await ownPath()

    expect(await withReplaced(process.env, {HOME: home, TMPDIR: temporary}, ownPath)).to.equal(before)
    if (process.platform !== 'win32') expect(dirname(before)).to.equal(`/tmp/${FOLDER}`)
  })

  it('falls back to the home of the password database, regardless of HOME', async () => {
    const made: string[] = []
    const mkdir = async (path: string) => {
      made.push(path)
      return failing('EROFS')()
    }

    await withReplaced(process.env, {HOME: home}, async () =>
      withReplaced(fsPromises, {mkdir}, async () => lock({places: undefined})),
    )

    expect(made.at(-1)).to.equal(join(os.userInfo().homedir, '.astro-organization-token-locks'))
  })

  describe('in a chosen folder', () => {
    it('takes its lock there, regardless of the mode of the folder', async () => {
      await chmod(home, 0o777)

      expect(await folderOf({lockDirectory: home})).to.equal(home)
      expect(readdirSync(temporary)).to.deep.equal([])
    })

    it('treats an empty name as unset', async () => {
      expect(await folderOf({lockDirectory: ''})).to.equal(commonFolder())
    })

    const unusable: readonly (readonly [title: string, path: string, reason: string, functions?: object])[] = [
      ['is relative', 'locks', 'it is not an absolute path'],
      ['does not exist', '/missing', "ENOENT: no such file or directory, stat 'PATH'"],
      ['is a file', '/file', 'it is not a folder'],
      ['is read-only', '/home', 'EACCES', denyAccess(constants.W_OK)],
      ['cannot be searched', '/home', 'EACCES', denyAccess(constants.X_OK)],
      ['cannot take a lock', '/home', 'ENOSPC', {writeFile: failing('ENOSPC')}],
    ]
    for (const [title, name, reason, functions = {}] of unusable) {
      it(`throws config if the folder ${title}`, async () => {
        await writeFile(join(folder, 'file'), '')
        const path = name.startsWith('/') ? join(folder, name) : name

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
