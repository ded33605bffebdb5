import {type Http, type HttpRequest} from '../astro-api/http.js'
import {AstroError, type ErrorDetails} from '../errors.js'
import {isToken} from './api-token.js'
import {type AstroDomain, isLoopback, logInHint} from './domain.js'

/** What the identity provider gives for a refresh token. */
export interface Grant {
  /** The access token alone. */
  readonly token: string
  /** How long it is good for, in seconds. */
  readonly expiresInSeconds: number
  /** The refresh token for the next time; undefined if the old one stays in use. */
  readonly refreshToken: string | undefined
}

/** The identity provider that refreshes logins, and who we are to it. */
export interface Provider {
  readonly clientId: string
  readonly tokenUrl: URL
}

/** A hundred years: what is longer is no number of seconds that anybody meant. */
const LONGEST_SECONDS = 100 * 365 * 24 * 3600

const CHECK_ADDRESS = 'Check that ASTRO_DOMAIN and any proxy lead to the Astro API'

/**
 * Asks the domain's API for the identity provider. Neither of them gets an Authorization header.
 *
 * Throws `network` when the API does not answer for now, and `api` for an answer that is not as documented, such as a
 * provider that a refresh token must not be sent to.
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
  const {clientId, domainUrl} = objectOf(answer)
  if (typeof clientId !== 'string' || !clientId) throw unexpected(domain, 'clientId is not a text')
  const provider = typeof domainUrl === 'string' && URL.canParse(domainUrl) ? new URL(domainUrl) : undefined
  if (!provider || provider.username || provider.password || provider.search || provider.hash) {
    throw unexpected(domain, 'domainUrl is not an address')
  }

  if (!isSafe(provider)) throw unexpected(domain, 'domainUrl is not https')
  return {clientId, tokenUrl: new URL(`${provider.origin}${provider.pathname.replace(/\/*$/, '/')}oauth/token`)}
}

/**
 * Gets a new access token for a refresh token, which may be used up by that even if this fails.
 *
 * Throws `unauthenticated` when the provider refuses the refresh token, `network` when it does not answer for now or its
 * answer is lost, and `api` for an answer that is not as documented.
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

/** The error for a login that has expired and has nothing to refresh it with. */
export function loginExpired(domain: AstroDomain): AstroError {
  return new AstroError('unauthenticated', `The login to ${domain.name} has expired.`, {
    hint: logInHint(domain, 'Log in again'),
  })
}

function readGrant(answer: unknown, domain: AstroDomain, refreshToken: string): Grant {
  const mayBeUsedUp = `${CHECK_ADDRESS}; if the login is refused then, ${logInHint(domain)}`
  const {access_token: token, expires_in: seconds, refresh_token: rotated} = objectOf(answer)
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

/** Whether nobody on the way can read what is sent there. */
function isSafe({hostname, protocol}: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}

/** The errors for a request that was refused, and for one that failed in another way. */
interface Failures {
  readonly refused: (status: number) => AstroError
  readonly failed: (why: string, details: Pick<ErrorDetails, 'hint' | 'status'>) => AstroError
}

/** The answer's JSON. Errors are worded anew: what a provider says may repeat what it was sent. */
async function ask(http: Http, request: HttpRequest, {failed, refused}: Failures): Promise<unknown> {
  try {
    return await http(request)
  } catch (error) {
    if (!(error instanceof AstroError) || error.kind === 'internal') throw error
    const {hint, status} = error.details
    if (status !== undefined && isRefusal(status)) throw refused(status)
    throw failed(status === undefined ? error.message : answered(request.url.host, status), {hint, status})
  }
}

function answered(host: string, status: number): string {
  return `${host} ${status < 400 ? 'did not answer with JSON:' : 'answered with'} status ${status}.`
}

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? {...value} : {}
}

function unexpected(domain: AstroDomain, what: string, hint = CHECK_ADDRESS): AstroError {
  return new AstroError('api', `Could not refresh the login to ${domain.name}: unexpected response: ${what}.`, {hint})
}
