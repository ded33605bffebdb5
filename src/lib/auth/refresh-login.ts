import {realpath} from 'node:fs/promises'

import {type Http} from '../astro-api/http.js'
import {AstroError} from '../errors.js'
import {acquireLock, type HeldLock} from '../locks/lock.js'
import {readConfig, type SavedLogin} from './config-file.js'
import {type AstroDomain, logInHint} from './domain.js'
import {loginExpired, type Provider, readProvider, requestGrant} from './refresh-request.js'
import {type prepareReplacement} from './replace-file.js'
import {type NewValues, type PreparedSave, prepareSave} from './save-login.js'

/** What it takes to refresh the login to one domain. */
export interface LoginRefresh {
  /** The config file, or a symbolic link to it. */
  readonly path: string
  readonly domain: AstroDomain
  /** The key under `contexts` where the login stands. */
  readonly contextKey: string
  readonly now: () => Date
  readonly http: () => Promise<Http>
  readonly onWarning: (warning: string) => void
  /**
   * Called when the refresh token is about to be sent. The promise settles when the new login is saved, and rejects if
   * the refresh failed; ending the process before may lose the login.
   */
  readonly onRefresh?: ((saved: Promise<unknown>, domain: AstroDomain) => void) | undefined
  readonly lock?: typeof acquireLock
  readonly prepare?: typeof prepareReplacement
}

/** What a command needs of a login. */
export interface LoginNeeds {
  /** Whether a login needs no refresh. */
  readonly isFresh: (login: SavedLogin) => boolean
  /** Whether a login can be used for now, if it cannot be refreshed. */
  readonly isUsable: (login: SavedLogin) => boolean
}

/** Where a login came from: the provider, then saved or not; another process; or the file, without a refresh. */
export type RefreshOutcome = 'not_saved' | 'postponed' | 'refreshed' | 'reused'

export interface RefreshResult {
  readonly login: SavedLogin
  readonly outcome: RefreshOutcome
}

/** One try to refresh what the file has. */
interface Attempt extends LoginNeeds, LoginRefresh {
  readonly file: string
  readonly login: SavedLogin & {readonly refreshToken: string}
  readonly readLogin: () => Promise<SavedLogin | undefined>
  /** Why there is no lock; undefined if there is one. */
  readonly lockProblem: string | undefined
}

/**
 * The login with a new access token, saved in the config file. However many processes ask at once, one of them
 * refreshes: the others find in the file a login that `isFresh`, and get that.
 *
 * What could make saving fail is tried before the refresh token is spent. If it would fail, a login that `isUsable` is
 * returned as it is; any other is refreshed all the same, with a warning that it is not saved. A login that `isUsable` is
 * also returned if the API or the identity provider cannot be reached, or another process holds the lock for a minute.
 *
 * Throws `unauthenticated` when the login cannot be refreshed any more, `network` when it cannot for now, `api` for
 * answers that are not as documented, `conflict` when another process holds the lock, and `config` when the file was
 * broken in the meantime.
 */
export async function refreshLogin(refresh: LoginRefresh, needs: LoginNeeds): Promise<RefreshResult> {
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
  /** Why none can be made, as in a read-only folder. */
  readonly problem?: string
  /** That another process holds it. */
  readonly error?: AstroError
}

async function lockBeside(file: string, {domain, lock = acquireLock}: LoginRefresh): Promise<LockResult> {
  try {
    // The Astro CLI leaves a plain file `config.yaml.lock`, so that this name has to be another.
    return {held: await lock(`${file}.renewal`, {purpose: `the login to ${domain.name}`})}
  } catch (error) {
    return error instanceof AstroError ? {error} : {problem: reasonOf(error)}
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
    return await insteadOf(error, attempt, isSent)
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
  const values: NewValues = {...tokens, expiresIn: rfc3339(now().getTime() + expiresInSeconds * 1000)}
  const refreshed = {...login, ...values, refreshToken: values.refreshToken ?? login.refreshToken}
  try {
    const prepared = await prepare()
    await prepared.save(values)
  } catch (error) {
    onWarning(
      `Could not save the refreshed login to ${domain.name} in ${file} (${reasonOf(error)}). ${nextStep(values, domain)}`,
    )
    return {login: refreshed, outcome: 'not_saved'}
  }

  if (lockProblem !== undefined) {
    onWarning(
      `The login to ${domain.name} was refreshed without a lock beside ${file} (${lockProblem}). Another command that refreshed it at the same time may be refused; then ${logInHint(domain)}`,
    )
  }

  return {login: refreshed, outcome: 'refreshed'}
}

/** What to do about a refreshed login that is not saved. */
function nextStep({refreshToken}: NewValues, domain: AstroDomain): string {
  return refreshToken === undefined
    ? `The next command refreshes it again; if that fails, ${logInHint(domain)}`
    : `The saved refresh token has been used up; before the next command, ${logInHint(domain)}`
}

/**
 * What can be used after a failed refresh: a login that somebody else has saved meanwhile, since the Astro CLI does not
 * know our lock; or the old one, if the failure may pass and it is still valid. Rejects with the error otherwise.
 */
async function insteadOf(error: unknown, attempt: Attempt, isSent: boolean): Promise<RefreshResult> {
  const latest = await attempt.readLogin().catch(ignore)
  if (!latest || !attempt.isUsable(latest)) throw error
  if (latest.token !== attempt.login.token) return {login: latest, outcome: 'reused'}
  if (!(error instanceof AstroError && error.kind === 'network')) throw error
  const isAnswered = (error.details.status ?? 0) >= 400
  if (isSent && !isAnswered) attempt.onWarning(`${error.message} ${error.details.hint ?? ''}`.trimEnd())
  return {login: latest, outcome: 'postponed'}
}

/** A time, given in milliseconds, to the second: as the Astro CLI writes it. */
function rfc3339(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  return 'code' in error ? String(error.code) : error.message
}

function ignore(): undefined {
  // The caller goes on without.
}
