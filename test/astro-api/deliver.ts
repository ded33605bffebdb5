import {type ServerResponse, STATUS_CODES} from 'node:http'
import {gzipSync} from 'node:zlib'

import type {Answer} from './answers.js'
import type {Damage, Outcome, Place} from './faults.js'

import {clock, type RecordedRequest} from './requests.js'

/** Sends what the client gets to see, and records it. */
export function deliver(outcome: Outcome, request: RecordedRequest, response: ServerResponse): void {
  if (outcome.kind === 'hang') return
  request.endedAt = clock()
  switch (outcome.kind) {
    case 'drop': {
      response.destroy()
      return
    }

    case 'reset': {
      response.socket?.resetAndDestroy()
      return
    }

    case 'stall': {
      response.socket?.write(truncated(outcome.answer, 'middle'))
      return
    }

    case 'truncate': {
      sendRaw(response, truncated(outcome.answer, outcome.at))
      return
    }

    case 'damage': {
      sendRaw(response, damaged(outcome.answer, outcome.how))
      return
    }

    default: {
      const {answer, headers} = outcome
      const content = contentOf(answer)
      request.status = answer.status
      response.writeHead(answer.status, {
        'content-type': 'application/json',
        'content-length': content.byteLength,
        ...headers,
      })
      response.end(content)
    }
  }
}

function contentOf({body}: Answer): Buffer {
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

/** Bytes that no HTTP library would send; the connection ends after them. */
function sendRaw({socket}: ServerResponse, bytes: Buffer): void {
  socket?.end(bytes, () => socket.destroy())
}

/** The first part of a response, up to this place. */
function truncated(answer: Answer, at: Place): Buffer {
  const content = contentOf(answer)
  if (at === 'chunk') return Buffer.concat([chunkedHead(answer), chunk(content).subarray(0, content.byteLength / 2)])
  const head = headOf(answer, [`content-length: ${content.byteLength}`])
  if (at === 'headers') return head.subarray(0, head.byteLength / 2)
  const lengths = {start: 1, middle: content.byteLength / 2, end: content.byteLength - 1}
  return Buffer.concat([head, content.subarray(0, lengths[at])])
}

/** A whole response that cannot be read. */
function damaged(answer: Answer, how: Damage): Buffer {
  const content = contentOf(answer)
  switch (how) {
    case 'gzip': {
      // Behind the gzip header, a block of a type that does not exist.
      const bytes = gzipSync(content).fill(0xff, 10, 14)
      return Buffer.concat([headOf(answer, ['content-encoding: gzip', `content-length: ${bytes.byteLength}`]), bytes])
    }

    case 'chunk-size': {
      return Buffer.concat([chunkedHead(answer), Buffer.from('not hexadecimal\r\n'), content])
    }

    case 'json': {
      const part = content.subarray(0, content.byteLength - 1)
      return Buffer.concat([headOf(answer, [`content-length: ${part.byteLength}`]), part])
    }
  }
}

function chunkedHead(answer: Answer): Buffer {
  return headOf(answer, ['transfer-encoding: chunked'])
}

function chunk(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${content.byteLength.toString(16)}\r\n`), content, Buffer.from('\r\n')])
}

function headOf({status}: Answer, headers: readonly string[]): Buffer {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, 'content-type: application/json', ...headers]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)
}
