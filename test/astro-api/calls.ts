import {expect} from 'chai'
import {got} from 'got'

import {type AstroApi, type AstroApiOptions, startAstroApi} from './server.js'
import {ids} from './world.js'

export interface Reply {
  status: number
  body: unknown
}

export interface CallOptions {
  /** Sent as JSON, except for a string or a form. Default: a GET. */
  body?: unknown
  /** Default: an API token of the first Organization. With null, no token is sent. */
  token?: null | string
  headers?: Readonly<Record<string, string>>
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
  {body, headers, token = api.apiToken()}: CallOptions = {},
): Promise<Reply> {
  const isForm = body instanceof URLSearchParams
  const address = path.startsWith('/') ? path : `/v1/organizations/${ids.organization}/${path}`
  const response = await got(`${api.url}${address}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(token !== null && {authorization: `Bearer ${token}`}),
      'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
      ...headers,
    },
    ...(body !== undefined && {body: isForm || typeof body === 'string' ? String(body) : JSON.stringify(body)}),
    retry: {limit: 0},
    throwHttpErrors: false,
  })
  return {status: response.statusCode, body: JSON.parse(response.body)}
}

/** One property of each item of a list. */
export function pluck({body}: Reply, list: string, property = 'name'): unknown[] {
  const items = propertyOf(body, list)
  return Array.isArray(items) ? items.map((item): unknown => propertyOf(item, property)) : []
}

export function propertyOf(value: unknown, name: string): unknown {
  return Object.entries(value ?? {}).find(([key]) => key === name)?.[1]
}
