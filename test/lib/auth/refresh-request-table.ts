import {AUTH_CONFIG, GRANTED} from './fixture.js'

/** Values of `domainUrl`, and the address that the token is requested from. */
export const PROVIDERS: readonly (readonly [domainUrl: string, tokenUrl: string])[] = [
  ['https://auth.astronomer.io', 'https://auth.astronomer.io/oauth/token'],
  ['https://auth.astronomer.io/tenant//', 'https://auth.astronomer.io/tenant/oauth/token'],
  ['https://auth.astronomer.io:8443//tenant', 'https://auth.astronomer.io:8443//tenant/oauth/token'],
  ['http://localhost:5000/', 'http://localhost:5000/oauth/token'],
  ['http://127.0.0.1:5000/', 'http://127.0.0.1:5000/oauth/token'],
  ['http://[::1]:5000/', 'http://[::1]:5000/oauth/token'],
]

/** Responses that are not accepted, and the problem. */
type Unexpected = readonly (readonly [response: unknown, problem: string])[]

export const UNEXPECTED_PROVIDERS: Unexpected = [
  [[], 'clientId is not text'],
  ['text', 'clientId is not text'],
  [null, 'clientId is not text'],
  [undefined, 'clientId is not text'],
  [{...AUTH_CONFIG, clientId: ''}, 'clientId is not text'],
  [{...AUTH_CONFIG, clientId: 7}, 'clientId is not text'],
  [{...AUTH_CONFIG, clientId: undefined}, 'clientId is not text'],
  [{...AUTH_CONFIG, domainUrl: ''}, 'domainUrl is not a URL'],
  [{...AUTH_CONFIG, domainUrl: null}, 'domainUrl is not a URL'],
  [{...AUTH_CONFIG, domainUrl: 'auth.astronomer.io/'}, 'domainUrl is not a URL'],
  [{...AUTH_CONFIG, domainUrl: [AUTH_CONFIG.domainUrl]}, 'domainUrl is not a URL'],
  [{...AUTH_CONFIG, domainUrl: 'https://user@auth.io/'}, 'domainUrl is not a URL'],
  [{...AUTH_CONFIG, domainUrl: 'https://:password@auth.io/'}, 'domainUrl is not a URL'],
  [{...AUTH_CONFIG, domainUrl: 'https://auth.io/?to='}, 'domainUrl is not a URL'],
  [{...AUTH_CONFIG, domainUrl: 'https://auth.io/#to'}, 'domainUrl is not a URL'],
  [{...AUTH_CONFIG, domainUrl: 'http://auth.io/'}, 'domainUrl is not https'],
  [{...AUTH_CONFIG, domainUrl: 'http://127.0.0.1.evil.example/'}, 'domainUrl is not https'],
  [{...AUTH_CONFIG, domainUrl: 'http://localhost.evil.example/'}, 'domainUrl is not https'],
  [{...AUTH_CONFIG, domainUrl: 'ftp://localhost/'}, 'domainUrl is not https'],
  [{...AUTH_CONFIG, domainUrl: 'file:///etc/passwd'}, 'domainUrl is not https'],
]

export const UNEXPECTED_GRANTS: Unexpected = [
  [[], 'access_token is not a token'],
  ['text', 'access_token is not a token'],
  [null, 'access_token is not a token'],
  [undefined, 'access_token is not a token'],
  [{...GRANTED, access_token: ''}, 'access_token is not a token'],
  [{...GRANTED, access_token: 7}, 'access_token is not a token'],
  [{...GRANTED, access_token: undefined}, 'access_token is not a token'],
  [{...GRANTED, access_token: 'new token'}, 'access_token is not a token'],
  [{...GRANTED, access_token: 'new\r\ntoken'}, 'access_token is not a token'],
  [{...GRANTED, expires_in: undefined}, 'expires_in is not a number of seconds'],
  [{...GRANTED, expires_in: '3600'}, 'expires_in is not a number of seconds'],
  [{...GRANTED, expires_in: 0}, 'expires_in is not a number of seconds'],
  [{...GRANTED, expires_in: -1}, 'expires_in is not a number of seconds'],
  [{...GRANTED, expires_in: 3_153_600_001}, 'expires_in is not a number of seconds'],
  [{...GRANTED, expires_in: Number.NaN}, 'expires_in is not a number of seconds'],
  [{...GRANTED, refresh_token: ''}, 'refresh_token is not a token'],
  [{...GRANTED, refresh_token: 7}, 'refresh_token is not a token'],
  [{...GRANTED, refresh_token: 'new\nrefresh'}, 'refresh_token is not a token'],
]

/** Failures for now, with the hint of the error and the reason that is reported. */
export const FAILURES: readonly (readonly [status: number | undefined, hint: string | undefined, why: string])[] = [
  [500, undefined, 'HOST returned status 500.'],
  [503, 'Wait', 'HOST returned status 503.'],
  [429, undefined, 'HOST returned status 429.'],
  [408, undefined, 'HOST returned status 408.'],
  [399, undefined, 'HOST returned a response that is not JSON, with status 399.'],
  [undefined, 'Check your network', 'The connection broke.'],
]
