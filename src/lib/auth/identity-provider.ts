import {type Http, type HttpRequest} from '../astro-api/http.js'
import {AstroError} from '../errors.js'
import {fieldsOf} from '../helpers.js'
import {isToken} from './api-token.js'
import {type AstroDomain, logInHint, mayReceiveSecrets} from './domain.js'

/** The identity provider's response to a refresh token. */
export interface Grant {
  /** The access token. */
  readonly token: string
  /** Seconds until the access token expires. */
  readonly expiresInSeconds: number
  /** The next refresh token; undefined if the old one stays valid. */
  readonly refreshToken: string | undefined
}

/** The identity provider that refreshes logins, and our client ID there. */
export interface Provider {
  readonly clientId: string
  readonly tokenUrl: URL
}

/** A hundred years; anything longer is a mistake. */
const LONGEST_SECONDS = 100 * 365 * 24 * 3600

const CHECK_ADDRESS = 'Check that ASTRO_DOMAIN and any proxy lead to the Astro API'

/**
 * Asks the domain's API for the identity provider, without a credential.
 *
 * Throws `network` if there is no response, and `api` for an unexpected one, such as a provider whose address is not
 * https, because a refresh token must not be sent there.
 */
export async function readProvider(http: Http, domain: AstroDomain): Promise<Provider> {
  const url = new URL(`${domain.apiHost}/private/v1alpha1/cli/auth-config`)
  const response = await request(http, domain, {method: 'GET', url}, (status) =>
    refreshError('api', domain, `${url.host} does not name the identity provider (status ${status}).`, {
      hint: CHECK_ADDRESS,
      status,
    }),
  )
  const {clientId, domainUrl} = response
  if (typeof clientId !== 'string' || !clientId) throw unexpected(domain, 'clientId is not text')
  const provider = typeof domainUrl === 'string' && URL.canParse(domainUrl) ? new URL(domainUrl) : undefined
  if (!provider || provider.username || provider.password || provider.search || provider.hash) {
    throw unexpected(domain, 'domainUrl is not a URL')
  }

  if (!mayReceiveSecrets(provider)) throw unexpected(domain, 'domainUrl is not https')
  return {clientId, tokenUrl: new URL(`${provider.origin}${provider.pathname.replace(/\/*$/, '/')}oauth/token`)}
}

/**
 * Gets a new access token for a refresh token. The refresh token may be consumed even if this fails.
 *
 * Throws `unauthenticated` if the provider rejects the refresh token, `network` if there is no response or it is lost,
 * and `api` for an unexpected one.
 */
export async function requestGrant(
  http: Http,
  domain: AstroDomain,
  {clientId, tokenUrl}: Provider,
  refreshToken: string,
): Promise<Grant> {
  const form = {client_id: clientId, grant_type: 'refresh_token', refresh_token: refreshToken}
  const response = await request(http, domain, {method: 'POST', url: tokenUrl, form}, (status) =>
    refreshError('unauthenticated', domain, `the identity provider rejected it (status ${status}).`, {
      hint: logInHint(domain, 'Log in again'),
      status,
    }),
  )
  const {access_token: token, expires_in: seconds, refresh_token: rotated} = response
  const hint = `${CHECK_ADDRESS}; ${ifRejected(domain)}`
  if (!isToken(token)) throw unexpected(domain, 'access_token is not a token', hint)
  if (typeof seconds !== 'number' || !(seconds > 0 && seconds <= LONGEST_SECONDS)) {
    throw unexpected(domain, 'expires_in is not a number of seconds', hint)
  }

  const next = rotated === null || rotated === refreshToken ? undefined : rotated
  if (next !== undefined && !isToken(next)) throw unexpected(domain, 'refresh_token is not a token', hint)
  return {token, expiresInSeconds: seconds, refreshToken: next}
}

/** The error for an expired login without a refresh token. */
export function loginExpired(domain: AstroDomain): AstroError {
  return new AstroError('unauthenticated', `The login to ${domain.name} has expired.`, {
    hint: logInHint(domain, 'Log in again'),
  })
}

/** The fields of the response. Errors get new messages, because the provider's may quote the refresh token. */
async function request(
  http: Http,
  domain: AstroDomain,
  details: HttpRequest,
  rejected: (status: number) => AstroError,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return fieldsOf(await http(details))
  } catch (error) {
    if (!(error instanceof AstroError) || error.kind === 'internal') throw error
    const {hint = 'Try again', status} = error.details
    if (status !== undefined && isRejection(status)) throw rejected(status)
    const why = status === undefined ? error.message : `${details.url.host} returned status ${status}.`
    throw refreshError('network', domain, why, {hint: `${hint}; ${ifRejected(domain)}`, status})
  }
}

function isRejection(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429
}

function ifRejected(domain: AstroDomain): string {
  return `if the login is then rejected, ${logInHint(domain)}`
}

function unexpected(domain: AstroDomain, what: string, hint = CHECK_ADDRESS): AstroError {
  return refreshError('api', domain, `unexpected response: ${what}.`, {hint})
}

function refreshError(
  kind: AstroError['kind'],
  domain: AstroDomain,
  why: string,
  details: AstroError['details'],
): AstroError {
  return new AstroError(kind, `Could not refresh the login to ${domain.name}: ${why}`, details)
}
