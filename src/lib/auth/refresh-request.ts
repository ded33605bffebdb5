import {type Http, type HttpRequest} from '../astro-api/http.js'
import {AstroError, type ErrorDetails} from '../errors.js'
import {fieldsOf, isLoopback} from '../helpers.js'
import {isToken} from './api-token.js'
import {type AstroDomain, logInHint} from './domain.js'

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
  const response = await requestJson(
    http,
    {method: 'GET', url},
    {
      rejected: (status) =>
        new AstroError(
          'api',
          `Could not refresh the login to ${domain.name}: ${url.host} does not name the identity provider (status ${status}).`,
          {hint: CHECK_ADDRESS, status},
        ),
      failed: (why, {hint, status}) =>
        new AstroError('network', `Could not refresh the login to ${domain.name}, which stays saved: ${why}`, {
          hint,
          status,
        }),
    },
  )
  const {clientId, domainUrl} = fieldsOf(response)
  if (typeof clientId !== 'string' || !clientId) throw unexpected(domain, 'clientId is not text')
  const provider = typeof domainUrl === 'string' && URL.canParse(domainUrl) ? new URL(domainUrl) : undefined
  if (!provider || provider.username || provider.password || provider.search || provider.hash) {
    throw unexpected(domain, 'domainUrl is not a URL')
  }

  if (!isSafe(provider)) throw unexpected(domain, 'domainUrl is not https')
  return {clientId, tokenUrl: new URL(`${provider.origin}${provider.pathname.replace(/\/*$/, '/')}oauth/token`)}
}

/**
 * Gets a new access token for a refresh token. The refresh token may be used up even if this fails.
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
  const response = await requestJson(
    http,
    {method: 'POST', url: tokenUrl, form},
    {
      rejected: (status) =>
        new AstroError(
          'unauthenticated',
          `Could not refresh the login to ${domain.name}: the identity provider rejected it (status ${status}).`,
          {hint: logInHint(domain, 'Log in again'), status},
        ),
      failed: (why, {hint = 'Try again', status}) =>
        new AstroError('network', `Could not refresh the login to ${domain.name}: ${why}`, {
          hint: `${hint}; if the login is then rejected, ${logInHint(domain)}`,
          status,
        }),
    },
  )
  return readGrant(response, domain, refreshToken)
}

/** The error for an expired login without a refresh token. */
export function loginExpired(domain: AstroDomain): AstroError {
  return new AstroError('unauthenticated', `The login to ${domain.name} has expired.`, {
    hint: logInHint(domain, 'Log in again'),
  })
}

function readGrant(response: unknown, domain: AstroDomain, refreshToken: string): Grant {
  const mayBeUsedUp = `${CHECK_ADDRESS}; if the login is then rejected, ${logInHint(domain)}`
  const {access_token: token, expires_in: seconds, refresh_token: rotated} = fieldsOf(response)
  if (!isToken(token)) throw unexpected(domain, 'access_token is not a token', mayBeUsedUp)
  if (typeof seconds !== 'number' || !(seconds > 0 && seconds <= LONGEST_SECONDS)) {
    throw unexpected(domain, 'expires_in is not a number of seconds', mayBeUsedUp)
  }

  if (rotated === undefined || rotated === null || rotated === refreshToken) {
    return {token, expiresInSeconds: seconds, refreshToken: undefined}
  }

  if (!isToken(rotated)) throw unexpected(domain, 'refresh_token is not a token', mayBeUsedUp)
  return {token, expiresInSeconds: seconds, refreshToken: rotated}
}

/** Whether a secret can be sent to this URL. */
function isSafe({hostname, protocol}: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}

/** Creates the errors for a request that the server rejected, and for one that failed in another way. */
interface RequestErrors {
  readonly rejected: (status: number) => AstroError
  readonly failed: (why: string, details: Pick<ErrorDetails, 'hint' | 'status'>) => AstroError
}

/** The response's JSON. Errors get new messages, because the provider's may quote the refresh token. */
async function requestJson(http: Http, request: HttpRequest, {failed, rejected}: RequestErrors): Promise<unknown> {
  try {
    return await http(request)
  } catch (error) {
    if (!(error instanceof AstroError) || error.kind === 'internal') throw error
    const {hint, status} = error.details
    if (status !== undefined && isRejection(status)) throw rejected(status)
    throw failed(status === undefined ? error.message : describeStatus(request.url.host, status), {hint, status})
  }
}

function describeStatus(host: string, status: number): string {
  return `${host} returned ${status < 400 ? 'a response that is not JSON, with ' : ''}status ${status}.`
}

function isRejection(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429
}

function unexpected(domain: AstroDomain, what: string, hint = CHECK_ADDRESS): AstroError {
  return new AstroError('api', `Could not refresh the login to ${domain.name}: unexpected response: ${what}.`, {hint})
}
