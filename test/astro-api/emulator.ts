import type {Operation} from 'openapi-backend'

import type {RecordedRequest} from './requests.js'
import type {World} from './world.js'

import {checkRequest, checkResponse, matchOperation, type OperationId, paramsOf, type Problem} from './contract.js'
import {createCredentials, type Credentials} from './credentials.js'
import {createFaults, type Faults, type Outcome, perform} from './faults.js'
import {type Call, handlers} from './handlers.js'
import {type ApiResponse, errorResponse} from './responses.js'

/** The emulated API without a server. */
export interface Emulator {
  world: World
  credentials: Credentials
  faults: Faults
  /** In the order of their arrival. */
  requests: RecordedRequest[]
  /** Contract violations by requests or by the emulator itself. */
  violations: string[]
}

export function createEmulator(world: World): Emulator {
  return {world, credentials: createCredentials(world), faults: createFaults(), requests: [], violations: []}
}

/** Records the request, checks it against the contract, and performs its operation with the next matching fault. */
export async function handle(emulator: Emulator, request: RecordedRequest): Promise<Outcome> {
  const {credentials, faults, requests, violations, world} = emulator
  const isReused = requests.some(({connection}) => connection === request.connection)
  requests.push(request)
  const requestId = `emulator-${String(requests.length).padStart(6, '0')}`
  const operation = matchOperation(request)
  const operationId = operation?.operationId
  if (operation === undefined || !isEmulated(operationId)) {
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

  return perform(faults.take(operationId), operate, {isReused, requestId, world})
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

function isEmulated(operationId: string | undefined): operationId is OperationId {
  return operationId !== undefined && operationId in handlers
}
