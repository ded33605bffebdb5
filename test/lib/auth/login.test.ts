import {expect} from 'chai'
import fs from 'node:fs'
import {chmod, chown, readlink, rename, stat, symlink} from 'node:fs/promises'
import {join} from 'node:path'

import {type SavedLogin} from '../../../src/lib/auth/config-file.js'
import {type Login, openLogin} from '../../../src/lib/auth/login.js'
import {AstroError} from '../../../src/lib/errors.js'
import {acquireLock} from '../../../src/lib/locks/lock.js'
import {systemError, withReplaced} from '../locks/support.js'
import {GRANTED, LOG_IN, NOW, prepareHomes, reportOf, type Responses} from './fixture.js'

const LOGIN = {token: 'old', refreshToken: 'old-refresh', organizationId: undefined}
const lasting = (seconds: number): SavedLogin => ({...LOGIN, expiresAt: NOW + seconds * 1000})
const SAVED = lasting(3600)
const EXPIRED = lasting(0)
/** What another process saved. */
const OTHER = {...SAVED, token: 'other'}
const DOWN = new AstroError('api', 'down', {status: 503})
const REFUSED = new AstroError('invalid_request', 'no', {status: 400})
const ROTATED = {...GRANTED, refresh_token: 'new-refresh'}

function throwBusy(): never {
  throw systemError('EBUSY')
}

function configOf({expiresAt, refreshToken, token}: SavedLogin): string {
  const entry = {token: `Bearer ${token}`, refreshtoken: refreshToken, expiresin: new Date(expiresAt).toISOString()}
  return JSON.stringify({contexts: {astronomer_io: entry}})
}

interface Given extends Responses {
  /** The login when the command starts. */
  readonly login?: SavedLogin
  /** The config file by then; default: with that login. */
  readonly file?: SavedLogin | string
  /** Another process holds the lock. */
  readonly isBusy?: boolean
  /** The tokens that the API rejects, in order. */
  readonly rejects?: readonly string[]
}

const NO_REFRESH: SavedLogin = {...lasting(0.001), refreshToken: undefined}

/** What was requested, the outcomes of refreshes, whether each rejected token could be replaced, and the last token. */
const USES: readonly {readonly title: string; readonly given: Given; readonly ends: string}[] = [
  {title: 'uses a login that lasts', given: {login: lasting(300.001), file: OTHER}, ends: 'old'},
  {title: 'refreshes a login that expires soon', given: {login: lasting(300)}, ends: 'GET POST refreshed new'},
  {title: 'reuses what others saved', given: {login: EXPIRED, file: OTHER, isBusy: true}, ends: 'reused other'},
  {title: 'uses a login without a refresh token', given: {login: NO_REFRESH, rejects: ['old']}, ends: 'false old'},
  {title: 'uses a valid login if others refresh', given: {login: lasting(1), isBusy: true}, ends: 'postponed old'},
  {
    title: 'uses a valid login without an answer',
    given: {login: lasting(1), grant: DOWN},
    ends: 'GET POST postponed old',
  },
  {
    title: 'refreshes a rejected token once',
    given: {rejects: ['old', 'old', 'new']},
    ends: 'GET POST refreshed true true false new',
  },
  {
    title: 'does not refresh its own token',
    given: {login: EXPIRED, rejects: ['new']},
    ends: 'GET POST refreshed false new',
  },
  {
    title: 'uses another token in the file, and refreshes that if it is rejected too',
    given: {file: OTHER, rejects: ['old', 'other']},
    ends: 'GET POST reused refreshed true true new',
  },
]

const HAS_EXPIRED = {kind: 'unauthenticated', message: 'The login to astronomer.io has expired.', hint: `L${LOG_IN}`}
const FAILURES: readonly {readonly title: string; readonly given: Given; readonly fails: object}[] = [
  {title: 'it cannot be refreshed', given: {login: {...NO_REFRESH, expiresAt: NOW}}, fails: HAS_EXPIRED},
  {title: 'the file has no login any more', given: {login: EXPIRED, file: '{}'}, fails: HAS_EXPIRED},
  {title: 'there is no answer', given: {login: EXPIRED, grant: DOWN}, fails: {kind: 'network'}},
  {title: 'a rejected token gets no answer', given: {grant: DOWN, rejects: ['old']}, fails: {kind: 'network'}},
  {title: 'the provider rejects it', given: {login: lasting(1), grant: REFUSED}, fails: {kind: 'unauthenticated'}},
]

describe('openLogin', () => {
  const {check, create, on} = prepareHomes()

  beforeEach(create)

  afterEach(check)

  const open = async (login: SavedLogin = EXPIRED): Promise<Login> => openLogin(login, on.options)

  const use = async ({login = SAVED, file = login, isBusy, rejects = [], ...responses}: Given) => {
    await on.write(typeof file === 'string' ? file : configOf(file))
    Object.assign(on.astro, responses)
    const held = isBusy && (await acquireLock(`${on.path}.renewal`, {...on.options, settlesAfterTakeOver: false}))
    try {
      const opened = await open(login)
      const replaced: boolean[] = []
      for (const token of rejects) replaced.push(await opened.refresh(token))
      const methods = on.astro.requests.map(({method}) => method)
      const outcomes = on.report.told.debug.flatMap((line) => /^refresh (\w+) 0 ms$/.exec(line)?.[1] ?? [])
      return [...methods, ...outcomes, ...replaced, opened.bearer()].join(' ')
    } finally {
      if (held && held.kind === 'held') await held.lock.release()
    }
  }

  for (const {ends, given, title} of USES) {
    it(title, async () => {
      expect(await use(given)).to.equal(ends)
    })
  }

  for (const {fails, given, title} of FAILURES) {
    it(`fails if ${title}`, async () => {
      expect(await reportOf(async () => use(given))).to.include(fails)
    })
  }

  it('fails if another process keeps the lock', async () => {
    const {kind, message} = await reportOf(async () => use({login: EXPIRED, isBusy: true}))
    expect(kind).to.equal('conflict')
    expect(message).to.match(/^Process \d+ has held the lock on the login to astronomer\.io since /)
  })

  it('refreshes once for concurrent requests and commands, and again after a refresh that failed', async () => {
    await on.write(configOf(SAVED))
    const [login, other] = [await open(SAVED), await open(SAVED)]
    on.astro.grant = DOWN
    expect(await reportOf(async () => login.refresh('old'))).to.include({kind: 'network'})
    expect(on.report.told.debug).to.include('refresh failed 0 ms')
    on.astro.grant = GRANTED
    const refreshes = [login, login, other].map(async ({refresh}) => refresh('old'))
    expect(await Promise.all(refreshes)).to.deep.equal([true, true, true])
    expect([login.bearer(), other.bearer(), on.astro.requests.length]).to.deep.equal(['new', 'new', 4])
  })

  describe('saves a refreshed login', () => {
    const CONFIG = `# mine
contexts:
    astronomer_io: { token: Bearer old-token, refreshtoken: "old-refresh", expiresin: "2026-03-10T11:00:00Z" } # here

    # the other
    localhost:
        token: 'Bearer old-token' # keep
        unknown: [ 0x1f, "12", ~, 12345678901234567890, 1.10, 0123, .50 ]
`
    const REFRESHED = CONFIG.replace('old-token', 'new').replace('11:00:00Z', '13:00:00Z')
    const NEWER = REFRESHED.replace('Bearer new', 'Bearer newer').replace('old-refresh', 'newer-refresh')
    const SIGNED_OUT = CONFIG.replace('Bearer old-token', '"Bearer "')
    const next = `The next command refreshes it again; if that fails, l${LOG_IN}`
    const consumed = `The saved refresh token has been consumed; before the next command, l${LOG_IN}`

    beforeEach(async () => on.write(CONFIG))

    const saves: readonly {
      readonly title: string
      readonly grant?: unknown
      /** The config file by the time the provider responds. */
      readonly meanwhile?: string
      readonly after: string
      /** Functions of the file system that fail. */
      readonly failing?: object
      readonly warning?: string
    }[] = [
      {title: 'with comments, quoting and other values as they were', after: REFRESHED},
      {title: 'beside what others change meanwhile', meanwhile: `${CONFIG}a: b\n`, after: `${REFRESHED}a: b\n`},
      {title: 'but does not overwrite a login that others save', meanwhile: NEWER, after: NEWER},
      {title: 'but does not undo a logout', meanwhile: SIGNED_OUT, after: SIGNED_OUT},
      {
        title: 'but does not restore a context that others remove, and warns',
        meanwhile: '{}\n',
        after: '{}\n',
        warning: `(the file no longer has it). ${next}`,
      },
      {
        title: 'or uses it with a warning, and leaves nothing behind, if the file cannot be replaced',
        failing: {renameSync: throwBusy},
        after: CONFIG,
        warning: `(EBUSY). ${next}`,
      },
      {
        title: 'or uses it with a warning that the old one has been consumed',
        failing: {writeFileSync: throwBusy},
        grant: ROTATED,
        after: CONFIG,
        warning: `(EBUSY). ${consumed}`,
      },
    ]
    for (const {after, failing = {}, grant = GRANTED, meanwhile, title, warning} of saves) {
      it(title, async () => {
        on.astro.grant = grant
        on.astro.meanwhile = async () => meanwhile !== undefined && on.write(meanwhile)
        const login = await withReplaced(fs, failing, open)
        expect(login.bearer()).to.equal('new')
        expect(await on.read()).to.equal(after)
        const expected = `Could not save the refreshed login to astronomer.io in ${on.path} ${warning ?? ''}`
        expect(on.report.told.warn.splice(0)).to.deep.equal(warning === undefined ? [] : [expected])
      })
    }

    it('and keeps the mode and the owner', async () => {
      await chmod(on.path, 0o640)
      // Only root can give a file to another user.
      if (process.getuid?.() === 0) await chown(on.path, 12_345, 23_456)
      const {gid, mode, uid} = await stat(on.path)
      await open()
      expect(await stat(on.path)).to.include({gid, mode, uid})
    })

    it('to the target of a symbolic link', async () => {
      const file = join(on.home, 'mine.yaml')
      await rename(on.path, file)
      await symlink(file, on.path)
      await open()
      expect([await readlink(on.path), await on.read()]).to.deep.equal([file, REFRESHED])
      expect(on.report.told.debug).to.include(`lock acquired ${file}.renewal`)
    })
  })
})
