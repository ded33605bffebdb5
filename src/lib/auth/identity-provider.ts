import {type Http, type HttpRequest} from '../astro-api/http.js'
import {AstroError} from '../errors.js'
import {fieldsOf} from '../helpers.js'
import {type AstroDomain, logInHint, mayReceiveSecrets} from './domain.js'

export interface Grant {
  readonly token: string
  readonly expiresInSeconds: number
  /** The next refresh token; undefined if the old one stays valid. */
  readonly refreshToken: string | undefined
}

export interface Provider {
  readonly clientId: string
  readonly tokenUrl: URL
}

const CHECK_ADDRESS = 'Check that ASTRO_DOMAIN and any proxy lead to the Astro API'

/** Sends no credential. Throws `network` if there is no response, and `api` for an unexpected one. */
export async function readProvider(http: Http, domain: AstroDomain): Promise<Provider> {
  const url = new URL(`${domain.apiHost}/private/v1alpha1/cli/auth-config`)
  const {clientId, domainUrl} = await request(http, domain, {method: 'GET', url}, (status) =>
    refreshError('api', domain, `${url.host} does not name the identity provider (status ${status}).`, {
      hint: CHECK_ADDRESS,
      status,
    }),
  )
  if (typeof clientId !== 'string') throw unexpected(domain, 'clientId is not text')
  if (typeof domainUrl !== 'string' || !URL.canParse(domainUrl)) throw unexpected(domain, 'domainUrl is not a URL')
  if (!mayReceiveSecrets(new URL(domainUrl))) throw unexpected(domain, 'domainUrl is not https')
  return {clientId, tokenUrl: new URL(`${domainUrl.replace(/\/*$/, '/')}oauth/token`)}
}

/** May consume the refresh token even if this fails. Throws `unauthenticated`, `network` or `api`. */
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
  const {access_token: token, expires_in: seconds, refresh_token: next} = response
  const hint = `${CHECK_ADDRESS}; ${ifRejected(domain)}`
  if (typeof token !== 'string' || !token) throw unexpected(domain, 'access_token is not a token', hint)
  if (typeof seconds !== 'number') throw unexpected(domain, 'expires_in is not a number of seconds', hint)
  return {token, expiresInSeconds: seconds, refreshToken: typeof next === 'string' ? next : undefined}
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
    if (!(error instanceof AstroError)) throw error
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
  {name}: AstroDomain,
  why: string,
  details: AstroError['details'],
): AstroError {
  return new AstroError(kind, `Could not refresh the login to ${name}: ${why}`, details)
}
