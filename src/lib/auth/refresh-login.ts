import {realpath} from 'node:fs/promises'

import {type Http} from '../astro-api/http.js'
import {AstroError} from '../errors.js'
import {errorCode, ignore} from '../helpers.js'
import {acquireLock, type HeldLock} from '../locks/lock.js'
import {readConfig, type SavedLogin} from './config-file.js'
import {type AstroDomain, logInHint} from './domain.js'
import {loginExpired, type Provider, readProvider, requestGrant} from './refresh-request.js'
import {type prepareReplacement} from './replace-file.js'
import {type NewValues, type PreparedSave, prepareSave} from './save-login.js'

/** The parameters for a refresh of the login to a domain. */
export interface LoginRefresh {
  /** The config file, or a symbolic link to it. */
  readonly path: string
  readonly domain: AstroDomain
  /** The key of the login under `contexts`. */
  readonly contextKey: string
  readonly now: () => Date
  readonly http: () => Promise<Http>
  readonly onWarning: (warning: string) => void
  /**
   * Called just before the refresh token is sent. The promise resolves when the new login is saved, and rejects if the
   * refresh fails. If the process ends earlier, the login may be lost.
   */
  readonly onRefresh?: ((saved: Promise<unknown>, domain: AstroDomain) => void) | undefined
  /** Called with data for debugging, without secrets, when a refresh ends. */
  readonly onOutcome?: ((report: RefreshReport) => void) | undefined
  readonly lock?: typeof acquireLock
  readonly prepare?: typeof prepareReplacement
}

/** The requirements of a command for its login. */
export interface LoginNeeds {
  /** Whether a login needs no refresh. */
  readonly isFresh: (login: SavedLogin) => boolean
  /** Whether a login is still usable if it cannot be refreshed. */
  readonly isUsable: (login: SavedLogin) => boolean
}

/**
 * The result of a refresh: a new token, saved or not (`refreshed`, `not_saved`); a token that another process saved
 * (`reused`); or the old token, which is still valid, because a refresh was not possible (`postponed`).
 */
export type RefreshOutcome = 'not_saved' | 'postponed' | 'refreshed' | 'reused'

export interface RefreshReport {
  readonly outcome: 'failed' | RefreshOutcome
  /** How long it took, including the wait for other processes. */
  readonly milliseconds: number
}

export interface RefreshResult {
  readonly login: SavedLogin
  readonly outcome: RefreshOutcome
}

/** An attempt to refresh a login. */
interface Attempt extends LoginNeeds, LoginRefresh {
  readonly file: string
  readonly login: SavedLogin & {readonly refreshToken: string}
  readonly readLogin: () => Promise<SavedLogin | undefined>
  /** Why there is no lock; undefined if this process holds it. */
  readonly lockProblem: string | undefined
}

/** If another process does not refresh its lock on the login for this long, this process takes it over. */
const SILENCE_MS = 5000

/**
 * Refreshes the login and saves it in the config file. If several processes need a refresh at the same time, one of
 * them refreshes; the others find a login that `isFresh` in the file and return it.
 *
 * The provider may accept the refresh token only once, so this first tries everything that could make saving fail. If
 * saving would fail, it returns a login that `isUsable` unchanged. It refreshes any other login, and warns that it
 * could not save it. It also returns a login that `isUsable` if it cannot reach the API or the identity provider, or if
 * another process keeps the lock.
 *
 * Throws `unauthenticated` if the provider rejects the refresh token, `network` if there is no response, `api` for an
 * unexpected response, `conflict` if another process keeps the lock, and `config` if the file has become unreadable.
 */
export async function refreshLogin(refresh: LoginRefresh, needs: LoginNeeds): Promise<RefreshResult> {
  const start = refresh.now().getTime()
  let outcome: RefreshReport['outcome'] = 'failed'
  try {
    const result = await refreshUnderLock(refresh, needs)
    outcome = result.outcome
    return result
  } finally {
    refresh.onOutcome?.({outcome, milliseconds: refresh.now().getTime() - start})
  }
}

async function refreshUnderLock(refresh: LoginRefresh, needs: LoginNeeds): Promise<RefreshResult> {
  const file = await realpath(refresh.path).catch(() => refresh.path)
  const readLogin = async () => (await readConfig(file)).findContext([refresh.contextKey])?.login
  const lock = await lockBeside(file, refresh)
  try {
    const login = await readLogin()
    if (login && needs.isFresh(login)) return {login, outcome: 'reused'}
    if (lock.error) {
      if (login && needs.isUsable(login)) return {login, outcome: 'postponed'}
      throw lock.error
    }

    if (!login?.refreshToken) throw loginExpired(refresh.domain)
    const refreshable = {...login, refreshToken: login.refreshToken}
    return await tryRefresh({...refresh, ...needs, file, login: refreshable, readLogin, lockProblem: lock.problem})
  } finally {
    await lock.held?.release()
  }
}

interface LockResult {
  readonly held?: HeldLock
  /** Why this process cannot create a lock, as in a read-only folder. */
  readonly problem?: string
  /** The error if another process keeps the lock. */
  readonly error?: AstroError
}

async function lockBeside(file: string, {domain, lock = acquireLock}: LoginRefresh): Promise<LockResult> {
  try {
    // Not `config.yaml.lock`: the Astro CLI uses that name for a file of its own.
    return {held: await lock(`${file}.renewal`, {purpose: `the login to ${domain.name}`, silenceMs: SILENCE_MS})}
  } catch (error) {
    return error instanceof AstroError ? {error} : {problem: describeReason(error)}
  }
}

async function tryRefresh(attempt: Attempt): Promise<RefreshResult> {
  const {domain, file, http, isUsable, lockProblem, login} = attempt
  const place = {file, contextKey: attempt.contextKey, refreshToken: login.refreshToken}
  const prepare = async () => prepareSave(place, attempt.prepare)
  const prepared = await prepare().catch(ignore)
  let isSent = false
  try {
    if ((lockProblem !== undefined || !prepared) && isUsable(login)) return {login, outcome: 'postponed'}
    const provider = await readProvider(await http(), domain)
    isSent = true
    const result = requestAndSave(attempt, provider, async () => prepared ?? prepare())
    attempt.onRefresh?.(result, domain)
    return await result
  } catch (error) {
    return await recoverFrom(error, attempt, isSent)
  } finally {
    await prepared?.discard()
  }
}

async function requestAndSave(
  attempt: Attempt,
  provider: Provider,
  prepare: () => Promise<PreparedSave>,
): Promise<RefreshResult> {
  const {domain, file, http, lockProblem, login, now, onWarning} = attempt
  const {expiresInSeconds, ...tokens} = await requestGrant(await http(), domain, provider, login.refreshToken)
  const values: NewValues = {...tokens, expiresIn: formatTime(now().getTime() + expiresInSeconds * 1000)}
  const refreshed = {...login, ...values, refreshToken: values.refreshToken ?? login.refreshToken}
  try {
    const prepared = await prepare()
    await prepared.save(values)
  } catch (error) {
    onWarning(
      `Could not save the refreshed login to ${domain.name} in ${file} (${describeReason(error)}). ${describeNextStep(values, domain)}`,
    )
    return {login: refreshed, outcome: 'not_saved'}
  }

  if (lockProblem !== undefined) {
    onWarning(
      `The login to ${domain.name} was refreshed without a lock beside ${file} (${lockProblem}). Another command that refreshed it at the same time may be rejected; in that case, ${logInHint(domain)}`,
    )
  }

  return {login: refreshed, outcome: 'refreshed'}
}

/** The next step after a refreshed login could not be saved. */
function describeNextStep({refreshToken}: NewValues, domain: AstroDomain): string {
  return refreshToken === undefined
    ? `The next command refreshes it again; if that fails, ${logInHint(domain)}`
    : `The saved refresh token has been used up; before the next command, ${logInHint(domain)}`
}

/**
 * Finds a login to use after a failed refresh: one that another program saved in the meantime, such as the Astro CLI,
 * which does not use our lock; or the old one, if it is still valid and the error is temporary. Otherwise rejects with
 * the error.
 */
async function recoverFrom(error: unknown, attempt: Attempt, isSent: boolean): Promise<RefreshResult> {
  const latest = await attempt.readLogin().catch(ignore)
  if (!latest || !attempt.isUsable(latest)) throw error
  if (latest.token !== attempt.login.token) return {login: latest, outcome: 'reused'}
  if (!(error instanceof AstroError && error.kind === 'network')) throw error
  const {hint = '', status = 0} = error.details
  if (isSent && status < 400) attempt.onWarning(`${error.message} ${hint}`)
  return {login: latest, outcome: 'postponed'}
}

/** Formats milliseconds since 1970 as the Astro CLI does: RFC 3339, to the second. */
function formatTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`
}

function describeReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  return errorCode(error) ?? error.message
}
