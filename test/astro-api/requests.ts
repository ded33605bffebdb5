import type {IncomingMessage} from 'node:http'

import type {OperationId, Query} from './contract.js'

/** A request that reached the emulator, and how it ended. Times are milliseconds since 1970, with fractions. */
export interface RecordedRequest {
  /** Null where the API has no such path and method. */
  operationId: null | OperationId
  method: string
  /** Without the query. */
  path: string
  query: Query
  headers: Record<string, string>
  /** JSON or a form as an object, anything else as text; null without a body. */
  body: unknown
  /** Null where no answer was given. */
  status: null | number
  startedAt: number
  /** Null as long as the client is left waiting. */
  endedAt: null | number
  /** Connections are counted from 1: two requests of one number used one connection. */
  connection: number
}

/** The time now, finer than a millisecond, and comparable between processes. */
export function clock(): number {
  return performance.timeOrigin + performance.now()
}

/** Reads a request to its end. */
export async function readRequest(message: IncomingMessage, connection: number): Promise<RecordedRequest> {
  const startedAt = clock()
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

/** The record of a request that has just arrived. */
export function recordedRequest(
  {url, ...request}: Pick<RecordedRequest, 'body' | 'headers' | 'method'> & {readonly url: URL},
  connection: number,
  startedAt = clock(),
): RecordedRequest {
  const query = grouped(url.searchParams)
  return {...request, operationId: null, path: url.pathname, query, status: null, startedAt, endedAt: null, connection}
}

/** The other way round: a recorded query as the operations read it. */
export function searchParamsOf(query: Query): URLSearchParams {
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    [value].flat().map((one): [string, string] => [key, one]),
  )
  return new URLSearchParams(pairs)
}

function grouped(parameters: URLSearchParams): Query {
  const keys = [...new Set(parameters.keys())]
  return Object.fromEntries(
    keys.map((key) => {
      const [first = '', ...others] = parameters.getAll(key)
      return [key, others.length > 0 ? [first, ...others] : first]
    }),
  )
}

/** `curl -d` calls everything a form, so the control routes take JSON whatever it is called. */
function parseBody(text: string, contentType = '', alwaysJson = false): unknown {
  if (text === '') return null
  const isForm = contentType.startsWith('application/x-www-form-urlencoded') && !alwaysJson
  if (isForm) return grouped(new URLSearchParams(text))
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
