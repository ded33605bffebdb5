import {setTimeout as sleep} from 'node:timers/promises'

import type {Answer} from './answers.js'
import type {World} from './world.js'

import {errorAnswer} from './answers.js'
import {isOperationId, type OperationId} from './contract.js'

/**
 * What goes wrong. "After" means once the operation is done: a write is taken, and its answer lost.
 *
 * - status, statusAfter: this status, with further headers (lower case); without a body, the API's error for it; a
 *   string is sent as it is
 * - body, bodyAfter: this text in place of the API's answer
 * - drop, dropAfter: the connection is closed without an answer
 * - hang, hangAfter: no answer, and the connection stays open
 * - truncate: the operation is done; its answer breaks off at this place, by default in the middle of the body
 * - stall: the operation is done; half of its answer arrives, and the connection stays open
 * - damage: the operation is done; its answer arrives whole, but cannot be read
 * - resetReused: a request that is not the first one of its connection gets that connection reset, and does nothing
 * - delay: the operation is done at once, its answer comes so much later
 * - edit: the operation is done; its answer is changed on the way
 * - act, actAfter: another writer changes the world just before, or just after, the operation
 */
export type FaultAction =
  | {kind: 'act' | 'actAfter'; run: (world: World) => Promise<void> | void}
  | {kind: 'body'; body: string; status?: number; contentType?: string}
  | {kind: 'bodyAfter'; body: string}
  | {kind: 'damage'; how: Damage}
  | {kind: 'delay'; ms: number}
  | {kind: 'drop' | 'dropAfter' | 'hang' | 'hangAfter' | 'resetReused' | 'stall'}
  | {kind: 'edit'; edit: (body: Readonly<Record<string, unknown>>) => unknown}
  | {kind: 'status'; status: number; headers?: Readonly<Record<string, string>>; body?: unknown}
  | {kind: 'statusAfter'; status: number}
  | {kind: 'truncate'; at?: Place}

/** Where an answer breaks off: in its headers, after the first byte of its body, in a chunk, before the last byte. */
export const PLACES = ['headers', 'start', 'middle', 'end', 'chunk'] as const
export type Place = (typeof PLACES)[number]

/** What is wrong with an answer that arrives whole. */
export const DAMAGES = ['gzip', 'chunk-size', 'json'] as const
export type Damage = (typeof DAMAGES)[number]

/** Which requests a fault hits. */
export interface Fault {
  /** Default: any operation. */
  operationId?: OperationId
  /** Upper case. Default: any method. */
  method?: string
  /** How many of its requests pass before the first is hit. Default: none. */
  skip?: number
  /** How many are hit; may be Infinity. Default: 1. */
  times?: number
  action: FaultAction
}

/** What the client gets to see. */
export type Outcome =
  | {kind: 'answer'; answer: Answer; headers?: Readonly<Record<string, string>>}
  | {kind: 'damage'; answer: Answer; how: Damage}
  | {kind: 'drop'}
  | {kind: 'hang'}
  | {kind: 'reset'}
  | {kind: 'stall'; answer: Answer}
  | {kind: 'truncate'; answer: Answer; at: Place}

export interface Faults {
  inject: (fault: Fault) => void
  clear: () => void
  /** The action for this request. Faults are asked in the order of injection, and the first that is due takes it. */
  take: (operationId: OperationId, method: string) => FaultAction | undefined
}

interface Pending {
  fault: Fault
  skip: number
  times: number
}

/** An empty list of faults. */
export function createFaults(): Faults {
  let pending: Pending[] = []
  return {
    inject(fault) {
      const {operationId, skip = 0, times = 1} = fault
      if (operationId !== undefined && !isOperationId(operationId)) {
        throw new TypeError(`The API has no operation ${String(operationId)}`)
      }

      pending.push({fault, skip, times})
    },
    clear() {
      pending = []
    },
    take(operationId, method) {
      const due = pending.filter(({fault}) => hits(fault, operationId, method)).find((entry) => isDue(entry))
      if (due === undefined) return
      due.times -= 1
      if (due.times <= 0) pending = pending.filter((entry) => entry !== due)
      return due.fault.action
    },
  }
}

function hits(fault: Fault, operationId: OperationId, method: string): boolean {
  return (fault.operationId ?? operationId) === operationId && (fault.method ?? method) === method
}

/** A request that passes is counted. */
function isDue(entry: Pending): boolean {
  if (entry.skip <= 0) return true
  entry.skip -= 1
  return false
}

interface Circumstances {
  world: World
  requestId: string
  /** Whether the request came over a connection that had one before. */
  isReused: boolean
  /** Ends a delay early. */
  signal: AbortSignal
}

/** Does the operation, or not, as the fault wants it; without one, just does it. */
export async function perform(
  action: FaultAction | undefined,
  operate: () => Answer,
  circumstances: Circumstances,
): Promise<Outcome> {
  const instead = action && inPlaceOf(action, circumstances)
  if (instead) return instead
  if (action?.kind === 'act') await action.run(circumstances.world)
  const answer = operate()
  return (action && (await afterwards(action, answer, circumstances))) ?? {kind: 'answer', answer}
}

function inPlaceOf(action: FaultAction, {isReused, requestId}: Circumstances): Outcome | undefined {
  switch (action.kind) {
    case 'status': {
      const {body = injectedError(action.status, requestId), headers = {}, status} = action
      return {kind: 'answer', answer: {status, body}, headers}
    }

    case 'body': {
      const {body, contentType = 'application/json', status = 200} = action
      return {kind: 'answer', answer: {status, body}, headers: {'content-type': contentType}}
    }

    case 'drop': {
      return {kind: 'drop'}
    }

    case 'hang': {
      return {kind: 'hang'}
    }

    case 'resetReused': {
      return isReused ? {kind: 'reset'} : undefined
    }

    default: {
      return undefined
    }
  }
}

async function afterwards(
  action: FaultAction,
  answer: Answer,
  {requestId, signal, world}: Circumstances,
): Promise<Outcome | undefined> {
  switch (action.kind) {
    case 'statusAfter': {
      const {status} = action
      return {kind: 'answer', answer: {status, body: injectedError(status, requestId)}}
    }

    case 'bodyAfter': {
      return {kind: 'answer', answer: {status: answer.status, body: action.body}}
    }

    case 'edit': {
      const body = JSON.parse(String(answer.body)) as Record<string, unknown>
      return {kind: 'answer', answer: {status: answer.status, body: action.edit(body)}}
    }

    case 'dropAfter': {
      return {kind: 'drop'}
    }

    case 'hangAfter': {
      return {kind: 'hang'}
    }

    case 'stall': {
      return {kind: 'stall', answer}
    }

    case 'truncate': {
      return {kind: 'truncate', answer, at: action.at ?? 'middle'}
    }

    case 'damage': {
      return {kind: 'damage', answer, how: action.how}
    }

    default: {
      if (action.kind === 'delay') await sleep(action.ms, undefined, {signal})
      if (action.kind === 'actAfter') await action.run(world)
      return undefined
    }
  }
}

function injectedError(status: number, requestId: string): unknown {
  return errorAnswer({status, message: `Injected fault: ${status}`}, requestId).body
}
