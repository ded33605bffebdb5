import {type SavedLogin} from './config-file.js'
import {type LoginNeeds, type LoginRefresh} from './refresh-login.js'
import {loginExpired} from './refresh-request.js'

/** A login in use. */
export interface Login {
  readonly organizationId: string | undefined
  readonly workspaceId: string | undefined
  /** The newest access token. */
  readonly bearer: () => string
  /** Replaces an access token that the API rejected. Resolves to false if there is no other. */
  readonly refresh: (rejected: string) => Promise<boolean>
}

/** A token that expires sooner might expire before the command ends. */
const REFRESH_WITHIN_MS = 5 * 60_000

/**
 * Opens a saved login, and refreshes it first if it has expired or is about to. If the refresh fails for now, the
 * command uses the old login as long as it is valid. A login without an expiry is valid until the API rejects it.
 *
 * Throws what `refreshLogin` throws; `refresh` rejects with the same.
 */
export async function openLogin(saved: SavedLogin, options: LoginRefresh): Promise<Login> {
  let login: SavedLogin = saved
  /** The token from this process's own refresh. If the API rejects it, another refresh does not help. */
  let own: string | undefined
  let pending: Promise<void> | undefined

  const replaceLogin = async (needs: LoginNeeds) => {
    const {refreshLogin} = await import('./refresh-login.js')
    const result = await refreshLogin(options, needs)
    login = result.login
    if (result.outcome === 'refreshed' || result.outcome === 'not_saved') own = login.token
  }

  const lasts = (other: SavedLogin) => parseExpiry(other) - options.now().getTime() > REFRESH_WITHIN_MS
  const isValid = (other: SavedLogin) => parseExpiry(other) > options.now().getTime()
  if (saved.refreshToken === undefined) {
    if (!isValid(saved)) throw loginExpired(options.domain)
  } else if (!lasts(saved)) {
    await replaceLogin({isFresh: lasts, isUsable: isValid})
  }

  return {
    organizationId: login.organizationId,
    workspaceId: login.workspaceId,
    bearer: () => login.token,
    async refresh(rejected) {
      if (login.token !== rejected) return true
      if (rejected === own || login.refreshToken === undefined) return false
      const isOther = (other: SavedLogin) => other.token !== rejected
      // The API rejects concurrent requests together, and they share one refresh.
      pending ??= replaceLogin({
        isFresh: (other) => isOther(other) && lasts(other),
        isUsable: (other) => isOther(other) && isValid(other),
      }).finally(() => {
        pending = undefined
      })
      await pending
      return isOther(login)
    },
  }
}

/** Milliseconds since 1970; Infinity if the login has no expiry. */
function parseExpiry({expiresIn}: SavedLogin): number {
  const time = Date.parse(expiresIn ?? '')
  return Number.isNaN(time) ? Infinity : time
}
