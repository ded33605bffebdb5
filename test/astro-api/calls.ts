/* eslint-disable n/no-unsupported-features/node-builtins -- fetch is marked as experimental in Node.js 20, and good enough here */
import {setImmediate as nextTurn} from 'node:timers/promises'

import type {AstroApi} from './server.js'

import {ids} from './world.js'

export interface Reply {
  status: number
  body: unknown
}

export interface CallOptions {
  method?: string
  /** Sent as JSON; a string and a form are sent as they are. */
  body?: unknown
  /** In place of an API token of the first Organization; null: none. */
  token?: null | string
  headers?: Readonly<Record<string, string>>
  signal?: AbortSignal
}

/** The part of an emulator that it takes to call it. */
export type Callee = Pick<AstroApi, 'apiToken' | 'url'>

/** Calls a running emulator and reads the answer as JSON. The path is that of `send`. */
export async function call(api: Callee, path: string, options: CallOptions = {}): Promise<Reply> {
  const response = await send(api, path, options)
  return {status: response.status, body: await response.json()}
}

/**
 * Calls a running emulator. The path goes on from the first Organization, as in `tokens?limit=5`; with a slash before
 * it, from the host.
 */
export async function send(api: Callee, path: string, options: CallOptions = {}): Promise<Response> {
  const {body, headers, method = body === undefined ? 'GET' : 'POST', signal, token = api.apiToken()} = options
  const url = path.startsWith('/') ? `${api.url}${path}` : `${api.url}/v1/organizations/${ids.organization}/${path}`
  const isForm = body instanceof URLSearchParams
  return fetch(url, {
    method,
    headers: {
      ...(token !== null && {authorization: `Bearer ${token}`}),
      ...(!isForm && {'content-type': 'application/json'}),
      ...headers,
    },
    ...(body !== undefined && {body: isForm || typeof body === 'string' ? body : JSON.stringify(body)}),
    ...(signal && {signal}),
  })
}

/** One property of each item of a page. */
export function pluck(reply: Reply, list: string, property = 'name'): unknown[] {
  const items = propertyOf(reply.body, list)
  return Array.isArray(items) ? items.map((item): unknown => propertyOf(item, property)) : []
}

/** A property of something that is not known yet. */
export function propertyOf(value: unknown, name: string): unknown {
  return new Map<string, unknown>(Object.entries(value ?? {})).get(name)
}

/** An answer's status, content type and text. */
export async function textOf(response: Response): Promise<string> {
  return `${response.status} ${response.headers.get('content-type') ?? ''} ${await response.text()}`
}

/** The code, or the text, of the error that a request without an answer ends in. */
export async function failure(request: Promise<unknown>): Promise<string> {
  const error = await request.then(
    () => new Error('There was an answer'),
    (error_: unknown) => error_,
  )
  const cause: unknown = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? code : String(error)
}

/** Resolves once the condition holds; the test's time-out is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  if (condition()) return
  await nextTurn()
  await until(condition)
}
