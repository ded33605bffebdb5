import {type Http, type HttpRequest} from '../astro-api/http.js'
import {AstroError, type ErrorDetails} from '../errors.js'
import {fieldsOf} from '../fields-of.js'
import {isToken} from './api-token.js'
import {type AstroDomain, isLoopback, logInHint} from './domain.js'

/** What the identity provider returns for a refresh token. */
export interface Grant {
  /** The access token. */
  readonly token: string
  /** How long it is valid, in seconds. */
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
 * Throws `network` if there is no response for now, and `api` for an unexpected one, such as a provider that a refresh
 * token must not be sent to.
 */
export async function readProvider(http: Http, domain: AstroDomain): Promise<Provider> {
  const url = new URL(`${domain.apiHost}/private/v1alpha1/cli/auth-config`)
  const answer = await ask(
    http,
    {method: 'GET', url},
    {
      refused: (status) =>
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
  const {clientId, domainUrl} = fieldsOf(answer)
  if (typeof clientId !== 'string' || !clientId) throw unexpected(domain, 'clientId is not text')
  const provider = typeof domainUrl === 'string' && URL.canParse(domainUrl) ? new URL(domainUrl) : undefined
  if (!provider || provider.username || provider.password || provider.search || provider.hash) {
    throw unexpected(domain, 'domainUrl is not a URL')
  }

  if (!isSafe(provider)) throw unexpected(domain, 'domainUrl is not https')
  return {clientId, tokenUrl: new URL(`${provider.origin}${provider.pathname.replace(/\/*$/, '/')}oauth/token`)}
}

/**
 * Gets a new access token for a refresh token, which may be used up even if this fails.
 *
 * Throws `unauthenticated` if the provider refuses the refresh token, `network` if there is no response or it is lost,
 * and `api` for an unexpected one.
 */
export async function requestGrant(
  http: Http,
  domain: AstroDomain,
  {clientId, tokenUrl}: Provider,
  refreshToken: string,
): Promise<Grant> {
  const form = {client_id: clientId, grant_type: 'refresh_token', refresh_token: refreshToken}
  const answer = await ask(
    http,
    {method: 'POST', url: tokenUrl, form},
    {
      refused: (status) =>
        new AstroError(
          'unauthenticated',
          `Could not refresh the login to ${domain.name}: the identity provider refused it (status ${status}).`,
          {hint: logInHint(domain, 'Log in again'), status},
        ),
      failed: (why, {hint = 'Try again', status}) =>
        new AstroError('network', `Could not refresh the login to ${domain.name}: ${why}`, {
          hint: `${hint}; if the login is refused then, ${logInHint(domain)}`,
          status,
        }),
    },
  )
  return readGrant(answer, domain, refreshToken)
}

/** The error for an expired login without a refresh token. */
export function loginExpired(domain: AstroDomain): AstroError {
  return new AstroError('unauthenticated', `The login to ${domain.name} has expired.`, {
    hint: logInHint(domain, 'Log in again'),
  })
}

function readGrant(answer: unknown, domain: AstroDomain, refreshToken: string): Grant {
  const mayBeUsedUp = `${CHECK_ADDRESS}; if the login is refused then, ${logInHint(domain)}`
  const {access_token: token, expires_in: seconds, refresh_token: rotated} = fieldsOf(answer)
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

/** Whether a secret can be sent there. */
function isSafe({hostname, protocol}: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}

/** Creates the errors for a request that was refused, and for one that failed in another way. */
interface Failures {
  readonly refused: (status: number) => AstroError
  readonly failed: (why: string, details: Pick<ErrorDetails, 'hint' | 'status'>) => AstroError
}

/** The response's JSON. Errors get new messages, because the provider's may quote the refresh token. */
async function ask(http: Http, request: HttpRequest, {failed, refused}: Failures): Promise<unknown> {
  try {
    return await http(request)
  } catch (error) {
    if (!(error instanceof AstroError) || error.kind === 'internal') throw error
    const {hint, status} = error.details
    if (status !== undefined && isRefusal(status)) throw refused(status)
    throw failed(status === undefined ? error.message : describeStatus(request.url.host, status), {hint, status})
  }
}

function describeStatus(host: string, status: number): string {
  return `${host} returned ${status < 400 ? 'a response that is not JSON, with ' : ''}status ${status}.`
}

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429
}

function unexpected(domain: AstroDomain, what: string, hint = CHECK_ADDRESS): AstroError {
  return new AstroError('api', `Could not refresh the login to ${domain.name}: unexpected response: ${what}.`, {hint})
}
