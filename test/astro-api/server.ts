import {once, setMaxListeners} from 'node:events'
import {createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse} from 'node:http'
import {setTimeout as sleep} from 'node:timers/promises'

import {loadContract} from './contract.js'
import {control, type Controls} from './control.js'
import {createCredentials, type Credentials} from './credentials.js'
import {deliver} from './deliver.js'
import {type Emulator, handle} from './emulator.js'
import {createFaults} from './faults.js'
import {clock, readRequest, type RecordedRequest} from './requests.js'
import {seedWorld, type World} from './world.js'

export interface AstroApiOptions {
  /** Default: one that is free. */
  port?: number
  /** Default: the seeded world. */
  world?: World
  /** Every answer takes so much longer. Default: 0. */
  latencyMs?: number
  /** The time for expiry and for what the API writes. Default: the machine's. */
  now?: () => Date
  /** Whether to listen on ::1 too, where the machine has it: some resolve localhost to that. Default: no. */
  ipv6?: boolean
}

/** Longer than any test, so that an idle connection is never closed under a client that is about to use it. */
const keepAliveTimeout = 60_000

/** A running emulator. */
export interface AstroApi extends Controls, Pick<Credentials, 'apiToken' | 'login' | 'revoke'> {
  /** `http://127.0.0.1:PORT`; the API is at /v1 of it. */
  url: string
  /** What the API knows, as it is now; changes to it are seen by the next request. */
  world: World
  /** In the order in which they arrived. */
  requests: RecordedRequest[]
  /** Where a request, or the emulator itself, did not keep the contract. */
  violations: string[]
  /** Ends it at once, and every connection with it, answered or not. */
  close: () => Promise<void>
}

/**
 * Starts an Astro API on 127.0.0.1.
 *
 * @returns when it listens; rejects with the system's error where it cannot, as with `EADDRINUSE`
 */
export async function startAstroApi(options: AstroApiOptions = {}): Promise<AstroApi> {
  const {port = 0, latencyMs = 0, now = () => new Date(), ipv6 = false} = options
  const contract = await loadContract()
  const world = options.world ?? seedWorld(now())
  const initial = structuredClone(world)
  const closing = new AbortController()
  // Every answer that is held back listens.
  setMaxListeners(0, closing.signal)
  const emulator: Emulator = {
    world,
    contract,
    credentials: createCredentials({organizations: () => world.organizations.map(({id}) => id), now}),
    faults: createFaults(),
    requests: [],
    violations: [],
    now,
    url: '',
    signal: closing.signal,
  }
  const controls = controlsOf(emulator, initial)
  const servers = await listen(port, ipv6, listener(emulator, controls, latencyMs))
  emulator.url = `http://127.0.0.1:${portOf(servers[0])}`
  return {
    ...controls,
    ...emulator.credentials,
    url: emulator.url,
    world,
    requests: emulator.requests,
    violations: emulator.violations,
    async close() {
      closing.abort()
      await Promise.all(servers.map((server) => close(server)))
    },
  }
}

function controlsOf({faults, requests, violations, world}: Emulator, initial: World): Controls {
  return {
    requests,
    violations,
    inject: faults.inject,
    clearFaults: faults.clear,
    reset() {
      Object.assign(world, structuredClone(initial))
      faults.clear()
      requests.length = 0
      violations.length = 0
    },
  }
}

function listener(emulator: Emulator, controls: Controls, latencyMs: number): RequestListener {
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
      request.endedAt ??= clock()
    })
    const controlled = control(request.method, request.path, request.body, controls)
    const outcome = controlled ? {kind: 'answer' as const, answer: controlled} : await handle(emulator, request)
    if (latencyMs > 0) await sleep(latencyMs, undefined, {signal: emulator.signal})
    deliver(outcome, request, response)
  }

  return (message, response) => {
    serve(message, response).catch((error: unknown) => {
      // A client that left, or the end of the emulator; anything else is a fault of the emulator or of a test's `act`.
      const expected = message.errored ?? emulator.signal.aborted
      if (!expected) emulator.violations.push(`${message.method ?? ''} ${message.url ?? ''}: ${String(error)}`)
      response.destroy()
    })
  }
}

/** Listens on 127.0.0.1 and, where it is wanted and there is one, on the same port of ::1. */
async function listen(port: number, ipv6: boolean, onRequest: RequestListener): Promise<Server[]> {
  const server = createServer({keepAliveTimeout}, onRequest).listen(port, '127.0.0.1')
  await once(server, 'listening')
  if (!ipv6) return [server]
  const second = createServer({keepAliveTimeout}, onRequest).listen(portOf(server), '::1')
  try {
    await once(second, 'listening')
    return [server, second]
  } catch (error) {
    if (hasNoIpv6(error)) return [server]
    await close(server)
    throw error
  }
}

function hasNoIpv6(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(String(error.code))
}

function portOf(server: Server | undefined): number {
  const address = server?.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve()
    })
    server.closeAllConnections()
  })
}
