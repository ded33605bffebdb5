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

/** `env` contains the proxy variables. */
export interface HttpOptions extends Pick<Context, 'clock' | 'env' | 'report'> {
  /** Our name and version, for the User-Agent header. */
  readonly userAgent: string
  readonly timeouts?: Timeouts
}

/** Milliseconds. */
export interface Timeouts {
  readonly connect: number
  readonly response: number
}

const TIMEOUTS: Timeouts = {connect: 10_000, response: 30_000}

const KIB = 1024
/** The largest accepted body in bytes, after decompression. */
const LARGEST = 64 * KIB * KIB
const LARGEST_ERROR = 64 * KIB

interface Response {
  readonly status: number
  readonly body: string
  readonly retryAfter: string | undefined
}

/** What is known of an attempt, for diagnostics. */
interface Trace {
  status?: number | undefined
  /** From the response's header, else from the error in its body. */
  requestId?: string | undefined
  /** Node's code, such as ECONNRESET, or the kind of the error, if there was no readable response. */
  error?: string | undefined
}

/** Astro allows 25 GETs a second for a token. */
const MOST_AT_ONCE = 8

/**
 * Creates the HTTP client, which is the only access to the network. It sends at most eight requests at once, retries a
 * GET as `retry` does, and sends a POST once. It does not follow redirects, so that a credential reaches no other host.
 * After a lost connection or a damaged response, it opens a new connection for each request: a gateway that resets
 * reused connections would also reset each retry. Every error is an AstroError.
 */
export function createHttp(options: HttpOptions): Http {
  const {clock, report} = options
  const exchange = createExchange(options)
  const enqueue = createQueue(MOST_AT_ONCE)
  let isReuseSafe = true

  async function send(request: HttpRequest, attempt: number): Promise<unknown> {
    const startedAt = clock.now()
    const trace: Trace = {}
    try {
      const response = await exchange(request, !isReuseSafe, trace)
      return parseResponse(response, request, clock.now())
    } catch (error) {
      const failure = asAstroError(error, request.url.host)
      const {requestId, status} = failure instanceof AstroError ? failure.details : {}
      trace.requestId ??= requestId
      trace.status ??= status
      if (status === undefined) {
        isReuseSafe = false
        trace.error = codeOf(error)
      }

      throw failure
    } finally {
      const {origin, pathname, search} = request.url
      const duration = `${Math.round(clock.now() - startedAt)} ms`
      const id = trace.requestId && `request ID ${trace.requestId}`
      const address = `${origin}${pathname}${search}`
      report.debug(request.method, address, trace.status, trace.error, duration, id, `attempt ${attempt}`)
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
function createExchange({env, timeouts = TIMEOUTS, userAgent}: HttpOptions): Exchange {
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
      if (statusCode < 200) stream.destroy(switchesProtocols())
    })
    // got would never settle.
    stream.once('upgrade', (_, socket: Duplex) => {
      socket.destroy()
      stream.destroy(switchesProtocols())
    })
    return readResponse(stream, url.host)
  }
}

async function readResponse(stream: Request, host: string): Promise<Response> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const status = stream.response?.statusCode ?? 0
    const limit = status < 300 ? LARGEST : LARGEST_ERROR
    size += chunk.byteLength
    // Throwing here leaves the loop, which closes the connection.
    if (size > limit) throw tooLarge(status, host, limit)
    chunks.push(chunk)
  }

  // Otherwise a late error of the connection would end the process.
  stream.destroy()
  const {headers = {}, statusCode = 0} = stream.response ?? {}
  return {status: statusCode, body: Buffer.concat(chunks).toString(), retryAfter: headers['retry-after']}
}

/** The JSON of the response; undefined without a body. Throws for a status of 300 or more. */
function parseResponse(response: Response, {url}: HttpRequest, now: number): unknown {
  const {body, status} = response
  if (status >= 400) throw statusError({...response, now})
  if (status >= 300) throw unreadable(status, 'it redirects elsewhere')
  const text = body.trim()
  if (!text) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw /^[[{]/.test(text) ? damagedError('invalid JSON', url.host) : unreadable(status, 'it is not JSON')
  }
}

function switchesProtocols(): AstroError {
  return unreadable(101, 'it switches protocols')
}

/** Keeps nothing of got's error, because that contains the request with its credential. */
function asAstroError(error: unknown, host: string): unknown {
  // The cause comes from a failed proxy tunnel.
  if (error instanceof RequestError && error.cause instanceof AstroError) return error.cause
  if (error instanceof TimeoutError) return timeoutError(host)
  // On Node.js 24, got does not wrap some connection errors.
  const code = errorCode(error)
  return code === undefined ? error : connectionError(code, host)
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof AstroError) return error.kind
  // got's error around an AstroError has no useful code.
  if (error instanceof RequestError && error.cause instanceof AstroError) return error.cause.kind
  return errorCode(error)
}
