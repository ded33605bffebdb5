import {STATUS_CODES} from 'node:http'
import {gzipSync} from 'node:zlib'

export interface ApiResponse {
  status: number
  /** Sent as JSON. A string is sent unchanged. */
  body: unknown
}

/** The places at which a response can break off: `start` is after the first byte of the body, `end` before the last. */
export const PLACES = ['headers', 'start', 'middle', 'end', 'chunk'] as const
export type Place = (typeof PLACES)[number]

/** The ways in which a complete response can be unreadable. */
export const DAMAGES = ['gzip', 'chunk-size'] as const
export type Damage = (typeof DAMAGES)[number]

const CHUNKED = 'transfer-encoding: chunked'

export function errorResponse(status: number, message: string, requestId: string): ApiResponse {
  return {status, body: {message, requestId, statusCode: status}}
}

export function contentOf({body}: ApiResponse): Buffer {
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

/** The bytes of a response up to this place. */
export function truncate(response: ApiResponse, at: Place): Buffer {
  const content = contentOf(response)
  const {byteLength} = content
  const isChunked = at === 'chunk'
  const headers = isChunked ? CHUNKED : `content-length: ${byteLength}`
  const whole = bytesOf(response, headers, content, isChunked ? `${byteLength.toString(16)}\r\n` : '')
  const head = whole.byteLength - byteLength
  const middle = head + byteLength / 2
  const lengths = {headers: head / 2, start: head + 1, middle, chunk: middle, end: whole.byteLength - 1}
  return whole.subarray(0, lengths[at])
}

/** The bytes of a complete but unreadable response. */
export function damage(response: ApiResponse, how: Damage): Buffer {
  const content = contentOf(response)
  if (how === 'chunk-size') return bytesOf(response, CHUNKED, content, 'not hexadecimal\r\n')
  // After the gzip header, a block of an unknown type.
  const bytes = gzipSync(content).fill(0xff, 10, 14)
  return bytesOf(response, `content-encoding: gzip\r\ncontent-length: ${bytes.byteLength}`, bytes)
}

function bytesOf({status}: ApiResponse, headers: string, content: Buffer, chunkSize = ''): Buffer {
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\ncontent-type: application/json\r\n${headers}`
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n${chunkSize}`), content])
}
