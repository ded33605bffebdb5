import {setTimeout as sleep} from 'node:timers/promises'

import type {OperationId} from './contract.js'
import type {World} from './world.js'

import {type ApiResponse, type Damage, damage, errorResponse, type Place, truncate} from './responses.js'

export {DAMAGES, PLACES} from './responses.js'

const UPGRADE = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'

/** The kinds of faults. If the name ends in "After", the API performs the operation first. */
interface ActionFields {
  /** Responds with this status and these headers (lower case). Default for the body: the API's error document. */
  status: {status: number; headers?: Readonly<Record<string, string>>; body?: unknown}
  statusAfter: {status: number}
  /** Responds with this text. */
  body: {body: string; contentType?: string}
  bodyAfter: {body: string}
  /** Changes the response of the operation. */
  edit: {edit: (body: Readonly<Record<string, unknown>>) => unknown}
  /** Closes the connection without a response. */
  drop: unknown
  dropAfter: unknown
  /** Keeps the connection open without a response. */
  hang: unknown
  hangAfter: unknown
  /** Resets a connection that had an earlier request. The first request of a connection is not affected. */
  resetReused: unknown
  /** Performs the operation, and cuts the response off. Default: in the middle of the body. */
  truncate: {at?: Place}
  /** Performs the operation, sends half of the response, and keeps the connection open. */
  stall: unknown
  /** Performs the operation, and sends an unreadable response. */
  damage: {how: Damage}
  /** Switches protocols, and keeps the connection open. */
  upgrade: unknown
  /** Performs the operation at once, and sends the response later. */
  delay: {ms: number}
  /** Lets another writer change the world just before or after the operation. */
  act: {run: (world: World) => Promise<void> | void}
  actAfter: {run: (world: World) => Promise<void> | void}
}

type Kind = keyof ActionFields
type Action<K extends Kind> = {[P in K]: ActionFields[P] & {kind: P}}[K]
export type FaultAction = Action<Kind>

export interface Fault {
  /** Default: any operation. */
  operationId?: OperationId
  /** The number of matching requests before the first affected one. Default: 0. */
  skip?: number
  /** The number of affected requests; may be Infinity. Default: 1. */
  times?: number
  action: FaultAction
}

/** The part of a response that the client receives. */
export type Outcome =
  | {kind: 'bytes'; bytes: Buffer | string; isOpen: boolean}
  | {kind: 'drop' | 'hang' | 'reset'}
  | {kind: 'response'; response: ApiResponse; headers?: Readonly<Record<string, string>>}

export type Faults = ReturnType<typeof createFaults>

export function createFaults() {
  let pending: (Fault & {skip: number; times: number})[] = []
  const inject = (fault: Fault): void => {
    pending.push({skip: 0, times: 1, ...fault})
  }

  return {
    inject,
    clear(): void {
      pending = []
    },
    /** Takes the action for this request from the first fault that matches. */
    take(operationId: OperationId): FaultAction | undefined {
      const matching = pending.filter((fault) => (fault.operationId ?? operationId) === operationId)
      const fault = matching.find(({skip}) => skip <= 0)
      // A fault counts each request that no earlier fault took.
      for (const waiting of matching.slice(0, fault && matching.indexOf(fault))) waiting.skip -= 1
      if (fault === undefined) return
      fault.times -= 1
      if (fault.times <= 0) pending = pending.filter((other) => other !== fault)
      return fault.action
    },
  }
}

interface Circumstances {
  world: World
  requestId: string
  /** Whether the connection had an earlier request. */
  isReused: boolean
}

type Performer<K extends Kind> = (
  action: Action<K>,
  operate: () => ApiResponse,
  circumstances: Circumstances,
) => Outcome | Promise<Outcome>

const performers: {readonly [K in Kind]: Performer<K>} = {
  status({body, headers = {}, status}, _, {requestId}) {
    return body === undefined ? injectedError(status, requestId, headers) : send({status, body}, headers)
  },
  statusAfter({status}, operate, {requestId}) {
    operate()
    return injectedError(status, requestId)
  },
  body: ({body, contentType = 'application/json'}) => send({status: 200, body}, {'content-type': contentType}),
  bodyAfter: ({body}, operate) => send({status: operate().status, body}),
  edit({edit}, operate) {
    const {body, status} = operate()
    return send({status, body: edit(JSON.parse(String(body)) as Record<string, unknown>)})
  },
  drop: () => ({kind: 'drop'}),
  dropAfter(_, operate) {
    operate()
    return {kind: 'drop'}
  },
  hang: () => ({kind: 'hang'}),
  hangAfter(_, operate) {
    operate()
    return {kind: 'hang'}
  },
  resetReused: (_, operate, {isReused}) => (isReused ? {kind: 'reset'} : send(operate())),
  truncate: ({at = 'middle'}, operate) => ({kind: 'bytes', bytes: truncate(operate(), at), isOpen: false}),
  stall: (_, operate) => ({kind: 'bytes', bytes: truncate(operate(), 'middle'), isOpen: true}),
  damage: ({how}, operate) => ({kind: 'bytes', bytes: damage(operate(), how), isOpen: false}),
  upgrade: () => ({kind: 'bytes', bytes: UPGRADE, isOpen: true}),
  async delay({ms}, operate) {
    const response = operate()
    await sleep(ms, undefined, {ref: false})
    return send(response)
  },
  async act({run}, operate, {world}) {
    await run(world)
    return send(operate())
  },
  async actAfter({run}, operate, {world}) {
    const response = operate()
    await run(world)
    return send(response)
  },
}

/** Performs the operation as the fault requires. */
export async function perform<K extends Kind>(
  action: Action<K> | undefined,
  operate: () => ApiResponse,
  circumstances: Circumstances,
): Promise<Outcome> {
  if (action === undefined) return send(operate())
  const performer: Performer<K> = performers[action.kind]
  return performer(action, operate, circumstances)
}

function send(response: ApiResponse, headers: Readonly<Record<string, string>> = {}): Outcome {
  return {kind: 'response', response, headers}
}

function injectedError(status: number, requestId: string, headers?: Readonly<Record<string, string>>): Outcome {
  return send(errorResponse(status, `Injected fault: ${status}`, requestId), headers)
}
