import {randomUUID} from 'node:crypto'
import {chmodSync, chownSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs'

import {hasKind} from '../errors.js'
import {errorCode, realPathOf} from '../helpers.js'
import {acquireLock, heldError} from '../locks/lock.js'
import {readConfig, type SavedLogin} from './config-file.js'
import {type CredentialSources} from './credentials.js'
import {type AstroDomain, logInHint} from './domain.js'
import {expiresWithin, loginExpired, REFRESH_WITHIN_MS} from './expiry.js'
import {readProvider, requestGrant} from './identity-provider.js'

export interface LoginRefresh extends Pick<CredentialSources, 'clock' | 'http' | 'protectRefresh' | 'report'> {
  /** The config file, or a symbolic link to it. */
  readonly path: string
  readonly domain: AstroDomain
  /** The key of the login under `contexts`. */
  readonly contextKey: string
}

/** A new token (`refreshed`), one that another process saved (`reused`), or the old one without a lock or a response. */
export interface RefreshResult {
  readonly login: SavedLogin
  readonly outcome: 'postponed' | 'refreshed' | 'reused'
}

/** The lowest bit of a mode's file type; the bits below are the permissions. */
const FILE_TYPE = 0o1_0000

/**
 * Refreshes the login and saves it, or reuses a valid one that another process saved and that is not `rejected`.
 * Throws `unauthenticated`, `network`, `api`, `conflict` if another process keeps the lock, or `config`.
 */
export async function refreshLogin(refresh: LoginRefresh, rejected?: string): Promise<RefreshResult> {
  const {clock, report} = refresh
  const startedAt = clock.now()
  let outcome = 'failed'
  try {
    const result = await refreshUnderLock(refresh, rejected)
    outcome = result.outcome
    return result
  } finally {
    report.debug('refresh', outcome, `${Math.round(clock.now() - startedAt)} ms`)
  }
}

async function refreshUnderLock(refresh: LoginRefresh, rejected?: string): Promise<RefreshResult> {
  const {contextKey, domain, path} = refresh
  const file = realPathOf(path)
  // Not `config.yaml.lock`: the Astro CLI uses that name for a file of its own.
  const lock = await acquireLock(`${file}.renewal`, {...refresh, settlesAfterTakeOver: false})
  try {
    const {findContext} = await readConfig(file, refresh.clock)
    const login = findContext([contextKey])?.read().login
    const lasts = (milliseconds: number) =>
      login !== undefined && login.token !== rejected && !expiresWithin(login, milliseconds, refresh)
    if (login && lasts(REFRESH_WITHIN_MS)) return {login, outcome: 'reused'}
    if (lock.kind !== 'held' && login && lasts(0)) return {login, outcome: 'postponed'}
    if (lock.kind === 'busy') throw heldError(lock, `the login to ${domain.name}`)
    if (login?.refreshToken === undefined) throw loginExpired(domain)
    try {
      return {login: await requestLogin(refresh, file, login, login.refreshToken), outcome: 'refreshed'}
    } catch (error) {
      if (hasKind(error, 'network') && lasts(0)) return {login, outcome: 'postponed'}
      throw error
    }
  } finally {
    if (lock.kind === 'held') await lock.lock.release()
  }
}

async function requestLogin(
  {clock, contextKey, domain, http: load, protectRefresh, report}: LoginRefresh,
  file: string,
  login: SavedLogin,
  consumed: string,
): Promise<SavedLogin> {
  const requestAndSave = async () => {
    const {expiresInSeconds, refreshToken = consumed, token} = await requestGrant(http, domain, provider, consumed)
    const refreshed = {...login, token, refreshToken, expiresAt: clock.now() + expiresInSeconds * 1000}
    try {
      const {findContext, text} = await readConfig(file, clock)
      const entry = findContext([contextKey])
      if (!entry) throw new Error('the file no longer has it')
      if (entry.read().login?.refreshToken === consumed)
        replaceFile(file, await replaceLogin(text, contextKey, refreshed))
    } catch (error) {
      const reason = errorCode(error) ?? (error instanceof Error ? error.message : 'unknown error')
      const next =
        refreshToken === consumed
          ? `The next command refreshes it again; if that fails, ${logInHint(domain)}`
          : `The saved refresh token has been consumed; before the next command, ${logInHint(domain)}`
      report.warn(`Could not save the refreshed login to ${domain.name} in ${file} (${reason}). ${next}`)
    }

    return refreshed
  }

  const http = await load()
  const provider = await readProvider(http, domain)
  return protectRefresh(domain.name, requestAndSave())
}

/** Replaces the values of a login in the text of the config file. Other values, comments and quoting stay. */
async function replaceLogin(text: string, contextKey: string, login: SavedLogin): Promise<string> {
  const {default: yaml} = await import('yaml')
  // All values are texts in this schema, so that numbers stay as they are written.
  const document = yaml.parseDocument(text, {schema: 'failsafe'})
  const values = {
    token: `Bearer ${login.token}`,
    // To the second, as the Astro CLI writes it.
    expiresin: `${new Date(login.expiresAt).toISOString().slice(0, 19)}Z`,
    refreshtoken: login.refreshToken,
  }
  for (const [key, value] of Object.entries(values)) {
    const path = ['contexts', contextKey, key]
    if (document.hasIn(path)) document.setIn(path, value)
  }

  return document.toString({indent: /^ +(?=[^\s#-])/m.exec(text)?.[0].length ?? 2, lineWidth: 0})
}

/** Replaces the file atomically. The calls are synchronous, so that a signal does not end the process between them. */
function replaceFile(path: string, content: string): void {
  const {gid, mode, uid} = statSync(path)
  // The next release of the lock removes a file with this name that a killed process left.
  const temporary = `${path}.renewal.${randomUUID()}.new`
  try {
    writeFileSync(temporary, content, {flag: 'wx', flush: true, mode: 0o600})
    try {
      chownSync(temporary, uid, gid)
    } catch {
      // Only root may give a file to another user.
    }

    chmodSync(temporary, mode % FILE_TYPE)
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, {force: true})
    throw error
  }
}
