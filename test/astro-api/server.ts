import {once, setMaxListeners} from 'node:events'
import {createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse} from 'node:http'
import {setTimeout as sleep} from 'node:timers/promises'

import type {Credentials} from './credentials.js'
import type {Outcome} from './faults.js'

import {control, type Controls} from './control.js'
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
  /** Whether to listen on ::1 too, because localhost may resolve to it. Default: false. */
  ipv6?: boolean
}

/** A running emulator. */
export interface AstroApi extends Controls, Pick<Credentials, 'apiToken' | 'login' | 'revoke'> {
  /** `http://127.0.0.1:PORT`, without the /v1 of the API. */
  url: string
  /** The current data of the API. Changes to it affect the next request. */
  world: World
  /** In the order of their arrival. */
  requests: RecordedRequest[]
  /** Contract violations by requests or by the emulator itself. */
  violations: string[]
  /** Stops the emulator and closes all connections at once. */
  close: () => Promise<void>
}

/** Longer than any test, so that the server never closes an idle connection that a client is about to use. */
const keepAliveTimeout = 60_000

/** Starts an Astro API on 127.0.0.1. Rejects with the system's error, such as `EADDRINUSE`, if it cannot listen. */
export async function startAstroApi(options: AstroApiOptions = {}): Promise<AstroApi> {
  const {port = 0, latencyMs = 0, now = () => new Date(), ipv6 = false, world = seedWorld(now())} = options
  const closing = new AbortController()
  // Each delayed response adds a listener.
  setMaxListeners(0, closing.signal)
  const emulator = createEmulator(world, {now, signal: closing.signal})
  await emulator.contract
  const {credentials, requests, violations} = emulator
  const controls = createControls(emulator)
  const servers = await listen(port, ipv6, createListener(emulator, controls, latencyMs))
  emulator.url = `http://127.0.0.1:${portOf(servers[0])}`
  return {
    ...controls,
    ...credentials,
    url: emulator.url,
    world,
    requests,
    violations,
    async close() {
      closing.abort()
      await Promise.all(servers.map((server) => closeServer(server)))
    },
  }
}

function createControls({faults, requests, violations, world}: Emulator): Controls {
  const initial = structuredClone(world)
  return {
    requests,
    violations,
    inject: faults.inject,
    clearFaults: faults.clear,
    reset() {
      Object.assign(
        world,
        {addsAccessors: false, isOrganizationListPersonal: false, needsAccessors: false},
        structuredClone(initial),
      )
      faults.clear()
      requests.length = 0
      violations.length = 0
    },
  }
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

/** Listens on 127.0.0.1 and, if requested and available, on the same port of ::1. */
async function listen(port: number, ipv6: boolean, onRequest: RequestListener): Promise<Server[]> {
  const server = createServer({keepAliveTimeout}, onRequest).listen(port, '127.0.0.1')
  await once(server, 'listening')
  if (!ipv6) return [server]
  const second = createServer({keepAliveTimeout}, onRequest).listen(portOf(server), '::1')
  try {
    await once(second, 'listening')
    return [server, second]
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return [server]
    await closeServer(server)
    throw error
  }
}

function portOf(server: Server | undefined): number {
  const address = server?.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function closeServer(server: Server): Promise<void> {
  await new Promise((resolve) => {
    server.close(resolve)
    server.closeAllConnections()
  })
}
