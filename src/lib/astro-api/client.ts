import {got, type Method, RequestError, type RetryObject, TimeoutError} from 'got'

import {AstroError} from '../errors.js'
import {networkError, refusal, unreadable} from './failures.js'

/** Query parameters; a list repeats its key, and what is undefined is left out. */
export type Query = Readonly<Record<string, boolean | number | readonly string[] | string | undefined>>

/** The Astro API over HTTP: paths relative to its root, JSON in and out. Every failure is an AstroError. */
export interface Client {
  /** Tried up to four times while the failure may pass. */
  get(path: string, query?: Query): Promise<unknown>
  /** Tried once, for what it did is not known when it fails. An answer without a body is undefined. */
  post(path: string, body: unknown): Promise<unknown>
}

export interface ClientOptions {
  /** Root of the API's host, without a slash at its end: `https://api.astronomer.io`. */
  readonly apiHost: string
  /** The secret for the Authorization header, asked for at each request. */
  readonly bearer: () => string
  /** Our name and version, for the User-Agent header. */
  readonly userAgent: string
  /** Milliseconds before a try, by how many were made; full jitter over a growing range unless given. */
  readonly backoff?: (tries: number) => number
  readonly timeouts?: Timeouts
}

/** Milliseconds. */
export interface Timeouts {
  readonly connect: number
  readonly answer: number
}

const TRIES = 4
const LONGEST_RETRY_AFTER = 60_000
const TIMEOUTS: Timeouts = {connect: 10_000, answer: 30_000}

/** A client for one API host and one credential. It follows no redirect, so the credential goes to that host alone. */
export function createClient(options: ClientOptions): Client {
  const {apiHost, backoff = fullJitter, bearer, timeouts: {answer, connect} = TIMEOUTS, userAgent} = options
  const http = got.extend({
    followRedirect: false,
    headers: {accept: 'application/json', 'user-agent': userAgent},
    prefixUrl: `${apiHost}/v1`,
    retry: {calculateDelay: (failure) => delayBeforeRetry(failure, backoff), limit: TRIES - 1},
    timeout: {lookup: connect, connect, secureConnect: connect, send: answer, response: answer, read: answer},
  })

  async function send(method: Method, path: string, request: {json?: unknown; searchParams?: URLSearchParams}) {
    try {
      const response = await http(path, {...request, headers: {authorization: `Bearer ${bearer()}`}, method})
      if (response.statusCode >= 300) throw unreadable(response.statusCode, 'it redirects elsewhere')
      return parseJson(response.body, response.statusCode)
    } catch (error) {
      throw asAstroError(error, new URL(apiHost).host)
    }
  }

  return {
    async get(path, query = {}) {
      const answer = await send('GET', path, {searchParams: searchParams(query)})
      if (answer === undefined) throw unreadable(200, 'it is empty')
      return answer
    },
    async post(path, body) {
      return send('POST', path, {json: body})
    },
  }
}

function parseJson(body: string, status: number): unknown {
  if (!body.trim()) return undefined
  try {
    return JSON.parse(body) as unknown
  } catch {
    throw unreadable(status, 'it is not JSON')
  }
}

/** The only way out for an error of got: none of it is kept, since it holds the request with its credential. */
function asAstroError(error: unknown, host: string): AstroError {
  if (error instanceof AstroError) return error
  if (!(error instanceof RequestError)) return new AstroError('internal', 'The request could not be made.')
  const {response} = error
  if (response && error.code === 'ERR_NON_2XX_3XX_RESPONSE') {
    return refusal(response.statusCode, String(response.body), response.headers['retry-after'])
  }

  return networkError(error.code, host, error instanceof TimeoutError)
}

function searchParams(query: Query): URLSearchParams {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    for (const each of typeof value === 'object' ? value : [value]) {
      if (each !== undefined) params.append(key, String(each))
    }
  }

  return params
}

/** Milliseconds to wait before the next try, 0 to give up. */
function delayBeforeRetry({attemptCount, error, retryAfter}: RetryObject, backoff: (tries: number) => number): number {
  const status = error.response?.statusCode
  const mayPass = status === undefined || status === 408 || status === 429 || status >= 500
  const tries = error instanceof TimeoutError ? 2 : TRIES
  if (error.options.method !== 'GET' || !mayPass || attemptCount >= tries) return 0
  if (retryAfter === undefined) return Math.max(1, backoff(attemptCount))
  return retryAfter > LONGEST_RETRY_AFTER ? 0 : Math.max(1, retryAfter)
}

function fullJitter(tries: number): number {
  return Math.random() * Math.min(500 * 2 ** tries, 10_000)
}
