import type {RecordedRequest} from './requests.js'
import type {World} from './world.js'

import {type Contract, loadContract, type Problem, type Route} from './contract.js'
import {createCredentials, type Credential, type Credentials} from './credentials.js'
import {createFaults, type Faults, type Outcome, perform} from './faults.js'
import {handlers} from './handlers.js'
import {type ApiResponse, errorResponse, oauthError} from './responses.js'

/** The emulated API without a server. */
export interface Emulator {
  world: World
  contract: Promise<Contract>
  credentials: Credentials
  faults: Faults
  requests: RecordedRequest[]
  violations: string[]
  now: () => Date
  /** The emulator's address, without a slash at the end. */
  url: string
  /** Aborted when the emulator closes. */
  signal: AbortSignal
}

interface Exchange {
  emulator: Emulator
  request: RecordedRequest
  route: Route
  problems: readonly Problem[]
  requestId: string
}

const publicOperations = new Set(['getAuthConfig', 'renewAccessToken'])

export function createEmulator(
  world: World,
  {now = () => new Date(), signal = new AbortController().signal}: Partial<Pick<Emulator, 'now' | 'signal'>> = {},
): Emulator {
  return {
    world,
    contract: loadContract(),
    credentials: createCredentials({organizations: () => world.organizations.map(({id}) => id), now}),
    faults: createFaults(),
    requests: [],
    violations: [],
    now,
    url: 'https://emulator.example',
    signal,
  }
}

/** Records the request, checks it against the contract, and performs its operation with the next matching fault. */
export async function handle(emulator: Emulator, request: RecordedRequest): Promise<Outcome> {
  const {faults, requests, signal, violations, world} = emulator
  const contract = await emulator.contract
  const isReused = requests.some(({connection}) => connection === request.connection)
  requests.push(request)
  const requestId = `emulator-${String(requests.length).padStart(6, '0')}`
  const route = contract.route(request.method, request.path)
  if (route === undefined) {
    violations.push(`${request.method} ${request.path}: the API has no such operation`)
    return {kind: 'response', response: errorResponse({status: 404, message: 'Not found'}, requestId)}
  }

  request.operationId = route.operationId
  const problems = contract.checkRequest(route, request)
  violations.push(...describeProblems(route, 'request', problems))
  const operate = (): ApiResponse => {
    const {body, status} = respond({emulator, request, route, problems, requestId})
    violations.push(...describeProblems(route, `response ${status}`, contract.checkResponse(route, status, body)))
    // Text, because the world may change before the response is sent.
    return {status, body: JSON.stringify(body)}
  }

  const action = faults.take(route.operationId, request.method)
  return perform(action, operate, {isReused, requestId, signal, world})
}

function respond(exchange: Exchange): ApiResponse {
  const {emulator, problems, request, requestId, route} = exchange
  const isPublic = publicOperations.has(route.operationId)
  const credential = isPublic ? undefined : emulator.credentials.authenticate(request.headers.authorization)
  const invalid = problems.filter(({isTolerated}) => !isTolerated)
  if (isPublic && invalid.length > 0) {
    return oauthError(400, 'invalid_request', invalid.map(({field, message}) => `${field} ${message}`).join('; '))
  }

  if (!isPublic && credential === undefined) {
    return errorResponse({status: 401, message: 'Invalid or missing authentication token'}, requestId)
  }

  if (credential && !isMember(credential, route, emulator.world)) {
    const message = `Not a member of Organization ${route.params.organizationId ?? ''}`
    return errorResponse({status: 403, message}, requestId)
  }

  if (invalid.length > 0) {
    const fieldErrors = invalid.map(({field, message}) => ({code: 'invalid', field: fieldName(field), message}))
    return errorResponse({status: 400, message: 'Invalid request', fieldErrors}, requestId)
  }

  const {body, query} = request
  return handlers[route.operationId]({...emulator, credential, params: route.params, query, body, requestId})
}

/** A name such as `roles.0.role`. */
function fieldName(pointer: string): string {
  return pointer.replace(/^\/(?:(?:requestBody|query|header)\/)?/, '').replaceAll('/', '.')
}

function isMember(credential: Credential, {params}: Route, {organizations}: World): boolean {
  const id = params.organizationId
  return id === undefined || (organizations.some((one) => one.id === id) && credential.organizations.includes(id))
}

function describeProblems({operationId}: Route, part: string, problems: readonly Problem[]): string[] {
  return problems.map(({field, message}) => `${operationId} ${part}: ${field} ${message}`)
}
