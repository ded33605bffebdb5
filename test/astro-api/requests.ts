import type {IncomingMessage} from 'node:http'

import {parse} from 'node:querystring'
import {text} from 'node:stream/consumers'

import type {OperationId} from './contract.js'

/** A request to the emulator. Times are milliseconds since 1970, with fractions. */
export interface RecordedRequest {
  /** Null if the API has no such path and method. */
  operationId: null | OperationId
  method: string
  /** Without the query. */
  path: string
  /** A repeated key has a list of values. */
  query: Record<string, string | string[]>
  headers: Record<string, string>
  /** Of JSON or a form; null without a body. */
  body: unknown
  startedAt: number
  /** Null while the client waits. */
  endedAt: null | number
  /** Requests with the same number used the same connection. */
  connection: number
}

/** The current time, more precise than a millisecond and comparable between processes. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now()
}

export async function readRequest(message: IncomingMessage): Promise<RecordedRequest> {
  const {method = '', socket, url = ''} = message
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]))
  const request = recordRequest({method, url: new URL(url, 'http://emulator'), headers, body: null})
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  const content = await text(message)
  const parsed: unknown = isForm ? {...parse(content)} : JSON.parse(content || 'null')
  return {...request, body: parsed, connection: socket.remotePort ?? 0}
}

type Sent = Pick<RecordedRequest, 'body' | 'headers' | 'method'> & {readonly url: URL}

/** The record of a request without a response yet. */
export function recordRequest({url, ...sent}: Sent): RecordedRequest {
  const query = {...parse(url.search.slice(1))} as RecordedRequest['query']
  const times = {startedAt: preciseNow(), endedAt: null}
  return {...sent, path: url.pathname, query, operationId: null, ...times, connection: 0}
}
