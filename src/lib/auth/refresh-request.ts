import {type Http, type HttpRequest} from '../astro-api/http.js'
import {AstroError} from '../errors.js'
import {type AstroDomain, isLoopback} from './domain.js'

/** What the identity provider gives for a refresh token. */
export interface Grant {
  /** The access token alone. */
  readonly token: string
  /** How long it is good for, in seconds. */
  readonly expiresInSeconds: number
  /** Where the old one is used up: the one for the next time. */
  readonly refreshToken: string | undefined
}

/** Where logins are refreshed, and as whom. */
interface AuthConfig {
  readonly clientId: string
  readonly tokenUrl: URL
}

/** A hundred years: what is longer is no number of seconds that anybody meant. */
const LONGEST_SECONDS = 100 * 365 * 24 * 3600

/**
 * Gets a new access token for a refresh token: asks the domain's API for the identity provider, and this for the
 * token. Neither gets an Authorization header.
 *
 * Throws `unauthenticated` when the provider refuses the refresh token, `network` when the API or the provider does not
 * answer for now, and `api` for answers that are not as documented, among them a provider that a refresh token must not
 * be sent to.
 */
export async function requestRefresh(http: Http, domain: AstroDomain, refreshToken: string): Promise<Grant> {
  const {clientId, tokenUrl} = await readAuthConfig(http, domain)
  const form = {client_id: clientId, grant_type: 'refresh_token', refresh_token: refreshToken}
  const answer = await ask(http, {method: 'POST', url: tokenUrl, form}, domain, (status) => ({
    kind: 'unauthenticated',
    says: `the identity provider refused it (status ${status})`,
    hint: logIn(domain),
  }))
  const {access_token: token, expires_in: seconds, refresh_token: rotated} = objectOf(answer)
  if (!isToken(token)) throw notAsDocumented(domain, 'access_token is not a token')
  if (typeof seconds !== 'number' || !(seconds > 0 && seconds <= LONGEST_SECONDS)) {
    throw notAsDocumented(domain, 'expires_in is not a number of seconds')
  }

  if (rotated === undefined || rotated === null || rotated === refreshToken) {
    return {token, expiresInSeconds: seconds, refreshToken: undefined}
  }

  if (!isToken(rotated)) throw notAsDocumented(domain, 'refresh_token is not a token')
  return {token, expiresInSeconds: seconds, refreshToken: rotated}
}

/** The error for a login that has expired and has nothing to refresh it with. */
export function loginExpired(domain: AstroDomain): AstroError {
  return new AstroError('unauthenticated', `The login to ${domain.name} has expired.`, {hint: logIn(domain)})
}

function logIn({name}: AstroDomain): string {
  return `Log in again: astro login ${name}`
}

async function readAuthConfig(http: Http, domain: AstroDomain): Promise<AuthConfig> {
  const url = new URL(`${domain.apiHost}/private/v1alpha1/cli/auth-config`)
  const answer = await ask(http, {method: 'GET', url}, domain, (status) => ({
    kind: 'api',
    says: `${url.host} does not name the identity provider (status ${status})`,
    hint: 'Check that ASTRO_DOMAIN and any proxy lead to the Astro API',
  }))
  const {clientId, domainUrl} = objectOf(answer)
  if (typeof clientId !== 'string' || !clientId) throw notAsDocumented(domain, 'clientId is not a text')
  const provider = typeof domainUrl === 'string' && URL.canParse(domainUrl) ? new URL(domainUrl) : undefined
  if (!provider || provider.username || provider.password || provider.search || provider.hash) {
    throw notAsDocumented(domain, 'domainUrl is not an address')
  }

  if (!isSafe(provider)) throw notAsDocumented(domain, 'domainUrl is not https')
  return {clientId, tokenUrl: new URL(`${provider.origin}${provider.pathname.replace(/\/*$/, '/')}oauth/token`)}
}

/** Whether nobody on the way can read what is sent there. */
function isSafe({hostname, protocol}: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}

interface Refusal {
  readonly kind: 'api' | 'unauthenticated'
  readonly says: string
  readonly hint: string
}

/** The answer's JSON. Errors are worded anew: what a provider says may repeat what it was sent. */
async function ask(
  http: Http,
  request: HttpRequest,
  domain: AstroDomain,
  refusalOf: (status: number) => Refusal,
): Promise<unknown> {
  try {
    return await http(request)
  } catch (error) {
    if (!(error instanceof AstroError) || error.kind === 'internal') throw error
    const {hint, status} = error.details
    if (status !== undefined && isRefusal(status)) {
      const {kind, says, hint: next} = refusalOf(status)
      throw new AstroError(kind, `The login to ${domain.name} cannot be refreshed: ${says}.`, {hint: next, status})
    }

    const why = status === undefined ? error.message : answered(request.url.host, status)
    throw new AstroError(
      'network',
      `The login to ${domain.name} cannot be refreshed for now, and stays saved: ${why}`,
      {
        hint,
        status,
      },
    )
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

/** What can stand in a header and in a line of a file. */
function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[!-~]+$/.test(value)
}

function notAsDocumented({name}: AstroDomain, what: string): AstroError {
  return new AstroError('api', `The login to ${name} cannot be refreshed: the answer is not as documented: ${what}.`, {
    hint: 'Try again; if it stays, check that ASTRO_DOMAIN and any proxy lead to the Astro API',
  })
}
