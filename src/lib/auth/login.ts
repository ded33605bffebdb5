import {type SavedLogin} from './config-file.js'
import {expiresWithin, loginExpired, REFRESH_WITHIN_MS} from './expiry.js'
import {type LoginRefresh} from './refresh.js'

export interface Login {
  readonly organizationId: string | undefined
  readonly bearer: () => string
  /** Replaces an access token that the API rejected. Resolves to false if there is no other. */
  readonly refresh: (rejected: string) => Promise<boolean>
}

/** Refreshes the login first if it expires soon. This and `refresh` throw what `refreshLogin` throws. */
export async function openLogin(saved: SavedLogin, options: LoginRefresh): Promise<Login> {
  let login = saved
  /** The token from this process's own refresh. If the API rejects it, another refresh does not help. */
  let ownToken: string | undefined
  let pending: Promise<void> | undefined

  const replaceLogin = async (rejected?: string) => {
    const {refreshLogin} = await import('./refresh.js')
    const result = await refreshLogin(options, rejected)
    login = result.login
    if (result.outcome === 'refreshed') ownToken = login.token
  }

  if (login.refreshToken !== undefined && expiresWithin(login, REFRESH_WITHIN_MS, options)) await replaceLogin()
  else if (expiresWithin(login, 0, options)) throw loginExpired(options.domain)

  return {
    organizationId: login.organizationId,
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
