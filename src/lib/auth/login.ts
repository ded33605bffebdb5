import {type SavedLogin} from './config-file.js'
import {type LoginNeeds, type LoginRefresh} from './refresh-login.js'
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
 * Takes a saved login into use, refreshed first if it has expired or is about to. A login that cannot be refreshed for
 * now is used as long as it is valid. A login that does not say when it expires is valid until the API refuses it.
 *
 * Throws, and lets `refresh` reject, as `refreshLogin` does.
 */
export async function openLogin(saved: SavedLogin, options: LoginRefresh): Promise<Login> {
  let login: SavedLogin = saved
  /** The token that this process got itself: refreshing it at once would not help. */
  let own: string | undefined
  let pending: Promise<void> | undefined

  const replaceBy = async (needs: LoginNeeds) => {
    const {refreshLogin} = await import('./refresh-login.js')
    const result = await refreshLogin(options, needs)
    login = result.login
    if (result.outcome === 'refreshed' || result.outcome === 'not_saved') own = login.token
  }

  const lasts = (other: SavedLogin) => expiryOf(other) - options.now().getTime() > REFRESH_WITHIN_MS
  const isValid = (other: SavedLogin) => expiryOf(other) > options.now().getTime()
  if (saved.refreshToken === undefined) {
    if (!isValid(saved)) throw loginExpired(options.domain)
  } else if (!lasts(saved)) {
    await replaceBy({isFresh: lasts, isUsable: isValid})
  }

  return {
    organizationId: login.organizationId,
    workspaceId: login.workspaceId,
    bearer: () => login.token,
    async refresh(refused) {
      if (login.token !== refused) return true
      if (refused === own || login.refreshToken === undefined) return false
      const isOther = (other: SavedLogin) => other.token !== refused
      // Requests that go out side by side are refused side by side.
      pending ??= replaceBy({
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

/** Milliseconds since 1970; endless if the login does not say. */
function expiryOf({expiresIn}: SavedLogin): number {
  const time = Date.parse(expiresIn ?? '')
  return Number.isNaN(time) ? Infinity : time
}
