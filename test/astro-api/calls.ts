import {expect} from 'chai'
import {got, type Method, RequestError} from 'got'

import {type AstroApi, type AstroApiOptions, startAstroApi} from './server.js'
import {ids} from './world.js'

export {until} from '../support/until.js'

const organizationPath = `/v1/organizations/${ids.organization}`

export interface Reply {
  status: number
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** The parsed JSON, or the text if it is not JSON. */
  body: unknown
}

export interface CallOptions {
  method?: Method
  /** Sent as JSON, except for a string or a form. */
  body?: unknown
  /** Default: an API token of the first Organization. With null, no token is sent. */
  token?: null | string
  headers?: Readonly<Record<string, string>>
  signal?: AbortSignal
}

/** An emulator for the tests of a file: `start` and `stop` are for `beforeEach` and `afterEach`. */
export function testEmulator(options: AstroApiOptions = {}) {
  let started: AstroApi | undefined
  const running = (): AstroApi => {
    if (!started) throw new Error('The emulator has not started.')
    return started
  }

  const start = async (): Promise<void> => {
    started = await startAstroApi(options)
  }

  const stop = async (): Promise<void> => {
    await running().close()
    expect(running().violations).to.deep.equal([])
  }

  return {
    start,
    stop,
    call: async (path: string, callOptions?: CallOptions): Promise<Reply> => call(running(), path, callOptions),
    get api() {
      return running()
    },
  }
}

/** Sends a request to a running emulator. A path without a leading slash is relative to the first Organization. */
export async function call(
  api: Pick<AstroApi, 'apiToken' | 'url'>,
  path: string,
  options: CallOptions = {},
): Promise<Reply> {
  const {body, headers, method = body === undefined ? 'GET' : 'POST', signal, token = api.apiToken()} = options
  const isForm = body instanceof URLSearchParams
  const response = await got(path.startsWith('/') ? `${api.url}${path}` : `${api.url}${organizationPath}/${path}`, {
    method,
    headers: {
      ...(token !== null && {authorization: `Bearer ${token}`}),
      'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
      ...headers,
    },
    ...(body !== undefined && {body: isForm || typeof body === 'string' ? String(body) : JSON.stringify(body)}),
    ...(signal && {signal}),
    retry: {limit: 0},
    throwHttpErrors: false,
  })
  return {status: response.statusCode, headers: response.headers, body: parse(response.body)}
}

/** One property of each item of a list. */
export function pluck({body}: Reply, list: string, property = 'name'): unknown[] {
  const items = propertyOf(body, list)
  return Array.isArray(items) ? items.map((item): unknown => propertyOf(item, property)) : []
}

export function propertyOf(value: unknown, name: string): unknown {
  return new Map<string, unknown>(Object.entries(value ?? {})).get(name)
}

/** The code of the error that a request fails with. */
export async function errorCodeOf(request: Promise<unknown>): Promise<string> {
  const error = await request.catch((error_: unknown) => error_)
  return error instanceof RequestError ? error.code : 'none'
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
