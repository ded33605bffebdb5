import {expect} from 'chai'
import fs from 'node:fs'
import fsPromises, {
  chmod,
  chown,
  readdir,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import {dirname, join} from 'node:path'

import {type SavedLogin} from '../../../src/lib/auth/config-file.js'
import {type Login, openLogin} from '../../../src/lib/auth/login.js'
import {type LoginRefresh} from '../../../src/lib/auth/refresh.js'
import {AstroError} from '../../../src/lib/errors.js'
import {acquireLock} from '../../../src/lib/locks/lock.js'
import {failing, systemError, withReplaced} from '../locks/support.js'
import {DOWN, GRANTED, LOG_IN, NOW, prepareHomes, REFUSED, reportOf, type Responses} from './fixture.js'

const SAVED = {
  token: 'old',
  refreshToken: 'old-refresh',
  expiresAt: NOW + 3_600_000,
  organizationId: 'clorg1',
} satisfies SavedLogin
/** What another process saved. */
const OTHER: SavedLogin = {...SAVED, token: 'other', organizationId: 'clorg2'}
const lasting = (seconds: number): SavedLogin => ({...SAVED, expiresAt: NOW + seconds * 1000})
const EXPIRED = lasting(0)
const LOST = new AstroError('network', 'The connection broke.')
const ROTATED = {...GRANTED, refresh_token: 'new-refresh'}

function throwBusy(): never {
  throw systemError('EBUSY')
}

function configOf({expiresAt, organizationId, refreshToken, token}: SavedLogin): string {
  const expiresin = Number.isFinite(expiresAt) ? new Date(expiresAt).toISOString() : undefined
  const entry = {token: `Bearer ${token}`, refreshtoken: refreshToken, expiresin}
  return JSON.stringify({contexts: {astronomer_io: {...entry, organization: organizationId}}})
}

interface Given extends Responses {
  /** The login when the command starts. */
  readonly login?: SavedLogin
  /** The config file by then; default: with that login. */
  readonly file?: SavedLogin | string
  /** Another process holds the lock, or the file system has no hard links. */
  readonly lock?: 'busy' | 'unavailable'
  /** The tokens that the API rejects, in order. */
  readonly rejects?: readonly string[]
  /** How many seconds have passed when the provider responds. */
  readonly seconds?: number
}

interface Use {
  readonly token: string
  /** Whether there was another token for each that the API rejected. */
  readonly replaced: readonly boolean[]
  /** How often the provider was asked. */
  readonly grants: number
  /** Of each refresh. */
  readonly outcomes: readonly string[]
}

describe('openLogin', () => {
  const {create, on, remove} = prepareHomes()

  beforeEach(create)

  afterEach(remove)

  const open = async (login: SavedLogin = EXPIRED, more: Partial<LoginRefresh> = {}): Promise<Login> =>
    openLogin(login, {...on.options, ...more})

  const use = async ({login = SAVED, file = login, lock, rejects = [], seconds = 0, ...responses}: Given) => {
    await on.write(typeof file === 'string' ? file : configOf(file))
    Object.assign(on.astro, responses)
    on.astro.meanwhile = async () => {
      on.now += seconds * 1000
    }

    const work = async (): Promise<Use> => {
      const opened = await open(login)
      const replaced: boolean[] = []
      for (const token of rejects) replaced.push(await opened.refresh(token))
      const outcomes = on.debugged.flatMap((line) => /^refresh (\w+) 0 ms$/.exec(line)?.[1] ?? [])
      const grants = on.astro.requests.filter(({method}) => method === 'POST').length
      return {token: opened.bearer(), replaced, grants, outcomes}
    }

    if (lock === 'unavailable') return withReplaced(fsPromises, {link: failing('EPERM')}, work)

    const held = lock && (await acquireLock(`${on.path}.renewal`, {...on.options, settlesAfterTakeOver: false}))
    try {
      return await work()
    } finally {
      if (held?.kind === 'held') await held.lock.release()
    }
  }

  const UNREFRESHABLE: SavedLogin = {...lasting(0.001), refreshToken: undefined}
  const OTHER_SOON: SavedLogin = {...OTHER, expiresAt: NOW + 300_000}
  const cases: readonly {readonly title: string; readonly given: Given; readonly expected: Partial<Use>}[] = [
    {
      title: 'uses a login that lasts',
      given: {login: lasting(300.001), file: OTHER},
      expected: {token: 'old', grants: 0, outcomes: []},
    },
    {title: 'uses a login without an expiry', given: {login: lasting(Infinity)}, expected: {token: 'old', grants: 0}},
    {
      title: 'refreshes a login that expires soon',
      given: {login: lasting(300)},
      expected: {token: 'new-token', grants: 1, outcomes: ['refreshed']},
    },
    {
      title: 'refreshes an expired login, even without a lock',
      given: {login: EXPIRED, lock: 'unavailable'},
      expected: {token: 'new-token', grants: 1},
    },
    {
      title: 'uses a login that another process saved',
      given: {login: EXPIRED, file: OTHER, lock: 'busy'},
      expected: {token: 'other', grants: 0, outcomes: ['reused']},
    },
    {
      title: 'uses a login that cannot be refreshed',
      given: {login: UNREFRESHABLE, rejects: ['old']},
      expected: {token: 'old', replaced: [false], grants: 0},
    },
    ...(['busy', 'unavailable'] as const).map((lock) => ({
      title: `uses a valid login if the lock is ${lock}`,
      given: {login: lasting(1), lock},
      expected: {token: 'old', grants: 0, outcomes: ['postponed']},
    })),
    ...[{authConfig: LOST}, {authConfig: DOWN}, {grant: DOWN}, {grant: LOST}].map((responses) => ({
      title: `uses a valid login after ${JSON.stringify(responses)}`,
      given: {login: lasting(1), ...responses},
      expected: {token: 'old', outcomes: ['postponed']},
    })),
    {
      title: 'refreshes a rejected token once',
      given: {rejects: ['old', 'old', 'new-token']},
      expected: {token: 'new-token', replaced: [true, true, false], grants: 1},
    },
    {
      title: 'does not refresh its own token',
      given: {login: EXPIRED, rejects: ['new-token']},
      expected: {token: 'new-token', replaced: [false], grants: 1},
    },
    {
      title: 'uses another token in the file, and refreshes that if it is rejected too',
      given: {file: OTHER, rejects: ['old', 'other']},
      expected: {token: 'new-token', replaced: [true, true], grants: 1, outcomes: ['reused', 'refreshed']},
    },
    {
      title: 'refreshes another token in the file that expires soon, and uses it if there is no answer',
      given: {file: OTHER_SOON, rejects: ['old'], grant: DOWN},
      expected: {token: 'other', replaced: [true], grants: 1},
    },
  ]
  for (const {expected, given, title} of cases) {
    it(title, async () => {
      expect(await use(given)).to.deep.include(expected)
    })
  }

  const failures: readonly {readonly title: string; readonly given: Given; readonly kind: string}[] = [
    {
      title: 'an expired login cannot be refreshed',
      given: {login: {...UNREFRESHABLE, expiresAt: NOW}},
      kind: 'unauthenticated',
    },
    {title: 'the file has no login any more', given: {login: EXPIRED, file: '{}'}, kind: 'unauthenticated'},
    {title: 'the file is broken', given: {login: lasting(1), file: '- a\n'}, kind: 'config'},
    {title: 'another process keeps the lock', given: {login: EXPIRED, lock: 'busy'}, kind: 'conflict'},
    {title: 'there is no answer', given: {login: EXPIRED, grant: DOWN}, kind: 'network'},
    {title: 'the token expires meanwhile', given: {login: lasting(30), grant: DOWN, seconds: 30}, kind: 'network'},
    {
      title: 'the API rejects the token and there is no answer',
      given: {grant: DOWN, rejects: ['old']},
      kind: 'network',
    },
    {title: 'the provider rejects it', given: {login: lasting(1), grant: REFUSED}, kind: 'unauthenticated'},
    {title: 'the response is unexpected', given: {login: lasting(1), grant: {}}, kind: 'api'},
  ]
  for (const {given, kind, title} of failures) {
    it(`fails if ${title}`, async () => {
      expect(await reportOf(async () => use(given))).to.include({kind})
      if (given.login !== undefined && on.debugged.length > 0) expect(on.debugged.at(-1)).to.match(/^refresh failed /)
    })
  }

  it('says that the login has expired, or who holds the lock', async () => {
    expect(await reportOf(open)).to.deep.equal({
      kind: 'unauthenticated',
      message: 'The login to astronomer.io has expired.',
      hint: `L${LOG_IN}`,
    })
    const {message} = await reportOf(async () => use({login: EXPIRED, lock: 'busy'}))
    expect(message).to.match(/^Process \d+ has held the lock on the login to astronomer\.io since /)
  })

  it('has the Organization and the Workspace of the login in use', async () => {
    await on.write(configOf(OTHER))
    expect(await open(SAVED)).to.include({organizationId: 'clorg1'})
    expect(await open()).to.include({organizationId: 'clorg2'})
  })

  it('refreshes once for concurrent requests and commands, and again after a refresh that failed', async () => {
    await on.write(configOf(SAVED))
    const [login, other] = [await open(SAVED), await open(SAVED)]
    on.astro.grant = DOWN
    expect(await reportOf(async () => login.refresh('old'))).to.include({kind: 'network'})
    on.astro.grant = GRANTED
    const refreshes = [login, login, other].map(async ({refresh}) => refresh('old'))
    expect(await Promise.all(refreshes)).to.deep.equal([true, true, true])
    expect([login.bearer(), other.bearer(), on.astro.requests.length]).to.deep.equal(['new-token', 'new-token', 4])
  })

  it('protects the refresh from its request until the new login is saved', async () => {
    await on.write(configOf(EXPIRED))
    const steps: unknown[] = []
    await open(EXPIRED, {
      async protectRefresh(domainName, work) {
        const result = await work
        steps.push(domainName, (await on.read()).includes('new-token'))
        return result
      },
    })
    expect(steps).to.deep.equal(['astronomer.io', true])
  })

  describe('saves a refreshed login', () => {
    const CONFIG = `# mine
contexts:
    astronomer_io: { token: Bearer old-token, refreshtoken: "old-refresh", expiresin: "2026-03-10T11:00:00Z" } # here

    # the other
    localhost:
        token: 'Bearer old-token' # keep
        refreshtoken: old-refresh
        expiresin: 2026-03-10T11:00:00Z
        unknown: [ 0x1f, "12", ~, 12345678901234567890, 1.10 ]
`
    const REFRESHED = CONFIG.replace('old-token', 'new-token').replace('11:00:00Z', '13:00:00Z')
    const NEWER = REFRESHED.replace('new-token', 'newer-token').replace('old-refresh', 'newer-refresh')
    const folded =
      '\uFEFFcontexts:\r\n  astronomer_io:\r\n    token: &t >-\r\n      Bearer a\r\n    refreshtoken: b\r\n    expiresin: 2020-01-01T00:00:00Z\r\nx:  c\r\n'

    beforeEach(async () => on.write(CONFIG))

    const saves: readonly {
      readonly title: string
      readonly before?: string
      readonly contextKey?: string
      readonly grant?: unknown
      /** The config file by the time the provider responds. */
      readonly meanwhile?: string
      readonly after: string
    }[] = [
      {title: 'with comments, quoting and other values as they were', after: REFRESHED},
      {
        title: 'with numbers as they were written',
        before: `${CONFIG}n: 0123\nf: .50\nx: 0x1F\n`,
        after: `${REFRESHED}n: 0123\nf: .50\nx: 0x1F\n`,
      },
      {
        title: 'with the new refresh token',
        grant: ROTATED,
        after: REFRESHED.replace('old-refresh', 'new-refresh'),
      },
      {
        title: 'of the given context',
        contextKey: 'localhost',
        after: CONFIG.replace("'Bearer old", "'Bearer new").replace(
          'expiresin: 2026-03-10T11',
          'expiresin: 2026-03-10T13',
        ),
      },
      {
        title: 'in any style',
        before: folded,
        after: folded
          .replaceAll(/\r|\uFEFF/g, '')
          .replace('Bearer a', 'Bearer new-token')
          .replace('2020-01-01T00', '2026-03-10T13')
          .replace(':  c', ': c'),
      },
      {title: 'beside what others change meanwhile', meanwhile: `${CONFIG}a: b\n`, after: `${REFRESHED}a: b\n`},
      {title: 'but does not overwrite a login that others save', meanwhile: NEWER, after: NEWER},
      {
        title: 'but does not undo a logout',
        meanwhile: CONFIG.replace('Bearer old-token', '"Bearer "'),
        after: CONFIG.replace('Bearer old-token', '"Bearer "'),
      },
    ]
    for (const {after, before = CONFIG, contextKey = 'astronomer_io', grant = GRANTED, meanwhile, title} of saves) {
      it(title, async () => {
        await on.write(before)
        on.astro.grant = grant
        on.astro.meanwhile = async () => meanwhile !== undefined && on.write(meanwhile)
        const login = await open(EXPIRED, {contextKey})
        expect(login.bearer()).to.equal('new-token')
        expect(await on.read()).to.equal(after)
      })
    }

    it('but does not restore a context that others remove, and warns', async () => {
      on.astro.meanwhile = async () => on.write('{}\n')
      expect((await open()).bearer()).to.equal('new-token')
      expect(await on.read()).to.equal('{}\n')
      expect(on.warnings.splice(0)[0]).to.contain('(the file no longer has it)')
    })

    for (const mode of [0o640, 0o400]) {
      it(`and keeps mode ${mode.toString(8)}`, async () => {
        await chmod(on.path, mode)
        await open()
        expect((await stat(on.path)).mode.toString(8)).to.equal(`100${mode.toString(8)}`)
      })
    }

    // Only root can give a file to another user.
    if (process.getuid?.() === 0) {
      it('and keeps the owner', async () => {
        await chown(on.path, 12_345, 23_456)
        await open()
        expect(await stat(on.path)).to.include({uid: 12_345, gid: 23_456})
      })
    }

    it('to the target of a symbolic link', async () => {
      const file = join(on.home, 'mine.yaml')
      await rename(on.path, file)
      await symlink(file, on.path)
      await open()
      expect([await readlink(on.path), await on.read()]).to.deep.equal([file, REFRESHED])
      expect(on.debugged).to.include(`lock acquired ${file}.renewal`)
    })

    it('and removes temporary files that a killed process left an hour ago', async () => {
      for (const [name, minutes] of [
        ['.renewal.a.new', 61],
        ['.renewal.b.new', 59],
        ['.lock', 61],
      ] as const) {
        await writeFile(`${on.path}${name}`, '')
        await utimes(`${on.path}${name}`, NOW / 1000, NOW / 1000 - minutes * 60)
      }

      await open()
      const names = await readdir(dirname(on.path))
      expect(names.sort()).to.deep.equal(['config.yaml', 'config.yaml.lock', 'config.yaml.renewal.b.new'])
      for (const name of names.slice(1)) await rm(join(dirname(on.path), name))
    })

    const next = `The next command refreshes it again; if that fails, l${LOG_IN}`
    const consumed = `The saved refresh token has been consumed; before the next command, l${LOG_IN}`
    for (const {grant, hint, title, work} of [
      {title: 'replaced', grant: GRANTED, hint: next, work: {renameSync: throwBusy}},
      {title: 'written', grant: ROTATED, hint: consumed, work: {writeFileSync: throwBusy}},
    ]) {
      it(`or uses it with a warning, and leaves nothing behind, if the file cannot be ${title}`, async () => {
        on.astro.grant = grant
        await withReplaced(fs, work, open)
        const warning = `Could not save the refreshed login to astronomer.io in ${on.path} (EBUSY). ${hint}`
        expect(on.warnings.splice(0)).to.deep.equal([warning])
        expect(await on.read()).to.equal(CONFIG)
      })
    }

    it('or says in a warning why the file cannot be edited', async () => {
      on.astro.meanwhile = async () => on.write('- a\n')
      await open()
      expect(on.warnings.splice(0).join('')).to.include(
        `(The Astro CLI's config file ${on.path} is not a mapping (line 1).). ${next}`,
      )
    })
  })
})
