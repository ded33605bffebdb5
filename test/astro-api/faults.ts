import {setTimeout as sleep} from 'node:timers/promises'

import type {OperationId} from './contract.js'
import type {World} from './world.js'

import {type ApiResponse, type Damage, damage, errorResponse, type Place, truncate} from './responses.js'

export {DAMAGES, PLACES} from './responses.js'

const UPGRADE = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'

type Headers = Readonly<Record<string, string>>

/** The kinds of faults. */
interface ActionFields {
  /** Responds with this status and these headers (lower case). Default for the body: the API's error document. */
  status: {status: number; headers?: Headers; body?: unknown}
  /** Responds with this text. */
  body: {body: string; contentType?: string}
  /** Closes the connection without a response. */
  drop: unknown
  /** Keeps the connection open without a response. */
  hang: unknown
  /** Switches protocols, and keeps the connection open. */
  upgrade: unknown
  /** Resets a connection that had an earlier request. The first request of a connection is not affected. */
  resetReused: unknown
  /** Lets another writer change the world just before the operation. */
  act: {run: (world: World) => Promise<void> | void}
  /** Performs the operation at once, and sends the response later. */
  delay: {ms: number}
  /** Changes the response of the operation. */
  edit: {edit: (body: Readonly<Record<string, unknown>>) => unknown}
  /** Performs the operation, and cuts the response off. Default: in the middle of the body. */
  truncate: {at?: Place}
  /** Performs the operation, sends half of the response, and keeps the connection open. */
  stall: unknown
  /** Performs the operation, and sends an unreadable response. */
  damage: {how: Damage}
}

type Kind = keyof ActionFields
/** With "After", the API performs the operation first. */
type After = `${'body' | 'drop' | 'hang' | 'status'}After`
type Action<K extends Kind> = {[P in K]: ActionFields[P] & {kind: (`${P}After` & After) | P}}[K]
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
  | {kind: 'response'; response: ApiResponse; headers?: Headers}

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

interface Situation {
  world: World
  requestId: string
  /** Performs the operation. */
  operate: () => ApiResponse
  /** Whether the connection had an earlier request. */
  isReused: boolean
}

type Performer<K extends Kind> = (action: Action<K>, situation: Situation) => Outcome | Promise<Outcome>

const performers: {readonly [K in Kind]: Performer<K>} = {
  status({body, headers, status}, {requestId}) {
    const standard = errorResponse(status, `Injected fault: ${status}`, requestId)
    return send(body === undefined ? standard : {status, body}, headers)
  },
  body: ({body, contentType = 'application/json'}) => send({status: 200, body}, {'content-type': contentType}),
  drop: () => ({kind: 'drop'}),
  hang: () => ({kind: 'hang'}),
  upgrade: () => ({kind: 'bytes', bytes: UPGRADE, isOpen: true}),
  resetReused: (_, {isReused, operate}) => (isReused ? {kind: 'reset'} : send(operate())),
  async act({run}, {operate, world}) {
    await run(world)
    return send(operate())
  },
  async delay({ms}, {operate}) {
    const response = operate()
    await sleep(ms, undefined, {ref: false})
    return send(response)
  },
  edit({edit}, {operate}) {
    const {body, status} = operate()
    return send({status, body: edit(JSON.parse(String(body)) as Record<string, unknown>)})
  },
  truncate: ({at = 'middle'}, {operate}) => ({kind: 'bytes', bytes: truncate(operate(), at), isOpen: false}),
  stall: (_, {operate}) => ({kind: 'bytes', bytes: truncate(operate(), 'middle'), isOpen: true}),
  damage: ({how}, {operate}) => ({kind: 'bytes', bytes: damage(operate(), how), isOpen: false}),
}

/** Performs the operation as the fault requires. */
export async function perform<K extends Kind>(action: Action<K> | undefined, situation: Situation): Promise<Outcome> {
  if (action === undefined) return send(situation.operate())
  if (action.kind.endsWith('After')) situation.operate()
  const performer: Performer<K> = performers[action.kind.replace(/After$/, '') as K]
  return performer(action, situation)
}

function send(response: ApiResponse, headers: Headers = {}): Outcome {
  return {kind: 'response', response, headers}
}
