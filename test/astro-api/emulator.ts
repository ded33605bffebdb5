import type {Operation} from 'openapi-backend'

import type {RecordedRequest} from './requests.js'
import type {World} from './world.js'

import {checkRequest, checkResponse, matchOperation, type OperationId, paramsOf, type Problem} from './contract.js'
import {createCredentials} from './credentials.js'
import {createFaults, type Outcome, perform} from './faults.js'
import {type Call, handlers} from './handlers.js'
import {type ApiResponse, errorResponse} from './responses.js'

export type Emulator = ReturnType<typeof createEmulator>

/** Creates the emulated API without a server. */
export function createEmulator(world: World) {
  const initial = structuredClone(world)
  const faults = createFaults()
  /** In the order of their arrival. */
  const requests: RecordedRequest[] = []
  /** Contract violations by requests or by the emulator itself. */
  const violations: string[] = []
  /** Restores the world from the start, and removes all faults and recorded requests. */
  const reset = (): void => {
    Object.assign(world, {addsAccessors: false, needsAccessors: false}, structuredClone(initial))
    faults.clear()
    requests.length = 0
    violations.length = 0
  }

  return {world, credentials: createCredentials(world), faults, requests, violations, reset}
}

/** Records the request, checks it against the contract, and performs its operation with the next matching fault. */
export async function handle(emulator: Emulator, request: RecordedRequest): Promise<Outcome> {
  const {credentials, faults, requests, violations, world} = emulator
  const isReused = requests.some(({connection}) => connection === request.connection)
  requests.push(request)
  const requestId = `emulator-${String(requests.length).padStart(6, '0')}`
  const operation = matchOperation(request)
  const operationId = operation?.operationId as OperationId
  if (operation === undefined || !(operationId in handlers)) {
    violations.push(`${request.method} ${request.path}: the API has no such operation`)
    return {kind: 'response', response: errorResponse(404, 'Not found', requestId)}
  }

  request.operationId = operationId
  const problems = checkRequest(operation, request)
  violations.push(...problems.map(({text}) => text))
  const call: Call = {...request, credentials, params: paramsOf(operation, request), requestId, world}
  const operate = (): ApiResponse => {
    const {body, status} = reject(call, operation, problems) ?? handlers[operationId](call)
    violations.push(...checkResponse(operation, status, body).map(({text}) => text))
    // Text, because the world may change before the response is sent.
    return {status, body: JSON.stringify(body)}
  }

  return perform(faults.take(operationId), {isReused, operate, requestId, world})
}

function reject(call: Call, operation: Operation, problems: readonly Problem[]): ApiResponse | undefined {
  const {credentials, headers, params, requestId, world} = call
  const {organizationId} = params
  // The contract has an empty list for an operation without authentication.
  if (operation.security?.length && !credentials.isValid(headers.authorization)) {
    return errorResponse(401, 'Invalid or missing authentication token', requestId)
  }

  if (organizationId !== undefined && organizationId !== world.organizations[0]?.id) {
    return errorResponse(403, `Not a member of Organization ${organizationId}`, requestId)
  }

  const invalid = problems.find(({isTolerated}) => !isTolerated)
  return invalid && errorResponse(400, invalid.text, requestId)
}
