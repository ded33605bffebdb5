import {once, setMaxListeners} from 'node:events'
import {createServer, type IncomingMessage, type RequestListener, type ServerResponse} from 'node:http'
import {type AddressInfo} from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'

import type {Credentials} from './credentials.js'
import type {Fault, Outcome} from './faults.js'
import type {ApiResponse} from './responses.js'

import {createEmulator, type Emulator, handle} from './emulator.js'
import {preciseNow, readRequest, type RecordedRequest} from './requests.js'
import {contentOf} from './response-bytes.js'
import {seedWorld, type World} from './world.js'

export interface AstroApiOptions {
  /** Default: any free port. */
  port?: number
  /** Default: the seeded world. */
  world?: World
  /** Delays each response. Default: 0. */
  latencyMs?: number
  /** The clock of the API. Default: the system's. */
  now?: () => Date
}

/** A running emulator. */
export interface AstroApi extends Pick<Credentials, 'apiToken' | 'login' | 'revoke'> {
  /** `http://127.0.0.1:PORT`, without the /v1 of the API. */
  url: string
  /** The current data of the API. Changes to it affect the next request. */
  world: World
  /** In the order of their arrival. */
  requests: RecordedRequest[]
  /** Contract violations by requests or by the emulator itself. */
  violations: string[]
  inject: (fault: Fault) => void
  clearFaults: () => void
  /** Restores the world from the start, and removes all faults and recorded requests. */
  reset: () => void
  /** Stops the emulator and closes all connections at once. */
  close: () => Promise<void>
}

type Controls = Pick<AstroApi, 'clearFaults' | 'inject' | 'requests' | 'reset' | 'violations'>

/** Longer than any test, so that the server never closes an idle connection that a client is about to use. */
const keepAliveTimeout = 60_000

/** Starts an Astro API on 127.0.0.1. Rejects with the system's error, such as `EADDRINUSE`, if it cannot listen. */
export async function startAstroApi(options: AstroApiOptions = {}): Promise<AstroApi> {
  const {port = 0, latencyMs = 0, now = () => new Date(), world = seedWorld(now())} = options
  const closing = new AbortController()
  // Each delayed response adds a listener.
  setMaxListeners(0, closing.signal)
  const emulator = createEmulator(world, {now, signal: closing.signal})
  await emulator.contract
  const {credentials, faults, requests, violations} = emulator
  const initial = structuredClone(world)
  const controls: Controls = {
    requests,
    violations,
    inject: faults.inject,
    clearFaults: faults.clear,
    reset() {
      Object.assign(world, {addsAccessors: false, needsAccessors: false}, structuredClone(initial))
      faults.clear()
      requests.length = 0
      violations.length = 0
    },
  }
  const server = createServer({keepAliveTimeout}, createListener(emulator, controls, latencyMs))
  await once(server.listen(port, '127.0.0.1'), 'listening')
  emulator.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    ...controls,
    ...credentials,
    url: emulator.url,
    world,
    async close() {
      closing.abort()
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
    },
  }
}

/** Controls the emulator from another process, for people: see `serve.ts`. Undefined for any other route. */
function control(method: string, path: string, body: unknown, controls: Controls): ApiResponse | undefined {
  const {requests, violations} = controls
  const actions: Readonly<Record<string, () => unknown>> = {
    'GET /emulator/requests': () => ({requests, violations}),
    'POST /emulator/faults'() {
      controls.inject(body as Fault)
    },
    'DELETE /emulator/faults': controls.clearFaults,
    'POST /emulator/reset': controls.reset,
  }
  const action = actions[`${method} ${path}`]
  return action && {status: 200, body: action() ?? {ok: true}}
}

function createListener(emulator: Emulator, controls: Controls, latencyMs: number): RequestListener {
  const connections = new WeakMap<object, number>()
  let count = 0
  const numberOf = (socket: object): number => {
    const number = connections.get(socket) ?? (count += 1)
    connections.set(socket, number)
    return number
  }

  const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await readRequest(message, numberOf(message.socket))
    response.once('close', () => {
      request.endedAt ??= preciseNow()
    })
    const controlled = control(request.method, request.path, request.body, controls)
    const outcome = controlled ? ({kind: 'response', response: controlled} as const) : await handle(emulator, request)
    if (latencyMs > 0) await sleep(latencyMs, undefined, {signal: emulator.signal})
    deliver(outcome, request, response)
  }

  return (message, response) => {
    serve(message, response).catch((error: unknown) => {
      // An error is normal if the client disconnects or the emulator closes. Otherwise, the emulator or a test failed.
      const isNormal = message.errored ?? emulator.signal.aborted
      if (!isNormal) emulator.violations.push(`${message.method ?? ''} ${message.url ?? ''}: ${String(error)}`)
      response.destroy()
    })
  }
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
    request.status = outcome.response.status
    response.writeHead(request.status, headers).end(content)
  }
}
