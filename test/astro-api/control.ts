import * as v from 'valibot'

import type {ApiResponse} from './responses.js'

import {OPERATION_IDS} from './contract.js'
import {DAMAGES, type Fault, PLACES} from './faults.js'

/** The functions behind the control routes. */
export interface Controls {
  requests: readonly unknown[]
  violations: readonly string[]
  inject: (fault: Fault) => void
  clearFaults: () => void
  /** Restores the world from the start, and removes all faults and recorded requests. */
  reset: () => void
}

const usage = 'Expected a fault such as {"action": {"kind": "status", "status": 503}}'

const actionSchema = v.variant('kind', [
  v.object({kind: v.picklist(['drop', 'dropAfter', 'hang', 'hangAfter', 'resetReused', 'stall', 'upgrade'])}),
  v.object({kind: v.literal('truncate'), at: v.exactOptional(v.picklist(PLACES))}),
  v.object({kind: v.literal('damage'), how: v.picklist(DAMAGES)}),
  v.object({
    kind: v.literal('status'),
    status: v.number(),
    headers: v.exactOptional(v.record(v.string(), v.string())),
    body: v.exactOptional(v.unknown()),
  }),
  v.object({kind: v.literal('statusAfter'), status: v.number()}),
  v.object({
    kind: v.literal('body'),
    body: v.string(),
    status: v.exactOptional(v.number()),
    contentType: v.exactOptional(v.string()),
  }),
  v.object({kind: v.literal('bodyAfter'), body: v.string()}),
  v.object({kind: v.literal('delay'), ms: v.number()}),
])

const faultSchema = v.object({
  operationId: v.exactOptional(v.picklist(OPERATION_IDS)),
  method: v.exactOptional(v.pipe(v.string(), v.toUpperCase())),
  skip: v.exactOptional(v.number()),
  // JSON has no Infinity.
  times: v.exactOptional(
    v.pipe(
      v.nullable(v.number()),
      v.transform((times) => times ?? Infinity),
    ),
  ),
  action: actionSchema,
})

/**
 * Controls an emulator from another process:
 *
 * - GET /emulator/requests lists the recorded requests and the contract violations.
 * - POST /emulator/faults injects a fault; `"times": null` means always.
 * - DELETE /emulator/faults removes all faults.
 * - POST /emulator/reset restores the state from the start.
 *
 * Returns undefined for any other route.
 */
export function control(method: string, path: string, body: unknown, controls: Controls): ApiResponse | undefined {
  const ok = {status: 200, body: {ok: true}}
  switch (`${method} ${path}`) {
    case 'GET /emulator/requests': {
      return {status: 200, body: {requests: controls.requests, violations: controls.violations}}
    }

    case 'POST /emulator/faults': {
      const {issues, output, success} = v.safeParse(faultSchema, body)
      if (!success) return {status: 400, body: {message: `${usage}. ${issues[0].message}`}}
      controls.inject(output)
      return ok
    }

    case 'DELETE /emulator/faults': {
      controls.clearFaults()
      return ok
    }

    case 'POST /emulator/reset': {
      controls.reset()
      return ok
    }

    default: {
      return undefined
    }
  }
}
