import {AstroError} from '../errors.js'
import {type SavedLogin} from './config-file.js'
import {type LoginRefresh} from './refresh-login.js'
import {loginExpired} from './refresh-request.js'

/** A login in use. */
export interface Login {
  readonly organizationId: string | undefined
  readonly workspaceId: string | undefined
  /** The newest access token. */
  readonly bearer: () => string
  /** For an access token that the API refused: whether there is another one now. */
  readonly refresh: (refused: string) => Promise<boolean>
}

/** An access token that expires sooner than this might not last for the command. */
const REFRESH_WITHIN_MS = 5 * 60_000

/**
 * Takes a saved login into use: refreshes it first where it has expired or is about to. One that cannot be refreshed for now
 * is used as long as it is good. A login that does not say when it expires is good until the API refuses it.
 *
 * Throws, and lets `refresh` reject, as `refreshLogin` does.
 */
export async function openLogin(saved: SavedLogin, refresh: LoginRefresh): Promise<Login> {
  let login: SavedLogin = saved
  /** The token that this process got itself: refreshing it at once would not help. */
  let own: string | undefined
  let pending: Promise<void> | undefined

  const replaceBy = async (isGood: (other: SavedLogin) => boolean) => {
    const {refreshLogin} = await import('./refresh-login.js')
    const {isNew, ...other} = await refreshLogin(refresh, isGood)
    login = other
    if (isNew) own = other.token
  }

  const lasts = (other: SavedLogin) => expiryOf(other) - refresh.now().getTime() > REFRESH_WITHIN_MS
  const isExpired = () => expiryOf(saved) <= refresh.now().getTime()
  if (saved.refreshToken === undefined) {
    if (isExpired()) throw loginExpired(refresh.domain)
  } else if (!lasts(saved)) {
    await replaceBy(lasts).catch((error: unknown) => {
      if (isExpired() || !mayPass(error)) throw error
    })
  }

  return {
    organizationId: login.organizationId,
    workspaceId: login.workspaceId,
    bearer: () => login.token,
    async refresh(refused) {
      if (login.token !== refused) return true
      if (refused === own || login.refreshToken === undefined) return false
      // Requests that go out side by side are refused side by side.
      pending ??= replaceBy((other) => other.token !== refused && lasts(other)).finally(() => {
        pending = undefined
      })
      await pending
      return login.token !== refused
    },
  }
}

/** Milliseconds since 1970; endless where the login does not say. */
function expiryOf({expiresIn}: SavedLogin): number {
  const time = Date.parse(expiresIn ?? '')
  return Number.isNaN(time) ? Infinity : time
}

/** Whether the provider is down, or another process has been at the refresh for too long. */
function mayPass(error: unknown): boolean {
  return error instanceof AstroError && (error.kind === 'network' || error.kind === 'conflict')
}
