import {expect} from 'chai'
import fs from 'node:fs'
import {chmod, chown, readdir, readlink, rename, rm, stat, symlink, utimes, writeFile} from 'node:fs/promises'
import {syncBuiltinESMExports} from 'node:module'
import {dirname, join} from 'node:path'

import {type LoginNeeds, type LoginRefresh, refreshLogin} from '../../../src/lib/auth/refresh.js'
import {AstroError} from '../../../src/lib/errors.js'
import {DOWN, fakeAstro, GRANTED, LOG_IN, NOW, prepareHomes, REFUSED, reportOf, type Responses} from './fixture.js'

const CONFIG = `# mine
contexts:
    astronomer_io: { token: Bearer old-token, refreshtoken: "old-refresh", expiresin: "2026-03-10T11:00:00Z" } # here

    # the other
    localhost:
        token: 'Bearer old-token' # keep
        refreshtoken: old-refresh
        organization: clorg2
        unknown: [ 0x1f, "12", ~, 12345678901234567890, 1.10 ]
`
const REFRESHED = CONFIG.replace('old-token', 'new-token').replace('11:00:00Z', '13:00:00Z')
const NEWER = REFRESHED.replace('new-token', 'newer-token').replace('old-refresh', 'newer-refresh')
const LOGGED_OUT = CONFIG.replace('Bearer old-token', '"Bearer "')
const ROTATED = {...GRANTED, refresh_token: 'new-refresh'}
const LOST = new AstroError('network', 'The connection broke.')

/** Whether the saved token has expired, is about to, or is the only one that has. */
const NEEDS = {
  expired: {isFresh: () => false, isUsable: () => false},
  expiring: {isFresh: () => false, isUsable: () => true},
  other: {isFresh: ({token}) => token !== 'old-token', isUsable: ({token}) => token !== 'old-token'},
} satisfies Readonly<Record<string, LoginNeeds>>

const BUSY: LoginRefresh['lock'] = async (path) => ({kind: 'busy', path, found: undefined})
const UNAVAILABLE: LoginRefresh['lock'] = async () => ({kind: 'unavailable', reason: 'EROFS'})

/** What surrounds a refresh. */
interface World extends Responses {
  readonly needs?: LoginNeeds
  readonly lock?: LoginRefresh['lock']
  readonly contextKey?: string
  /** The config file before the refresh. */
  readonly before?: string
  /** The config file by the time the provider responds. */
  readonly meanwhile?: string
}

describe('refreshLogin', () => {
  const {create, on, remove} = prepareHomes()

  beforeEach(async () => {
    await create()
    await on.write(CONFIG)
  })

  afterEach(remove)

  const refresh = async (more: Partial<LoginRefresh> = {}, needs: LoginNeeds = NEEDS.expired) =>
    refreshLogin({...on.options, ...more}, needs)

  /** The outcome or the kind of the error, the token, and the number of requests. */
  const refreshIn = async ({before = CONFIG, contextKey, lock, meanwhile, needs, ...responses}: World) => {
    await on.write(before)
    on.astro = fakeAstro(responses)
    if (meanwhile !== undefined) on.astro.meanwhile = async () => on.write(meanwhile)
    const result = await refresh({...(contextKey && {contextKey}), ...(lock && {lock})}, needs).then(
      ({login, outcome}) => [outcome, login.token],
      (error: unknown) => [error instanceof AstroError ? error.kind : error],
    )
    expect(on.debugged.at(-1)).to.equal(`refresh ${result.length > 1 ? String(result[0]) : 'failed'} 0 ms`)
    return [...result, on.astro.requests.length]
  }

  const folded =
    '\uFEFFcontexts:\r\n  astronomer_io:\r\n    token: &t >-\r\n      Bearer a\r\n    refreshtoken: b\r\nx:  c\r\n'
  const alias = 'x: &t Bearer a\ncontexts:\n  astronomer_io:\n    token: *t\n    refreshtoken: b\n'
  for (const {file, title, ...world} of [
    {title: 'with the new token', file: REFRESHED},
    {title: 'with the new refresh token', grant: ROTATED, file: REFRESHED.replace('old-refresh', 'new-refresh')},
    {title: 'without a lock', lock: UNAVAILABLE, file: REFRESHED},
    {title: 'of the given context', contextKey: 'localhost', file: CONFIG.replace("'Bearer old", "'Bearer new")},
    {
      title: 'in any style',
      before: folded,
      file: folded
        .replaceAll(/\r|\uFEFF/g, '')
        .replace('Bearer a', 'Bearer new-token')
        .replace(':  c', ': c'),
    },
    {title: 'in place of an alias', before: alias, file: alias.replace('*t', 'Bearer new-token')},
    {title: 'and keeps what others change in the file', meanwhile: `${CONFIG}a: b\n`, file: `${REFRESHED}a: b\n`},
    {title: 'and does not overwrite a login that others save', meanwhile: NEWER, file: NEWER},
    {title: 'and does not undo a logout', meanwhile: LOGGED_OUT, file: LOGGED_OUT},
    {title: 'and does not restore a context that others remove', meanwhile: '{}\n', file: '{}\n'},
  ] satisfies readonly (World & {readonly file: string; readonly title: string})[]) {
    it(`saves the login ${title}`, async () => {
      expect(await refreshIn(world)).to.deep.equal(['refreshed', 'new-token', 2])
      expect(await on.read()).to.equal(file)
    })
  }

  it('uses a login that others saved, before or during the refresh', async () => {
    const needs = NEEDS.other
    expect(await refreshIn({before: NEWER, needs})).to.deep.equal(['reused', 'newer-token', 0])
    expect(await refreshIn({before: NEWER, needs, lock: BUSY})).to.deep.equal(['reused', 'newer-token', 0])
    expect(await refreshIn({meanwhile: NEWER, grant: REFUSED, needs})).to.deep.equal(['reused', 'newer-token', 2])
    expect(await refreshIn({meanwhile: NEWER, grant: REFUSED})).to.deep.equal(['unauthenticated', 2])
  })

  for (const {kind, requests, title, ...world} of [
    {title: 'the API is out of reach', authConfig: LOST, kind: 'network', requests: 1},
    {title: 'the API is down', authConfig: DOWN, kind: 'network', requests: 1},
    {title: 'the provider is down', grant: DOWN, kind: 'network', requests: 2},
    {title: 'the response is lost', grant: LOST, kind: 'network', requests: 2},
    {title: 'another process holds the lock', lock: BUSY, kind: 'conflict', requests: 0},
  ]) {
    it(`uses a valid token, and fails with an expired one, if ${title}`, async () => {
      expect(await refreshIn({...world, needs: NEEDS.expiring})).to.deep.equal(['postponed', 'old-token', requests])
      expect(await refreshIn(world)).to.deep.equal([kind, requests])
      expect(await on.read()).to.equal(CONFIG)
    })
  }

  it('uses a valid token if the lock is unavailable', async () => {
    const found = await refreshIn({lock: UNAVAILABLE, needs: NEEDS.expiring})
    expect(found).to.deep.equal(['postponed', 'old-token', 0])
  })

  const failures: readonly (World & {readonly kind: string; readonly requests?: number; readonly title: string})[] = [
    {title: 'the refresh token is rejected', grant: REFUSED, kind: 'unauthenticated'},
    {title: 'the response is unexpected', grant: {}, kind: 'api'},
    {title: 'the file is broken meanwhile', grant: REFUSED, meanwhile: '- a\n', kind: 'unauthenticated'},
    {title: 'the file is broken', before: '- a\n', kind: 'config', requests: 0},
    {title: 'the login is gone', before: '{}\n', kind: 'unauthenticated', requests: 0},
  ]
  for (const {kind, requests = 2, title, ...world} of failures) {
    it(`fails, even with a valid token, if ${title}`, async () => {
      expect(await refreshIn({...world, needs: NEEDS.expiring})).to.deep.equal([kind, requests])
      expect(await on.read()).to.equal(world.meanwhile ?? world.before ?? CONFIG)
    })
  }

  it('fails as expired if the file is missing', async () => {
    await rm(on.path)
    expect(await reportOf(async () => refresh())).to.include({
      message: 'The login to astronomer.io has expired.',
      hint: `L${LOG_IN}`,
    })
  })

  it('returns the login with the new values', async () => {
    on.astro.grant = ROTATED
    const {login} = await refresh()
    expect(login).to.include({token: 'new-token', refreshToken: 'new-refresh', expiresAt: NOW + 3_600_000})
    on.astro.grant = GRANTED
    expect((await refresh()).login).to.include({token: 'new-token', refreshToken: 'new-refresh'})
  })

  it('refreshes once for ten concurrent calls', async () => {
    const results = await Promise.all(Array.from({length: 10}, async () => refresh({}, NEEDS.other)))
    const outcomes = results.map(({login, outcome}) => `${login.token} ${outcome}`).sort()
    expect(outcomes).to.deep.equal(['new-token refreshed', ...Array.from({length: 9}, () => 'new-token reused')].sort())
    expect(on.astro.requests).to.have.length(2)
  })

  it('follows a symbolic link, and locks beside the file itself', async () => {
    const file = join(on.home, 'mine.yaml')
    await rename(on.path, file)
    await symlink(file, on.path)
    const locks: unknown[] = []

    await refresh({
      async lock(path, {settlesAfterTakeOver}) {
        locks.push([path, settlesAfterTakeOver])
        return {
          kind: 'held',
          lock: {
            isHeld: async () => true,
            async release() {
              locks.push('released')
            },
          },
        }
      },
    })

    expect(locks).to.deep.equal([[`${file}.renewal`, false], 'released'])
    expect([await readlink(on.path), await on.read()]).to.deep.equal([file, REFRESHED])
  })

  it('protects the refresh from the request of the token until the new login is saved', async () => {
    const steps: unknown[] = []
    on.astro.meanwhile = async () => steps.push('requested')
    await refresh({
      async protectRefresh(domainName, work) {
        steps.push(domainName, on.astro.requests.length)
        const result = await work
        steps.push(await on.read())
        return result
      },
    })
    expect(steps).to.deep.equal(['astronomer.io', 1, 'requested', REFRESHED])
  })

  describe('saving', () => {
    for (const mode of [0o640, 0o600, 0o400]) {
      it(`keeps mode ${mode.toString(8)}`, async () => {
        await chmod(on.path, mode)
        await refresh()
        expect((await stat(on.path)).mode.toString(8)).to.equal(`100${mode.toString(8)}`)
      })
    }

    // Only root can give a file to another user.
    if (process.getuid?.() === 0) {
      it('keeps the owner', async () => {
        await chown(on.path, 12_345, 23_456)
        await refresh()
        expect(await stat(on.path)).to.include({uid: 12_345, gid: 23_456})
      })
    }

    it('removes temporary files that a killed process left an hour ago', async () => {
      const leave = async (name: string, minutes: number) => {
        await writeFile(`${on.path}${name}`, '')
        await utimes(`${on.path}${name}`, NOW / 1000, NOW / 1000 - minutes * 60)
      }

      await leave('.a.tmp', 61)
      await leave('.b.tmp', 59)
      await leave('.lock', 61)
      await leave('2.tmp', 61)
      await refresh()
      const names = await readdir(dirname(on.path))
      expect(names.sort()).to.deep.equal(['config.yaml', 'config.yaml.b.tmp', 'config.yaml.lock', 'config.yaml2.tmp'])
      for (const name of names.slice(1)) await rm(join(dirname(on.path), name))
    })

    const next = `The next command refreshes it again; if that fails, l${LOG_IN}`
    const consumed = `The saved refresh token has been consumed; before the next command, l${LOG_IN}`
    for (const {prepare, reason, title} of [
      {
        title: 'the file is broken meanwhile',
        prepare: async () => on.write('- a\n'),
        reason: "The Astro CLI's config file FILE is not a mapping (line 1).",
      },
      {
        title: 'the login is an alias',
        prepare: async () => on.write('x: &x {token: a, refreshtoken: old-refresh}\ncontexts: {astronomer_io: *x}\n'),
        reason: 'its entry is an alias',
      },
    ]) {
      it(`warns if ${title}, and uses the new token`, async () => {
        on.astro.meanwhile = prepare
        expect(await refresh()).to.have.nested.property('login.token', 'new-token')
        expect(on.warnings.splice(0).map((warning) => warning.replaceAll(on.path, 'FILE'))).to.deep.equal([
          `Could not save the refreshed login to astronomer.io in FILE (${reason}). ${next}`,
        ])
      })
    }

    it('warns if the file cannot be replaced, and leaves no temporary file', async () => {
      const {renameSync} = fs
      on.astro.grant = ROTATED
      on.astro.meanwhile = async () => {
        fs.renameSync = () => {
          throw Object.assign(new Error('busy'), {code: 'EBUSY'})
        }

        syncBuiltinESMExports()
      }

      try {
        await refresh()
      } finally {
        fs.renameSync = renameSync
        syncBuiltinESMExports()
      }

      expect(on.warnings.splice(0)).to.deep.equal([
        `Could not save the refreshed login to astronomer.io in ${on.path} (EBUSY). ${consumed}`,
      ])
      expect(await on.read()).to.equal(CONFIG)
    })
  })
})
