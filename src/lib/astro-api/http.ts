import {type Agents, got, type Method, type PlainResponse, type Request, RequestError, TimeoutError} from 'got'
import {type Duplex} from 'node:stream'

import {type Clock} from '../clock.js'
import {AstroError} from '../errors.js'
import {errorCode} from '../helpers.js'
import {connectionError, damagedError, statusError, timeoutError, tooLarge, unreadable} from './failures.js'
import {createProxyAgents, type Env} from './proxy.js'
import {retry} from './retry.js'

export interface HttpRequest {
  readonly method: Extract<Method, 'GET' | 'POST'>
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  /** The body, as JSON or as a form; at most one of them. */
  readonly json?: unknown
  readonly form?: Readonly<Record<string, string>>
  /** Called with the text of the JSON in the response. */
  readonly onText?: ((text: string) => void) | undefined
}

/** Sends a request and reads the JSON of its response; undefined for a response without a body. */
export type Http = (request: HttpRequest) => Promise<unknown>

export interface HttpOptions {
  readonly clock: Clock
  /** Contains the proxy variables. */
  readonly env: Env
  /** Our name and version, for the User-Agent header. */
  readonly userAgent: string
  readonly timeouts?: Timeouts
  /** Called after each attempt of each request. */
  readonly onRequest?: ((request: RequestRecord) => void) | undefined
}

/** One attempt of a request, for diagnostics. Contains no headers and no body. */
export interface RequestRecord {
  readonly method: string
  /** The URL without a user name and password. */
  readonly url: string
  /** Counted from 1. */
  readonly attempt: number
  readonly milliseconds: number
  /** The status of the response, if there was one. */
  readonly status?: number | undefined
  /** From the response's header, else from the error in its body. */
  readonly requestId?: string | undefined
  /** Node's code, such as ECONNRESET, or the kind of the error, if there was no readable response. */
  readonly error?: string | undefined
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

/** The facts about an attempt so far. */
type Trace = {-readonly [Key in 'error' | 'requestId' | 'status']?: RequestRecord[Key]}

/**
 * Creates the HTTP client, which is the only access to the network. It retries a GET as `retry` does, and sends a POST
 * once. It does not follow redirects, so that a credential reaches no other host. After a lost connection or a damaged
 * response, it opens a new connection for each request: a gateway that resets reused connections would also reset each
 * retry. Every error is an AstroError.
 */
export function createHttp(options: HttpOptions): Http {
  const {clock, onRequest} = options
  const exchange = createExchange(options)
  let isReuseSafe = true

  async function send({onText, ...request}: HttpRequest, attempt: number): Promise<unknown> {
    const startedAt = clock.now()
    const trace: Trace = {}
    try {
      const response = await exchange(request, !isReuseSafe, trace)
      return parseResponse(response, {...request, onText}, clock.now())
    } catch (error) {
      const failure = asAstroError(error, request.url.host)
      const {requestId, status} = failure instanceof AstroError ? failure.details : {}
      trace.requestId ??= requestId
      if (status === undefined) {
        isReuseSafe = false
        trace.error = codeOf(error)
      }

      throw failure
    } finally {
      onRequest?.({
        ...trace,
        attempt,
        method: request.method,
        milliseconds: clock.now() - startedAt,
        url: safeUrl(request),
      })
    }
  }

  return async (request) =>
    request.method === 'GET' ? retry(async (attempt) => send(request, attempt), clock) : send(request, 1)
}

type Exchange = (request: Omit<HttpRequest, 'onText'>, isNewConnection: boolean, trace: Trace) => Promise<Response>

/** Returns a function that sends a request once and reads its response, regardless of the status. */
function createExchange({env, timeouts = TIMEOUTS, userAgent}: HttpOptions): Exchange {
  const {connect, response} = timeouts
  const proxyAgents = createProxyAgents(env, connect)
  const client = got.extend({
    followRedirect: false,
    headers: {accept: 'application/json', 'user-agent': userAgent},
    retry: {limit: 0},
    stringifyJson: toJson,
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

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    throw new AstroError('internal', 'The request is nested too deeply to be sent.')
  }
}

/** The JSON of the response; undefined without a body. Throws for a status of 300 or more. */
function parseResponse(response: Response, {onText, url}: HttpRequest, now: number): unknown {
  const {body, status} = response
  if (status >= 400) throw statusError({...response, now})
  if (status >= 300) throw unreadable(status, 'it redirects elsewhere')
  const text = body.trim()
  if (!text) return undefined
  try {
    const body: unknown = JSON.parse(text)
    onText?.(text)
    return body
  } catch {
    throw /^[[{]/.test(text) ? damagedError('invalid JSON', url.host) : unreadable(status, 'it is not JSON')
  }
}

function switchesProtocols(): AstroError {
  return unreadable(101, 'it switches protocols')
}

/** Keeps nothing of got's error, because that contains the request with its credential. */
function asAstroError(error: unknown, host: string): unknown {
  // The cause comes from a failed proxy tunnel or from toJson.
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

function safeUrl({url: {origin, pathname, search}}: HttpRequest): string {
  return `${origin}${pathname}${search}`
}
