import {type Grant} from '../../../src/lib/auth/refresh-request.js'
import {AstroError} from '../../../src/lib/errors.js'
import {AUTH_CONFIG, GRANTED, type Responses} from './fixture.js'

/** Values of `domainUrl`, and the address that the token is requested from. */
export const PROVIDERS: readonly (readonly [domainUrl: string, tokenUrl: string])[] = [
  ['https://auth.astronomer.io', 'https://auth.astronomer.io/oauth/token'],
  ['https://auth.astronomer.io/tenant//', 'https://auth.astronomer.io/tenant/oauth/token'],
  ['https://auth.astronomer.io:8443//tenant', 'https://auth.astronomer.io:8443//tenant/oauth/token'],
  ['http://localhost:5000/', 'http://localhost:5000/oauth/token'],
  ['http://127.0.0.1:5000/', 'http://127.0.0.1:5000/oauth/token'],
  ['http://[::1]:5000/', 'http://[::1]:5000/oauth/token'],
]

export const SECRET = 'old-refresh+b&c=d%'

const CHECK_ADDRESS = 'Check that ASTRO_DOMAIN and any proxy lead to the Astro API'
const LOG_IN = 'log in again with the Astro CLI: astro login astronomer.io'
const NO_CLIENT = {
  kind: 'api',
  message: 'Could not refresh the login to astronomer.io: unexpected response: clientId is not text.',
  hint: CHECK_ADDRESS,
}
const NO_URL = {...NO_CLIENT, message: NO_CLIENT.message.replace('clientId is not text', 'domainUrl is not a URL')}
const NO_HTTPS = {...NO_CLIENT, message: NO_CLIENT.message.replace('clientId is not text', 'domainUrl is not https')}
const NO_TOKEN = {
  kind: 'api',
  message: 'Could not refresh the login to astronomer.io: unexpected response: access_token is not a token.',
  hint: `${CHECK_ADDRESS}; if the login is then rejected, ${LOG_IN}`,
}
const NO_EXPIRY = {
  ...NO_TOKEN,
  message: NO_TOKEN.message.replace('access_token is not a token', 'expires_in is not a number of seconds'),
}
const NO_REFRESH_TOKEN = {...NO_TOKEN, message: NO_TOKEN.message.replace('access_token', 'refresh_token')}

/** An error of the HTTP client, which may quote the refresh token. */
const failure = (status?: number, hint?: string) =>
  new AstroError('network', status ? SECRET : 'The connection broke.', {status, hint, requestId: SECRET})

const staysSaved = (why: string, status?: number, hint?: string) => ({
  kind: 'network',
  message: `Could not refresh the login to astronomer.io, which stays saved: ${why}`,
  hint,
  status,
})

const mayBeUsedUp = (why: string, status?: number, hint = 'Try again') => ({
  kind: 'network',
  message: `Could not refresh the login to astronomer.io: ${why}`,
  hint: `${hint}; if the login is then rejected, ${LOG_IN}`,
  status,
})

const noProvider = (status: number) => ({
  kind: 'api',
  message: `Could not refresh the login to astronomer.io: api.astronomer.io does not name the identity provider (status ${status}).`,
  hint: CHECK_ADDRESS,
  status,
})

const refused = (status: number) => ({
  kind: 'unauthenticated',
  message: `Could not refresh the login to astronomer.io: the identity provider rejected it (status ${status}).`,
  hint: 'Log in again with the Astro CLI: astro login astronomer.io',
  status,
})

/** Fields of a grant, and what they change in the result. */
export const ACCEPTED: readonly (readonly [field: string, value: unknown, expected: Partial<Grant>])[] = [
  ['refresh_token', 'new-refresh', {refreshToken: 'new-refresh'}],
  ['refresh_token', SECRET, {refreshToken: undefined}],
  ['refresh_token', null, {refreshToken: undefined}],
  ['expires_in', 3_153_600_000, {expiresInSeconds: 3_153_600_000}],
  ['expires_in', 0.5, {expiresInSeconds: 0.5}],
]

export const FAILURES: readonly (readonly [responses: Responses, error: object])[] = [
  [{authConfig: []}, NO_CLIENT],
  [{authConfig: 'text'}, NO_CLIENT],
  [{authConfig: null}, NO_CLIENT],
  [{authConfig: undefined}, NO_CLIENT],
  [{authConfig: {...AUTH_CONFIG, clientId: ''}}, NO_CLIENT],
  [{authConfig: {...AUTH_CONFIG, clientId: 7}}, NO_CLIENT],
  [{authConfig: {...AUTH_CONFIG, clientId: undefined}}, NO_CLIENT],
  [{authConfig: {...AUTH_CONFIG, domainUrl: ''}}, NO_URL],
  [{authConfig: {...AUTH_CONFIG, domainUrl: null}}, NO_URL],
  [{authConfig: {...AUTH_CONFIG, domainUrl: 'auth.astronomer.io/'}}, NO_URL],
  [{authConfig: {...AUTH_CONFIG, domainUrl: [AUTH_CONFIG.domainUrl]}}, NO_URL],
  [{authConfig: {...AUTH_CONFIG, domainUrl: 'https://user@auth.io/'}}, NO_URL],
  [{authConfig: {...AUTH_CONFIG, domainUrl: 'https://:password@auth.io/'}}, NO_URL],
  [{authConfig: {...AUTH_CONFIG, domainUrl: 'https://auth.io/?to='}}, NO_URL],
  [{authConfig: {...AUTH_CONFIG, domainUrl: 'https://auth.io/#to'}}, NO_URL],
  [{authConfig: {...AUTH_CONFIG, domainUrl: 'http://auth.io/'}}, NO_HTTPS],
  [{authConfig: {...AUTH_CONFIG, domainUrl: 'http://127.0.0.1.evil.example/'}}, NO_HTTPS],
  [{authConfig: {...AUTH_CONFIG, domainUrl: 'http://localhost.evil.example/'}}, NO_HTTPS],
  [{authConfig: {...AUTH_CONFIG, domainUrl: 'ftp://localhost/'}}, NO_HTTPS],
  [{authConfig: {...AUTH_CONFIG, domainUrl: 'file:///etc/passwd'}}, NO_HTTPS],
  [{grant: []}, NO_TOKEN],
  [{grant: 'text'}, NO_TOKEN],
  [{grant: null}, NO_TOKEN],
  [{grant: undefined}, NO_TOKEN],
  [{grant: {...GRANTED, access_token: ''}}, NO_TOKEN],
  [{grant: {...GRANTED, access_token: 7}}, NO_TOKEN],
  [{grant: {...GRANTED, access_token: undefined}}, NO_TOKEN],
  [{grant: {...GRANTED, access_token: 'new token'}}, NO_TOKEN],
  [{grant: {...GRANTED, access_token: 'new\r\ntoken'}}, NO_TOKEN],
  [{grant: {...GRANTED, expires_in: undefined}}, NO_EXPIRY],
  [{grant: {...GRANTED, expires_in: '3600'}}, NO_EXPIRY],
  [{grant: {...GRANTED, expires_in: 0}}, NO_EXPIRY],
  [{grant: {...GRANTED, expires_in: -1}}, NO_EXPIRY],
  [{grant: {...GRANTED, expires_in: 3_153_600_001}}, NO_EXPIRY],
  [{grant: {...GRANTED, expires_in: Number.NaN}}, NO_EXPIRY],
  [{grant: {...GRANTED, refresh_token: ''}}, NO_REFRESH_TOKEN],
  [{grant: {...GRANTED, refresh_token: 7}}, NO_REFRESH_TOKEN],
  [{grant: {...GRANTED, refresh_token: 'new\nrefresh'}}, NO_REFRESH_TOKEN],
  [{authConfig: failure(400)}, noProvider(400)],
  [{grant: failure(400, SECRET)}, refused(400)],
  [{authConfig: failure(404)}, noProvider(404)],
  [{grant: failure(404, SECRET)}, refused(404)],
  [{authConfig: failure(499)}, noProvider(499)],
  [{grant: failure(499, SECRET)}, refused(499)],
  [{authConfig: failure(408)}, staysSaved('api.astronomer.io returned status 408.', 408)],
  [{authConfig: failure(429)}, staysSaved('api.astronomer.io returned status 429.', 429)],
  [{authConfig: failure(500)}, staysSaved('api.astronomer.io returned status 500.', 500)],
  [{authConfig: failure(503, 'Wait')}, staysSaved('api.astronomer.io returned status 503.', 503, 'Wait')],
  [
    {authConfig: failure(399)},
    staysSaved('api.astronomer.io returned a response that is not JSON, with status 399.', 399),
  ],
  [
    {authConfig: failure(undefined, 'Check your network')},
    staysSaved('The connection broke.', undefined, 'Check your network'),
  ],
  [{grant: failure(408)}, mayBeUsedUp('auth.astronomer.io returned status 408.', 408)],
  [{grant: failure(429)}, mayBeUsedUp('auth.astronomer.io returned status 429.', 429)],
  [{grant: failure(500)}, mayBeUsedUp('auth.astronomer.io returned status 500.', 500)],
  [{grant: failure(503, 'Wait')}, mayBeUsedUp('auth.astronomer.io returned status 503.', 503, 'Wait')],
  [
    {grant: failure(399)},
    mayBeUsedUp('auth.astronomer.io returned a response that is not JSON, with status 399.', 399),
  ],
  [
    {grant: failure(undefined, 'Check your network')},
    mayBeUsedUp('The connection broke.', undefined, 'Check your network'),
  ],
]
