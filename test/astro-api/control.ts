import type {Answer} from './answers.js'

import {isOperationId} from './contract.js'
import {DAMAGES, type Fault, type FaultAction, PLACES} from './faults.js'

/** What the control routes can do to the emulator that they belong to. */
export interface Controls {
  requests: readonly unknown[]
  violations: readonly string[]
  inject: (fault: Fault) => void
  clearFaults: () => void
  reset: () => void
}

const usage = 'A fault is JSON such as {"action": {"kind": "status", "status": 503}}'

const plainKinds = ['drop', 'dropAfter', 'hang', 'hangAfter', 'resetReused', 'stall'] as const

type Fields = Readonly<Record<string, unknown>>

/**
 * Drives an emulator of another process:
 *
 * - GET /emulator/requests: what it was asked, and what broke the contract
 * - POST /emulator/faults: a fault as JSON; `"times": null` for ever
 * - DELETE /emulator/faults: no more of them
 * - POST /emulator/reset: the world as it was at the start; no faults, no requests
 *
 * @returns undefined for any other route
 */
export function control(method: string, path: string, body: unknown, controls: Controls): Answer | undefined {
  const done = (action: () => void): Answer => {
    action()
    return {status: 200, body: {ok: true}}
  }

  switch (`${method} ${path}`) {
    case 'GET /emulator/requests': {
      return {status: 200, body: {requests: controls.requests, violations: controls.violations}}
    }

    case 'POST /emulator/faults': {
      const fault = parseFault(body)
      if (typeof fault === 'string') return {status: 400, body: {message: fault}}
      return done(() => {
        controls.inject(fault)
      })
    }

    case 'DELETE /emulator/faults': {
      return done(controls.clearFaults)
    }

    case 'POST /emulator/reset': {
      return done(controls.reset)
    }

    default: {
      return undefined
    }
  }
}

/** The fault, or what is wrong with it. */
function parseFault(value: unknown): Fault | string {
  const fields = asFields(value)
  const action = parseAction(asFields(fields?.action))
  if (fields === undefined || action === undefined) return usage
  const {method, operationId, skip = 0, times = 1} = fields
  if (operationId !== undefined && !isOperationId(operationId)) return 'operationId is not one of the API'
  if (method !== undefined && typeof method !== 'string') return 'method is GET or POST'
  if (typeof skip !== 'number' || (times !== null && typeof times !== 'number')) return 'skip and times are numbers'
  return {
    ...(operationId && {operationId}),
    ...(method !== undefined && {method: method.toUpperCase()}),
    skip,
    times: times ?? Infinity,
    action,
  }
}

function parseAction(fields: Fields | undefined): FaultAction | undefined {
  const {at = 'middle', body, headers, how, kind, ms, status} = fields ?? {}
  const plain = plainKinds.find((name) => name === kind)
  if (plain) return {kind: plain}
  switch (kind) {
    case 'truncate': {
      const place = PLACES.find((name) => name === at)
      return place && {kind, at: place}
    }

    case 'damage': {
      const damage = DAMAGES.find((name) => name === how)
      return damage && {kind, how: damage}
    }

    case 'status': {
      if (typeof status !== 'number') return undefined
      return {kind, status, ...(body !== undefined && {body}), headers: stringsOf(asFields(headers))}
    }

    case 'statusAfter': {
      return typeof status === 'number' ? {kind, status} : undefined
    }

    case 'body': {
      if (typeof body !== 'string') return undefined
      return {kind, body, ...(typeof status === 'number' && {status})}
    }

    case 'bodyAfter': {
      return typeof body === 'string' ? {kind, body} : undefined
    }

    case 'delay': {
      return typeof ms === 'number' ? {kind, ms} : undefined
    }

    default: {
      return undefined
    }
  }
}

function asFields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null ? {...value} : undefined
}

function stringsOf(fields: Fields = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]))
}
