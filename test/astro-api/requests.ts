import type {IncomingMessage} from 'node:http'

import type {OperationId, Query} from './contract.js'

/** A request to the emulator. Times are milliseconds since 1970, with fractions. */
export interface RecordedRequest {
  /** Null if the API has no such path and method. */
  operationId: null | OperationId
  method: string
  /** Without the query. */
  path: string
  query: Query
  headers: Record<string, string>
  /** An object for JSON or a form, otherwise text; null without a body. */
  body: unknown
  /** The status of the response; null without a complete response. */
  status: null | number
  startedAt: number
  /** Null while the client waits. */
  endedAt: null | number
  /** The number of the connection, from 1. Requests with the same number used the same connection. */
  connection: number
}

/** The current time, more precise than a millisecond and comparable between processes. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now()
}

export async function readRequest(message: IncomingMessage, connection: number): Promise<RecordedRequest> {
  const startedAt = preciseNow()
  const url = new URL(message.url ?? '/', 'http://emulator')
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  )
  const chunks: Buffer[] = []
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  const body = parseBody(text, headers['content-type'], url.pathname.startsWith('/emulator/'))
  return recordedRequest({method: message.method ?? 'GET', url, headers, body}, connection, startedAt)
}

/** The record of a request without a response yet. */
export function recordedRequest(
  {url, ...request}: Pick<RecordedRequest, 'body' | 'headers' | 'method'> & {readonly url: URL},
  connection: number,
  startedAt = preciseNow(),
): RecordedRequest {
  const query = groupByKey(url.searchParams)
  return {...request, operationId: null, path: url.pathname, query, status: null, startedAt, endedAt: null, connection}
}

function groupByKey(parameters: URLSearchParams): Query {
  const keys = [...new Set(parameters.keys())]
  return Object.fromEntries(
    keys.map((key) => {
      const [first = '', ...others] = parameters.getAll(key)
      return [key, others.length > 0 ? [first, ...others] : first]
    }),
  )
}

/** Control routes ignore the content type, because `curl -d` sends JSON as a form. */
function parseBody(text: string, contentType = '', isControl: boolean): unknown {
  if (text === '') return null
  if (contentType.startsWith('application/x-www-form-urlencoded') && !isControl) {
    return groupByKey(new URLSearchParams(text))
  }

  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
