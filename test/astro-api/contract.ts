import type {ErrorObject} from 'ajv'

import {readFileSync} from 'node:fs'
import {type Document, OpenAPIBackend, type Operation} from 'openapi-backend'
import {parse} from 'yaml'

import type {RecordedRequest} from './requests.js'

export type {OperationId} from './handlers.js'

/** A violation of the contract. */
export interface Problem {
  text: string
  /** Whether the API accepts the request anyway. */
  isTolerated: boolean
}

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

const contract = new OpenAPIBackend({
  definition: readDefinition(),
  // Compiles the schemas of an operation when it is first used.
  quick: true,
  ignoreTrailingSlashes: false,
  ajvOpts: {strict: false, allErrors: true, formats: {'date-time': DATE_TIME, uri: (text) => URL.canParse(text)}},
})
await contract.init()

/** Paths are under /v1, except those with servers of their own. */
function readDefinition(): Document {
  const definition = parse(readFileSync(new URL('astro-api.yaml', import.meta.url), 'utf8')) as Document
  const paths = Object.entries(definition.paths ?? {})
  const prefixed = paths.map(([path, item]) => [item?.servers ? path : `/v1${path}`, item] as const)
  return {...definition, paths: Object.fromEntries(prefixed)} as Document
}

export function matchOperation({method, path}: RecordedRequest): Operation | undefined {
  return contract.matchOperation({method, path, headers: {}})
}

export function paramsOf(operation: Operation, {method, path}: RecordedRequest): Record<string, string> {
  return contract.router.parseRequest({method, path, headers: {}}, operation).params as Record<string, string>
}

/** A body of a media type that the operation does not accept counts as missing. */
export function checkRequest(operation: Operation, {body, ...request}: RecordedRequest): Problem[] {
  const {content} = {content: {}, ...operation.requestBody}
  const [type = ''] = (request.headers['content-type'] ?? '').split(';')
  const {errors} = contract.validateRequest({...request, ...(type in content && {body})}, operation)
  return (errors ?? []).map((error) => toProblem(error, `${operation.operationId} request`))
}

export function checkResponse(operation: Operation, status: number, body: unknown): Problem[] {
  const {errors} = contract.validateResponse(body, operation, status)
  return (errors ?? []).map((error) => toProblem(error, `${operation.operationId} response ${status}`))
}

function toProblem({instancePath, keyword, message = keyword, params}: ErrorObject, where: string): Problem {
  const isExtraParameter = keyword === 'additionalProperties' && instancePath === '/query'
  // The API may add entity types to those in the contract.
  const isNewEntityType = keyword === 'enum' && instancePath.endsWith('/entityType')
  const detail = String(params.additionalProperty ?? params.allowedValues ?? '')
  const text = `${where}: ${instancePath || '/'} ${message}${detail && ` (${detail})`}`
  return {text, isTolerated: isExtraParameter || isNewEntityType}
}
