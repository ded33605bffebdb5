import type {IncomingMessage} from 'node:http'

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
  /** An object for JSON or a form, otherwise text; null without a body. */
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
  const chunks: Buffer[] = []
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk)
  const body = parseBody(Buffer.concat(chunks).toString(), headers['content-type'])
  return {...request, body, connection: socket.remotePort ?? 0}
}

type Sent = Pick<RecordedRequest, 'body' | 'headers' | 'method'> & {readonly url: URL}

/** The record of a request without a response yet. */
export function recordRequest({url, ...sent}: Sent): RecordedRequest {
  const path = {path: url.pathname, query: groupByKey(url.searchParams)}
  return {...sent, ...path, operationId: null, startedAt: preciseNow(), endedAt: null, connection: 0}
}

function groupByKey(parameters: URLSearchParams): RecordedRequest['query'] {
  const keys = [...new Set(parameters.keys())]
  return Object.fromEntries(
    keys.map((key) => {
      const [first = '', ...others] = parameters.getAll(key)
      return [key, others.length > 0 ? [first, ...others] : first]
    }),
  )
}

function parseBody(text: string, contentType = ''): unknown {
  if (text === '') return null
  if (contentType.startsWith('application/x-www-form-urlencoded')) return groupByKey(new URLSearchParams(text))
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
