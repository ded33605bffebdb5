import {type Agents, got, type Method, type PlainResponse, type Request, RequestError, TimeoutError} from 'got'
import {type Duplex} from 'node:stream'

import {type Context} from '../context.js'
import {AstroError} from '../errors.js'
import {errorCode} from '../helpers.js'
import {connectionError, damagedError, statusError, timeoutError, tooLarge, unreadable} from './failures.js'
import {createProxyAgents} from './proxy.js'
import {retry} from './retry.js'

export interface HttpRequest {
  readonly method: Extract<Method, 'GET' | 'POST'>
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  /** The body, as JSON or as a form; at most one of them. */
  readonly json?: unknown
  readonly form?: Readonly<Record<string, string>>
}

/** Sends a request and reads the JSON of its response; undefined for a response without a body. */
export type Http = (request: HttpRequest) => Promise<unknown>

export interface HttpOptions extends Pick<Context, 'clock' | 'env' | 'report'> {
  readonly userAgent: string
  /** Milliseconds. */
  readonly timeouts?: {readonly connect: number; readonly response: number}
}

interface Response {
  readonly status: number
  readonly body: string
  readonly retryAfter: string | undefined
}

interface Trace {
  status?: number | undefined
  requestId?: string | undefined
  error?: string | undefined
}

/** Astro allows 25 GETs a second for a token. */
const MOST_AT_ONCE = 8
const KIB = 1024

/**
 * Creates the HTTP client. It retries a GET, sends a POST once, and follows no redirect, so that a credential reaches
 * no other host. Every error is an AstroError.
 */
export function createHttp(options: HttpOptions): Http {
  const {clock, report} = options
  const exchange = createExchange(options)
  const enqueue = createQueue(MOST_AT_ONCE)
  // After a lost connection, no connection is used twice: a gateway that resets reused ones would reset each retry.
  let isReuseSafe = true

  async function send(request: HttpRequest, attempt: number): Promise<unknown> {
    const {method, url} = request
    const startedAt = clock.now()
    const trace: Trace = {}
    try {
      const response = await exchange(request, !isReuseSafe, trace)
      return parseResponse(response, url.host, clock.now())
    } catch (error) {
      // The cause comes from a failed proxy tunnel or an upgrade.
      const reason = error instanceof RequestError && error.cause instanceof AstroError ? error.cause : error
      const failure = asAstroError(reason, url.host)
      const {requestId, status} = failure instanceof AstroError ? failure.details : {}
      trace.requestId ??= requestId
      trace.status ??= status
      if (status === undefined) {
        isReuseSafe = false
        trace.error = reason instanceof AstroError ? reason.kind : errorCode(reason)
      }

      throw failure
    } finally {
      const id = trace.requestId && `request ID ${trace.requestId}`
      const address = `${url.origin}${url.pathname}${url.search}`
      const duration = `${Math.round(clock.now() - startedAt)} ms`
      report.debug(method, address, trace.status, trace.error, duration, id, `attempt ${attempt}`)
    }
  }

  return async (request) => {
    const attemptOnce = async (attempt: number) => enqueue(async () => send(request, attempt))
    return request.method === 'GET' ? retry(attemptOnce, options) : attemptOnce(1)
  }
}

/** Returns a function that runs at most so many pieces of work at once, and queues the others. */
function createQueue(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (running < most) running += 1
    else {
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
      })
    }

    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}

type Exchange = (request: HttpRequest, isNewConnection: boolean, trace: Trace) => Promise<Response>

/** Returns a function that sends a request once and reads its response, regardless of the status. */
function createExchange({env, timeouts = {connect: 10_000, response: 30_000}, userAgent}: HttpOptions): Exchange {
  const {connect, response} = timeouts
  const proxyAgents = createProxyAgents(env, connect)
  const client = got.extend({
    followRedirect: false,
    headers: {accept: 'application/json', 'user-agent': userAgent},
    retry: {limit: 0},
    throwHttpErrors: false,
    timeout: {lookup: connect, connect, secureConnect: connect, send: response, response, read: response},
  })
  return async ({url, ...request}, isNewConnection, trace) => {
    const direct: Agents = isNewConnection ? {http: false, https: false} : {}
    const agent = (await proxyAgents(url, isNewConnection)) ?? direct
    const stream = client.stream(url, {...request, agent})
    stream.once('response', ({headers, statusCode}: PlainResponse) => {
      trace.status = statusCode
      trace.requestId = [headers['x-request-id']].flat()[0]
    })
    // got would never settle.
    stream.once('upgrade', (_, socket: Duplex) => {
      socket.destroy()
      stream.destroy(unreadable(101, 'it switches protocols'))
    })
    return readResponse(stream, url.host)
  }
}

async function readResponse(stream: Request, host: string): Promise<Response> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const status = stream.response?.statusCode ?? 0
    const limit = status < 300 ? 64 * KIB * KIB : 64 * KIB
    size += chunk.byteLength
    // Throwing here leaves the loop, which closes the connection.
    if (size > limit) throw tooLarge(status, host, status < 300 ? '64 MiB' : '64 KiB')
    chunks.push(chunk)
  }

  // Otherwise a late error of the connection would end the process.
  stream.destroy()
  const {headers = {}, statusCode = 0} = stream.response ?? {}
  return {status: statusCode, body: Buffer.concat(chunks).toString(), retryAfter: headers['retry-after']}
}

/** The JSON of the response; undefined without a body. Throws for a status of 300 or more. */
function parseResponse(response: Response, host: string, now: number): unknown {
  const {body, status} = response
  if (status >= 400) throw statusError({...response, now})
  if (status >= 300) throw unreadable(status, 'it redirects elsewhere')
  const text = body.trim()
  if (!text) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw /^[[{]/.test(text) ? damagedError('invalid JSON', host) : unreadable(status, 'it is not JSON')
  }
}

/** Keeps nothing of got's error, because that contains the request with its credential. */
function asAstroError(error: unknown, host: string): unknown {
  if (error instanceof TimeoutError) return timeoutError(host)
  // On Node.js 24, got does not wrap some connection errors.
  const code = errorCode(error)
  return code === undefined ? error : connectionError(code, host)
}
