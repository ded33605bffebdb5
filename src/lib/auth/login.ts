import {AstroError} from '../errors.js'
import {type SavedLogin} from './config-file.js'
import {type LoginRenewal} from './refresh-login.js'
import {loginExpired} from './refresh-request.js'

/** A login in use. */
export interface Login {
  readonly organizationId: string | undefined
  readonly workspaceId: string | undefined
  /** The newest access token. */
  readonly bearer: () => string
  /** For an access token that the API refused: whether there is another one now. */
  readonly renew: (refused: string) => Promise<boolean>
}

/** An access token that expires sooner than this might not last for the command. */
const RENEW_WITHIN_MS = 5 * 60_000

/**
 * Takes a saved login into use: renews it first where it has expired or is about to. One that cannot be renewed for now
 * is used as long as it is good. A login that does not say when it expires is good until the API refuses it.
 *
 * Throws, and lets `renew` reject, as `renewLogin` does.
 */
export async function openLogin(saved: SavedLogin, renewal: LoginRenewal): Promise<Login> {
  let login: SavedLogin = saved
  /** The token that this process got itself: renewing it at once would not help. */
  let own: string | undefined
  let pending: Promise<void> | undefined

  const replaceBy = async (isGood: (other: SavedLogin) => boolean) => {
    const {renewLogin} = await import('./refresh-login.js')
    const {isNew, ...other} = await renewLogin(renewal, isGood)
    login = other
    if (isNew) own = other.token
  }

  const lasts = (other: SavedLogin) => expiryOf(other) - renewal.now().getTime() > RENEW_WITHIN_MS
  const isExpired = () => expiryOf(saved) <= renewal.now().getTime()
  if (saved.refreshToken === undefined) {
    if (isExpired()) throw loginExpired(renewal.domain)
  } else if (!lasts(saved)) {
    await replaceBy(lasts).catch((error: unknown) => {
      if (isExpired() || !mayPass(error)) throw error
    })
  }

  return {
    organizationId: login.organizationId,
    workspaceId: login.workspaceId,
    bearer: () => login.token,
    async renew(refused) {
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

/** Whether the provider is down, or another process has been at the renewal for too long. */
function mayPass(error: unknown): boolean {
  return error instanceof AstroError && (error.kind === 'network' || error.kind === 'conflict')
}
