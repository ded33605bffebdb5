import {realpath} from 'node:fs/promises'

import {type Http} from '../astro-api/http.js'
import {AstroError} from '../errors.js'
import {acquireLock, type HeldLock} from '../locks/lock.js'
import {withValues} from './config-edit.js'
import {loginKeys, parseConfig, readConfig, readConfigText, type SavedLogin} from './config-file.js'
import {type AstroDomain} from './domain.js'
import {type Grant, loginExpired, requestRefresh} from './refresh-request.js'
import {replaceFile} from './replace-file.js'

/** What it takes to refresh the login to one domain. */
export interface LoginRefresh {
  /** The config file, or a symbolic link to it. */
  readonly path: string
  readonly domain: AstroDomain
  readonly now: () => Date
  readonly http: () => Promise<Http>
  /** Told, once, where the refreshed login could not be saved. */
  readonly onWarning: (warning: string) => void
  /** Given what settles when a refresh that was begun is saved, or has failed. */
  readonly onRefresh?: (refresh: Promise<unknown>) => void
  readonly lock?: typeof acquireLock
  readonly replace?: typeof replaceFile
}

/**
 * The login with a new access token, saved in the config file. However many processes ask at once, one of them refreshes:
 * the others find in the file a login that `isGood`, and get that.
 *
 * Throws `unauthenticated` when the login cannot be refreshed any more, `network` when it cannot for now, `api` for
 * answers that are not as documented, `conflict` when another process holds the lock for a minute, and `config` when
 * the file was broken in the meantime. A login that cannot be saved is no error.
 */
export async function refreshLogin(
  refresh: LoginRefresh,
  isGood: (login: SavedLogin) => boolean,
): Promise<SavedLogin & {readonly isNew: boolean}> {
  const {domain, lock: acquire = acquireLock, path} = refresh
  const file = await realpath(path)
  const lock = await lockBeside(file, domain, acquire)
  try {
    const login = await readLogin(file, domain)
    if (login && isGood(login)) return {...login, isNew: false}
    if (!login?.refreshToken) throw loginExpired(domain)
    return await refreshed(refresh, file, {...login, refreshToken: login.refreshToken}, isGood)
  } finally {
    await lock?.release()
  }
}

/** The lock, or nothing where none can be made, as in a folder that is read-only. */
async function lockBeside(
  file: string,
  domain: AstroDomain,
  acquire: typeof acquireLock,
): Promise<HeldLock | undefined> {
  try {
    // The Astro CLI leaves a plain file `config.yaml.lock`, so that this name has to be another.
    return await acquire(`${file}.renewal`, {purpose: `the refresh of the login to ${domain.name}`})
  } catch (error) {
    if (error instanceof AstroError) throw error
    return undefined
  }
}

async function refreshed(
  refresh: LoginRefresh,
  file: string,
  login: SavedLogin & {readonly refreshToken: string},
  isGood: (login: SavedLogin) => boolean,
): Promise<SavedLogin & {readonly isNew: boolean}> {
  const {domain} = refresh
  try {
    const saved = requestAndSave(refresh, file, login)
    refresh.onRefresh?.(saved.catch(ignore))
    return {...(await saved), isNew: true}
  } catch (error) {
    // The Astro CLI, which does not know this lock, may have used the refresh token up just before.
    const latest = isUnauthenticated(error) ? await readLogin(file, domain) : undefined
    if (latest && latest.refreshToken !== login.refreshToken && isGood(latest)) return {...latest, isNew: false}
    throw error
  }
}

async function requestAndSave(
  refresh: LoginRefresh,
  file: string,
  login: SavedLogin & {readonly refreshToken: string},
): Promise<SavedLogin> {
  const {domain, http, now} = refresh
  const answer = await requestRefresh(await http(), domain, login.refreshToken)
  const expiresIn = rfc3339(now().getTime() + answer.expiresInSeconds * 1000)
  await save(refresh, file, login.refreshToken, {...answer, expiresIn})
  const {refreshToken = login.refreshToken, token} = answer
  return {...login, token, refreshToken, expiresIn}
}

/** Saves the answer, unless the file has got another login since; a failure is told and goes no further. */
async function save(
  {domain, onWarning, replace = replaceFile}: LoginRefresh,
  file: string,
  usedRefreshToken: string,
  {expiresIn, refreshToken, token}: Grant & {readonly expiresIn: string},
): Promise<void> {
  try {
    const text = await readConfigText(file)
    const config = await parseConfig(file, text)
    if (config.loginTo(domain.name)?.refreshToken !== usedRefreshToken) return
    const edited = withValues(text, loginKeys(domain.name), {
      token: `Bearer ${token}`,
      expiresin: expiresIn,
      ...(refreshToken !== undefined && {refreshtoken: refreshToken}),
    })
    if (edited === undefined) throw new Error('other values depend on it')
    await replace(file, edited)
  } catch (error) {
    const next =
      refreshToken === undefined
        ? 'The next command refreshes it again'
        : `The saved one cannot be refreshed any more; before the next command, run astro login ${domain.name}`
    onWarning(`The refreshed login to ${domain.name} could not be saved in ${file} (${reasonOf(error)}). ${next}.`)
  }
}

async function readLogin(file: string, domain: AstroDomain): Promise<SavedLogin | undefined> {
  const config = await readConfig(file)
  return config.loginTo(domain.name)
}

function isUnauthenticated(error: unknown): boolean {
  return error instanceof AstroError && error.kind === 'unauthenticated'
}

/** A time, given in milliseconds, to the second: as the Astro CLI writes it. */
function rfc3339(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  return 'code' in error ? String(error.code) : error.message
}

function ignore(): void {
  // Whoever asked for the refresh is told of its failure.
}
