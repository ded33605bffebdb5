import {realpath} from 'node:fs/promises'

import {hasKind} from '../errors.js'
import {errorCode, ignore} from '../helpers.js'
import {acquireLock, heldError} from '../locks/lock.js'
import {readConfig, type SavedLogin} from './config-file.js'
import {type CredentialSources} from './credentials.js'
import {type AstroDomain, logInHint} from './domain.js'
import {loginExpired, type Provider, readProvider, requestGrant} from './identity-provider.js'
import {saveLogin} from './save-login.js'

/** What a refresh of the login to a domain needs. */
export interface LoginRefresh extends Pick<CredentialSources, 'clock' | 'http' | 'protectRefresh' | 'report'> {
  /** The config file, or a symbolic link to it. */
  readonly path: string
  readonly domain: AstroDomain
  /** The key of the login under `contexts`. */
  readonly contextKey: string
  readonly lock?: typeof acquireLock
}

/** The requirements of a command for its login. */
export interface LoginNeeds {
  /** Whether a login needs no refresh. */
  readonly isFresh: (login: SavedLogin) => boolean
  /** Whether a login is still usable if it cannot be refreshed. */
  readonly isUsable: (login: SavedLogin) => boolean
}

/**
 * The result of a refresh: a new token (`refreshed`); a token that another process saved (`reused`); or the old token,
 * which is still valid, because a refresh was not possible (`postponed`).
 */
export interface RefreshResult {
  readonly login: SavedLogin
  readonly outcome: 'postponed' | 'refreshed' | 'reused'
}

type RefreshableLogin = SavedLogin & {readonly refreshToken: string}

/**
 * Refreshes the login and saves it in the config file. If several processes need a refresh at the same time, one of
 * them refreshes; the others find a login that `isFresh` in the file and return it. Without a lock or a response,
 * returns a login that `isUsable` unchanged.
 *
 * Throws `unauthenticated` if the provider rejects the refresh token, `network` if there is no response, `api` for an
 * unexpected one, `conflict` if another process keeps the lock, and `config` if the file has become unreadable.
 */
export async function refreshLogin(refresh: LoginRefresh, needs: LoginNeeds): Promise<RefreshResult> {
  const {clock, report} = refresh
  const startedAt = clock.now()
  let outcome: 'failed' | RefreshResult['outcome'] = 'failed'
  try {
    const result = await refreshUnderLock(refresh, needs)
    outcome = result.outcome
    return result
  } finally {
    report.debug('refresh', outcome, `${Math.round(clock.now() - startedAt)} ms`)
  }
}

async function refreshUnderLock(refresh: LoginRefresh, needs: LoginNeeds): Promise<RefreshResult> {
  const {clock, domain, lock: acquire = acquireLock, path, report} = refresh
  const file = await realpath(path).catch(() => path)
  // Not `config.yaml.lock`: the Astro CLI uses that name for a file of its own.
  const lock = await acquire(`${file}.renewal`, {clock, report, settlesAfterTakeOver: false})
  try {
    const login = await readLogin(refresh, file)
    if (login && needs.isFresh(login)) return {login, outcome: 'reused'}
    if (lock.kind !== 'held' && login && needs.isUsable(login)) return {login, outcome: 'postponed'}
    if (lock.kind === 'busy') throw heldError(lock, `the login to ${domain.name}`)
    if (login?.refreshToken === undefined) throw loginExpired(domain)
    return await requestLogin(refresh, needs, file, {...login, refreshToken: login.refreshToken})
  } finally {
    if (lock.kind === 'held') await lock.lock.release()
  }
}

async function readLogin({clock, contextKey}: LoginRefresh, file: string): Promise<SavedLogin | undefined> {
  const config = await readConfig(file, clock)
  return config.findContext([contextKey])?.read().login
}

async function requestLogin(
  refresh: LoginRefresh,
  needs: LoginNeeds,
  file: string,
  login: RefreshableLogin,
): Promise<RefreshResult> {
  const {domain, http, protectRefresh} = refresh
  try {
    const provider = await readProvider(await http(), domain)
    const refreshed = await protectRefresh(domain.name, requestAndSave(refresh, provider, file, login))
    return {login: refreshed, outcome: 'refreshed'}
  } catch (error) {
    // The Astro CLI, which ignores the lock, may have saved another login meanwhile.
    const latest = await readLogin(refresh, file).catch(ignore)
    if (!latest || !needs.isUsable(latest)) throw error
    if (latest.token !== login.token) return {login: latest, outcome: 'reused'}
    if (hasKind(error, 'network')) return {login: latest, outcome: 'postponed'}
    throw error
  }
}

async function requestAndSave(
  {clock, contextKey, domain, http, report}: LoginRefresh,
  provider: Provider,
  file: string,
  login: RefreshableLogin,
): Promise<SavedLogin> {
  const grant = await requestGrant(await http(), domain, provider, login.refreshToken)
  const {expiresInSeconds, refreshToken = login.refreshToken, token} = grant
  const refreshed = {...login, token, refreshToken, expiresAt: clock.now() + expiresInSeconds * 1000}
  try {
    await saveLogin({file, contextKey}, login, refreshed, clock)
  } catch (error) {
    const reason = errorCode(error) ?? (error instanceof Error ? error.message : 'unknown error')
    const next =
      refreshToken === login.refreshToken
        ? `The next command refreshes it again; if that fails, ${logInHint(domain)}`
        : `The saved refresh token has been consumed; before the next command, ${logInHint(domain)}`
    report.warn(`Could not save the refreshed login to ${domain.name} in ${file} (${reason}). ${next}`)
  }

  return refreshed
}
