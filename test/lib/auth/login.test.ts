import {expect} from 'chai'
import fs from 'node:fs'
import {chmod, chown, readdir, readFile, readlink, rename, stat, symlink, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'

import {type SavedLogin} from '../../../src/lib/auth/config-file.js'
import {openLogin} from '../../../src/lib/auth/login.js'
import {AstroError} from '../../../src/lib/errors.js'
import {acquireLock} from '../../../src/lib/locks/lock.js'
import {systemError, withReplaced} from '../locks/support.js'
import {createHome, GRANTED, LOG_IN, NOW, reportOf, type Responses} from './fixture.js'

const LOGIN = {token: 'old', refreshToken: 'old-refresh', organizationId: undefined}
const lasting = (seconds: number): SavedLogin => ({...LOGIN, expiresAt: NOW + seconds * 1000})
const NO_REFRESH: SavedLogin = {...lasting(0.001), refreshToken: undefined}
const SAVED = lasting(3600)
const EXPIRED = lasting(0)
/** Saved by another process. */
const OTHER = {...SAVED, token: 'other'}
const NOT_SAVED = 'Could not save the refreshed login to astronomer.io in'
const DOWN = new AstroError('api', 'down', {status: 503})

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

/** The number of requests, the outcomes of refreshes, whether a rejected token could be replaced, and the last token. */
const USES: readonly {readonly title: string; readonly given: Given; readonly ends: string}[] = [
  {title: 'uses a login that lasts', given: {login: lasting(300.001), file: OTHER}, ends: '0 old'},
  {title: 'refreshes a login that expires soon', given: {login: lasting(300)}, ends: '2 refreshed new'},
  {title: 'reuses what others saved', given: {login: EXPIRED, file: OTHER, isBusy: true}, ends: '0 reused other'},
  {title: 'uses a login without a refresh token', given: {login: NO_REFRESH, rejects: ['old']}, ends: '0 false old'},
  {title: 'uses a valid login if others refresh', given: {login: lasting(1), isBusy: true}, ends: '0 postponed old'},
  {title: 'uses a valid login in an outage', given: {login: lasting(1), grant: DOWN}, ends: '2 postponed old'},
  {title: 'refreshes once', given: {rejects: ['old', 'old', 'new']}, ends: '2 refreshed true true false new'},
  {
    title: 'uses another token in the file, and refreshes that if it is rejected too',
    given: {file: OTHER, rejects: ['old', 'other']},
    ends: '2 reused refreshed true true new',
  },
]

const HAS_EXPIRED = {kind: 'unauthenticated', message: 'The login to astronomer.io has expired.', hint: `L${LOG_IN}`}

async function use({login = SAVED, file = login, isBusy, rejects = [], ...responses}: Given): Promise<string> {
  const {options, path, requests, told} = createHome(typeof file === 'string' ? file : configOf(file), responses)
  if (isBusy) await acquireLock(`${path}.renewal`, {...options, settlesAfterTakeOver: false})
  const opened = await openLogin(login, options)
  const replaced: boolean[] = []
  for (const token of rejects) replaced.push(await opened.refresh(token))
  const outcomes = told.debug.flatMap((line) => /^refresh (\w+) 0 ms$/.exec(line)?.[1] ?? [])
  return [requests.length, ...outcomes, ...replaced, opened.bearer()].join(' ')
}

describe('openLogin', () => {
  for (const {ends, given, title} of USES) {
    it(title, async () => {
      expect(await use(given)).to.equal(ends)
    })
  }

  for (const {fails, given, title} of [
    {title: 'it cannot be refreshed', given: {login: {...NO_REFRESH, expiresAt: NOW}}, fails: HAS_EXPIRED},
    {title: 'the file has no login any more', given: {login: EXPIRED, file: '{}'}, fails: HAS_EXPIRED},
    {title: 'there is no answer', given: {login: EXPIRED, grant: DOWN}, fails: {kind: 'network'}},
  ]) {
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
    const responses: {grant: unknown} = {grant: DOWN}
    const {options, requests, told} = createHome(configOf(SAVED), responses)
    const [login, other] = [await openLogin(SAVED, options), await openLogin(SAVED, options)]
    expect(await reportOf(async () => login.refresh('old'))).to.include({kind: 'network'})
    expect(told.debug).to.include('refresh failed 0 ms')
    responses.grant = GRANTED
    const refreshes = [login, login, other].map(async ({refresh}) => refresh('old'))
    expect(await Promise.all(refreshes)).to.deep.equal([true, true, true])
    expect([login.bearer(), other.bearer(), requests.length]).to.deep.equal(['new', 'new', 4])
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
    const gone = `(the file no longer has it). The next command refreshes it again; if that fails, l${LOG_IN}`

    for (const {after, meanwhile = CONFIG, title, warning} of [
      {title: 'with comments, quoting and other values as they were', after: REFRESHED},
      {title: 'beside what others change meanwhile', meanwhile: `${CONFIG}a: b\n`, after: `${REFRESHED}a: b\n`},
      {title: 'but does not overwrite a login that others save', meanwhile: NEWER, after: NEWER},
      {title: 'but does not undo a logout', meanwhile: SIGNED_OUT, after: SIGNED_OUT},
      {title: 'but warns if others remove the context', meanwhile: '{}\n', after: '{}\n', warning: gone},
    ]) {
      it(title, async () => {
        const {options, path, told} = createHome(CONFIG)
        const http = async () => {
          await writeFile(path, meanwhile)
          return options.http()
        }

        const login = await openLogin(EXPIRED, {...options, http})

        expect(login.bearer()).to.equal('new')
        expect([await readdir(dirname(path)), await readFile(path, 'utf8')]).to.deep.equal([['config.yaml'], after])
        expect(told.warn).to.deep.equal(warning === undefined ? [] : [`${NOT_SAVED} ${path} ${warning}`])
      })
    }

    it('or uses it with a warning that the old one has been consumed', async () => {
      const {options, path, told} = createHome(CONFIG, {grant: {...GRANTED, refresh_token: 'new-refresh'}})
      const login = await withReplaced(fs, {writeFileSync: throwBusy}, async () => openLogin(EXPIRED, options))

      expect([login.bearer(), await readFile(path, 'utf8')]).to.deep.equal(['new', CONFIG])
      const consumed = `The saved refresh token has been consumed; before the next command, l${LOG_IN}`
      expect(told.warn).to.deep.equal([`${NOT_SAVED} ${path} (EBUSY). ${consumed}`])
    })

    it('to the target of a symbolic link, and keeps its mode and owner', async () => {
      const {home, options, path, told} = createHome(CONFIG)
      const file = join(home, 'mine.yaml')
      await rename(path, file)
      await symlink(file, path)
      await chmod(file, 0o640)
      // Only root can give a file to another user.
      if (process.getuid?.() === 0) await chown(file, 12_345, 23_456)
      const {gid, mode, uid} = await stat(file)
      await openLogin(EXPIRED, options)
      expect([await readlink(path), await readFile(file, 'utf8')]).to.deep.equal([file, REFRESHED])
      expect(await stat(file)).to.include({gid, mode, uid})
      expect(told.debug).to.include(`lock acquired ${file}.renewal`)
    })
  })
})
