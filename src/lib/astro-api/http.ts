import {type Agents, got, type Method, RequestError, TimeoutError} from 'got'
import {setTimeout} from 'node:timers/promises'

import {AstroError} from '../errors.js'
import {connectionError, damaged, refusal, timedOut, unreadable} from './failures.js'
import {createProxyAgents, type Env} from './proxy.js'
import {retry, type RetryOptions} from './retry.js'

export interface HttpRequest {
  readonly method: Extract<Method, 'GET' | 'POST'>
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  /** A body, as JSON or as a form; at most one of them. */
  readonly json?: unknown
  readonly form?: Readonly<Record<string, string>>
}

/** Sends a request and reads the JSON of its response; undefined for a response without a body. */
export type Http = (request: HttpRequest) => Promise<unknown>

export interface HttpOptions extends Partial<RetryOptions> {
  /** Where the proxy variables are. */
  readonly env: Env
  /** Our name and version, for the User-Agent header. */
  readonly userAgent: string
  /** Milliseconds since 1970. */
  readonly now?: () => number
  readonly timeouts?: Timeouts
}

/** Milliseconds. */
export interface Timeouts {
  readonly connect: number
  readonly answer: number
}

const TIMEOUTS: Timeouts = {connect: 10_000, answer: 30_000}

interface Response {
  readonly status: number
  readonly body: string
  readonly retryAfter: string | undefined
}

/**
 * The only way to the network, and the only file that imports got. A GET is retried as `retry` says; a POST is sent
 * once. Redirects are not followed, so that a credential reaches no other host. After a failed connection, each request
 * gets a new one: a gateway that resets connections that it has seen before would otherwise reset each retry too.
 * Every failure is an AstroError.
 */
export function createHttp(options: HttpOptions): Http {
  const {env, now = Date.now, random = Math.random, sleep = setTimeout, timeouts = TIMEOUTS, userAgent} = options
  const {answer, connect} = timeouts
  const proxyAgents = createProxyAgents(env, connect)
  let isReuseSafe = true
  const client = got.extend({
    followRedirect: false,
    headers: {accept: 'application/json', 'user-agent': userAgent},
    retry: {limit: 0},
    throwHttpErrors: false,
    timeout: {lookup: connect, connect, secureConnect: connect, send: answer, response: answer, read: answer},
  })

  async function agentsFor(url: URL): Promise<Agents> {
    return (await proxyAgents(url, !isReuseSafe)) ?? (isReuseSafe ? {} : {http: false, https: false})
  }

  async function exchange({url, ...request}: HttpRequest): Promise<Response> {
    const stream = client.stream(url, {...request, agent: await agentsFor(url)})
    const chunks: Buffer[] = []
    for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
    // Otherwise a late error of its connection would end the process.
    stream.destroy()
    const {headers = {}, statusCode = 0} = stream.response ?? {}
    return {status: statusCode, body: Buffer.concat(chunks).toString(), retryAfter: headers['retry-after']}
  }

  async function send(request: HttpRequest): Promise<unknown> {
    const {host} = request.url
    try {
      const response = await exchange(request)
      if (response.status >= 400) throw refusal({...response, now: now()})
      if (response.status >= 300) throw unreadable(response.status, 'it redirects elsewhere')
      return parseJson(response, host)
    } catch (error) {
      const failure = asAstroError(error, host)
      if (failure instanceof AstroError && failure.details.status === undefined) isReuseSafe = false
      throw failure
    }
  }

  return async (request) =>
    request.method === 'GET' ? retry(async () => send(request), {random, sleep}) : send(request)
}

function parseJson({body, status}: Response, host: string): unknown {
  const text = body.trim()
  if (!text) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw /^[[{]/.test(text) ? damaged('invalid JSON', host) : unreadable(status, 'it is not JSON')
  }
}

/** Nothing of got's error is kept: it holds the request with its credential. */
function asAstroError(error: unknown, host: string): unknown {
  // From a proxy that opens no tunnel.
  if (error instanceof RequestError && error.cause instanceof AstroError) return error.cause
  if (error instanceof TimeoutError) return timedOut(host)
  // On Node.js 24, some errors of a connection are not wrapped by got.
  if (error instanceof Error && 'code' in error) return connectionError(String(error.code), host)
  return error
}
