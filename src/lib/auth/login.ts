import {type SavedLogin} from './config-file.js'
import {loginExpired} from './identity-provider.js'
import {type LoginRefresh} from './refresh.js'

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
 * Opens a saved login, and refreshes it first if it has expired or is about to. A login without an expiry is valid until
 * the API rejects it.
 *
 * Throws what `refreshLogin` throws; `refresh` rejects with the same.
 */
export async function openLogin(saved: SavedLogin, options: LoginRefresh): Promise<Login> {
  let login = saved
  /** The token from this process's own refresh. If the API rejects it, another refresh does not help. */
  let ownToken: string | undefined
  let pending: Promise<void> | undefined

  const expiresWithin = (other: SavedLogin, milliseconds: number) =>
    other.expiresAt - options.clock.now() <= milliseconds
  const replaceLogin = async (rejected?: string) => {
    const {refreshLogin} = await import('./refresh.js')
    const result = await refreshLogin(options, {
      isFresh: (other) => other.token !== rejected && !expiresWithin(other, REFRESH_WITHIN_MS),
      isUsable: (other) => other.token !== rejected && !expiresWithin(other, 0),
    })
    login = result.login
    if (result.outcome === 'refreshed') ownToken = login.token
  }

  if (login.refreshToken !== undefined && expiresWithin(login, REFRESH_WITHIN_MS)) await replaceLogin()
  else if (expiresWithin(login, 0)) throw loginExpired(options.domain)

  return {
    organizationId: login.organizationId,
    workspaceId: login.workspaceId,
    bearer: () => login.token,
    async refresh(rejected) {
      if (login.token !== rejected) return true
      if (rejected === ownToken || login.refreshToken === undefined) return false
      // The API rejects concurrent requests together, and they share one refresh.
      pending ??= replaceLogin(rejected).finally(() => {
        pending = undefined
      })
      await pending
      return login.token !== rejected
    },
  }
}
