import type {Contract, Problem, Route} from './contract.js'
import type {Credential, Credentials} from './credentials.js'
import type {RecordedRequest} from './requests.js'
import type {World} from './world.js'

import {type Answer, errorAnswer} from './answers.js'
import {type Faults, type Outcome, perform} from './faults.js'
import {handlers} from './handlers.js'
import {oauthError} from './oauth.js'
import {searchParamsOf} from './requests.js'

/** The emulated API without its sockets. */
export interface Emulator {
  world: World
  contract: Contract
  credentials: Credentials
  faults: Faults
  requests: RecordedRequest[]
  violations: string[]
  now: () => Date
  /** Its own address, without a slash at the end. */
  url: string
  /** Aborted when it closes. */
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

/** Records the request, checks it against the contract and does what it asks, with the fault that is due. */
export async function handle(emulator: Emulator, request: RecordedRequest): Promise<Outcome> {
  const {contract, faults, requests, signal, violations, world} = emulator
  const isReused = requests.some(({connection}) => connection === request.connection)
  requests.push(request)
  const requestId = `emulator-${String(requests.length).padStart(6, '0')}`
  const route = contract.route(request.method, request.path)
  if (route === undefined) {
    violations.push(`${request.method} ${request.path}: the API has no such operation`)
    return {kind: 'answer', answer: errorAnswer({status: 404, message: 'Not found'}, requestId)}
  }

  request.operationId = route.operationId
  const problems = contract.checkRequest(route, {...request, body: request.body ?? undefined})
  violations.push(...worded(route, 'request', problems))
  const exchange = {emulator, request, route, problems, requestId}
  const action = faults.take(route.operationId, request.method)
  return perform(action, () => operate(exchange), {isReused, requestId, signal, world})
}

/** Does the operation, checks its answer, and fixes it as text: the world may go on changing before it is sent. */
function operate(exchange: Exchange): Answer {
  const {emulator, route} = exchange
  const {body, status} = answerOf(exchange)
  const text = JSON.stringify(body)
  emulator.violations.push(...worded(route, `answer ${status}`, emulator.contract.checkAnswer(route, status, body)))
  return {status, body: text}
}

function answerOf({emulator, problems, request, requestId, route}: Exchange): Answer {
  const {credentials, now, url, world} = emulator
  const isPublic = publicOperations.has(route.operationId)
  const credential = isPublic ? undefined : credentials.authenticate(request.headers.authorization)
  const refused = problems.filter(({tolerated}) => !tolerated)
  if (isPublic && refused.length > 0) {
    return oauthError(400, 'invalid_request', refused.map(({field, message}) => `${field} ${message}`).join('; '))
  }

  if (!isPublic && credential === undefined) {
    return errorAnswer({status: 401, message: 'Invalid or missing authentication token'}, requestId)
  }

  if (!isPublic && !mayEnter(credential, route, world)) {
    const message = `Not a member of Organization ${route.params.organizationId ?? ''}`
    return errorAnswer({status: 403, message}, requestId)
  }

  if (refused.length > 0) {
    const fieldErrors = refused.map(({field, message}) => ({code: 'invalid', field: fieldName(field), message}))
    return errorAnswer({status: 400, message: 'Invalid request', fieldErrors}, requestId)
  }

  const {params} = route
  const query = searchParamsOf(request.query)
  const call = {world, credentials, credential, params, query, body: request.body, requestId, now: now(), url}
  return handlers[route.operationId](call)
}

/** A name such as `roles.0.role`: what it is part of goes without saying. */
function fieldName(pointer: string): string {
  return pointer.replace(/^\/(?:requestBody|query|header)\//, '').replaceAll('/', '.')
}

function mayEnter(credential: Credential | undefined, {params}: Route, {organizations}: World): boolean {
  const id = params.organizationId
  if (id === undefined) return true
  return organizations.some((one) => one.id === id) && credential?.organizations.includes(id) === true
}

function worded({operationId}: Route, part: string, problems: readonly Problem[]): string[] {
  return problems.map(({field, message}) => `${operationId} ${part}: ${field} ${message}`)
}
