import {got, type Method, RequestError, type RetryObject, TimeoutError} from 'got'
import {setTimeout as sleep} from 'node:timers/promises'

import {AstroError} from '../errors.js'
import {fullJitter, LONGEST_RETRY_AFTER_MS, TRIES} from './backoff.js'
import {networkError, refusal, unreadable} from './failures.js'
import {createProxyAgents} from './proxy.js'

export interface HttpRequest {
  readonly method: Extract<Method, 'GET' | 'POST'>
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  /** A body, as JSON or as a form; at most one of them. */
  readonly json?: unknown
  readonly form?: Readonly<Record<string, string>>
}

/** Sends a request and reads the JSON of its answer; undefined for an answer without a body. */
export type Http = (request: HttpRequest) => Promise<unknown>

export interface HttpOptions {
  /** Our name and version, for the User-Agent header. */
  readonly userAgent: string
  /** Milliseconds before a try, by how many were made; full jitter over a growing range unless given. */
  readonly backoff?: (tries: number) => number
  readonly timeouts?: Timeouts
  /** Where the proxy variables are; the process's own unless given. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** Milliseconds. */
export interface Timeouts {
  readonly connect: number
  readonly answer: number
}

const TIMEOUTS: Timeouts = {connect: 10_000, answer: 30_000}

/**
 * The one way to the network, and the only file that imports got. A GET is tried up to four times while its failure may
 * pass (no connection, 408, 429, 5xx; after a time-out once more), anything else once. No redirect is followed, so
 * that what a request carries reaches the host of its URL alone. Every failure is an AstroError.
 */
export function createHttp(options: HttpOptions): Http {
  const {backoff = fullJitter, env = process.env, timeouts = TIMEOUTS, userAgent} = options
  const {answer, connect} = timeouts
  const agentsFor = createProxyAgents(env, connect)
  const http = got.extend({
    followRedirect: false,
    headers: {accept: 'application/json', 'user-agent': userAgent},
    retry: {calculateDelay: (failure) => delayBeforeRetry(failure, backoff), limit: TRIES - 1},
    timeout: {lookup: connect, connect, secureConnect: connect, send: answer, response: answer, read: answer},
  })

  return async ({url, ...request}) => {
    for (let tries = 1; ; tries++) {
      try {
        const response = await http(url, {...request, agent: (await agentsFor(url)) ?? {}})
        if (response.statusCode >= 300) throw unreadable(response.statusCode, 'it redirects elsewhere')
        return parseJson(response.body, response.statusCode)
      } catch (error) {
        if (request.method !== 'GET' || tries === TRIES || !isConnectionError(error))
          throw asAstroError(error, url.host)
        await sleep(backoff(tries))
      }
    }
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
function asAstroError(error: unknown, host: string): unknown {
  if (isConnectionError(error)) return networkError(error.code, host, false)
  if (!(error instanceof RequestError)) return error
  // A proxy that opens no tunnel: the error says which, and was ours before got wrapped it.
  if (error.cause instanceof AstroError) return error.cause
  const {response} = error
  if (response && error.code === 'ERR_NON_2XX_3XX_RESPONSE') {
    return refusal(response.statusCode, String(response.body), response.headers['retry-after'])
  }

  return networkError(error.code, host, error instanceof TimeoutError)
}

/** Whether a connection failed in a way that got does not see: from Node.js 24 on, most that fail before TLS is set up. */
function isConnectionError(error: unknown): error is Error & {readonly code: string} {
  if (!(error instanceof Error) || error instanceof RequestError || !('code' in error)) return false
  return /^(?:E[A-Z]+|ERR_(?:SOCKET|SSL|STREAM|TLS)_\w+)$/.test(String(error.code))
}

/** Milliseconds to wait before the next try, 0 to give up. */
function delayBeforeRetry({attemptCount, error, retryAfter}: RetryObject, backoff: (tries: number) => number): number {
  const atProxy = error.cause instanceof AstroError ? error.cause : undefined
  const status = error.response?.statusCode ?? atProxy?.details.status
  const mayPass = status === undefined || status === 408 || status === 429 || status >= 500
  const tries = error instanceof TimeoutError || atProxy?.kind === 'timeout' ? 2 : TRIES
  if (error.options.method !== 'GET' || !mayPass || attemptCount >= tries) return 0
  // NaN where the header is neither seconds nor a date.
  if (retryAfter === undefined || Number.isNaN(retryAfter)) return Math.max(1, backoff(attemptCount))
  return retryAfter > LONGEST_RETRY_AFTER_MS ? 0 : Math.max(1, retryAfter)
}
