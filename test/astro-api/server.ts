import {once} from 'node:events'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import {type AddressInfo} from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'

import type {Fault, Outcome} from './faults.js'

import {createEmulator, type Emulator, handle} from './emulator.js'
import {preciseNow, readRequest, type RecordedRequest} from './requests.js'
import {contentOf} from './responses.js'
import {seedWorld, type World} from './world.js'

export interface AstroApiOptions {
  /** Default: any free port. */
  port?: number
  /** Default: the seeded world. */
  world?: World
  /** Delays each response. Default: 0. */
  latencyMs?: number
}

export type AstroApi = Awaited<ReturnType<typeof startAstroApi>>

/** Longer than any test, so that the server never closes an idle connection that a client is about to use. */
const keepAliveTimeout = 60_000

/** Starts an Astro API on 127.0.0.1. Rejects with the system's error, such as `EADDRINUSE`, if it cannot listen. */
export async function startAstroApi({latencyMs = 0, port = 0, world = seedWorld()}: AstroApiOptions = {}) {
  const emulator = createEmulator(world)
  const {credentials, faults, requests, reset, violations} = emulator
  const server = createServer({keepAliveTimeout}, (message, response) => {
    serve(emulator, latencyMs, message, response).catch((error: unknown) => {
      // An error is normal if the client disconnects. Otherwise, the emulator or a test failed.
      if (!message.errored) violations.push(`${message.method ?? ''} ${message.url ?? ''}: ${String(error)}`)
      response.destroy()
    })
  })
  await once(server.listen(port, '127.0.0.1'), 'listening')
  return {
    ...credentials,
    inject: faults.inject,
    requests,
    reset,
    /** Without the /v1 of the API. */
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    violations,
    world,
    /** Stops the emulator and closes all connections at once. */
    async close() {
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
    },
  }
}

async function serve(emulator: Emulator, latencyMs: number, message: IncomingMessage, response: ServerResponse) {
  const request = await readRequest(message)
  response.once('close', () => {
    request.endedAt ??= preciseNow()
  })
  const outcome = control(emulator, request) ?? (await handle(emulator, request))
  if (latencyMs > 0) await sleep(latencyMs, undefined, {ref: false})
  deliver(outcome, request, response)
}

/** Controls the emulator from another process, for people: see `serve.ts`. Undefined for any other route. */
function control({faults, requests, reset, violations}: Emulator, request: RecordedRequest): Outcome | undefined {
  const actions: Readonly<Record<string, () => unknown>> = {
    'GET /emulator/requests': () => ({requests, violations}),
    'POST /emulator/faults'() {
      faults.inject(request.body as Fault)
    },
    'POST /emulator/reset': reset,
  }
  const action = actions[`${request.method} ${request.path}`]
  return action && {kind: 'response', response: {status: 200, body: action() ?? {}}}
}

function deliver(outcome: Outcome, request: RecordedRequest, response: ServerResponse): void {
  if (outcome.kind === 'hang') return
  request.endedAt = preciseNow()
  if (outcome.kind === 'drop') response.destroy()
  if (outcome.kind === 'reset') response.socket?.resetAndDestroy()
  if (outcome.kind === 'bytes') {
    const {socket} = response
    socket?.write(outcome.bytes)
    if (!outcome.isOpen) socket?.end(() => socket.destroy())
  }

  if (outcome.kind === 'response') {
    const content = contentOf(outcome.response)
    const headers = {'content-type': 'application/json', 'content-length': content.byteLength, ...outcome.headers}
    response.writeHead(outcome.response.status, headers).end(content)
  }
}
