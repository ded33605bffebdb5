import {fileURLToPath} from 'node:url'
import {type AjvCustomizer, OpenAPIBackend} from 'openapi-backend'

import type {RecordedRequest} from './requests.js'

export const OPERATION_IDS = [
  'listOrganizations',
  'listDeployments',
  'listRoles',
  'listApiTokens',
  'getApiToken',
  'updateApiTokenRoles',
  'getAuthConfig',
  'renewAccessToken',
] as const
export type OperationId = (typeof OPERATION_IDS)[number]

/** The parameters of a query. A repeated key has a list of values. */
export type Query = Record<string, string | string[]>

/** A violation of the contract. */
export interface Problem {
  /** A JSON pointer. */
  field: string
  message: string
  /** Whether the API accepts the request anyway. */
  isTolerated: boolean
}

export interface Route {
  operationId: OperationId
  params: Readonly<Record<string, string>>
}

export interface Contract {
  /** Returns undefined if the API has no such path and method. */
  route(method: string, path: string): Route | undefined
  checkRequest(route: Route, request: RecordedRequest): Problem[]
  checkResponse(route: Route, status: number, body: unknown): Problem[]
}

interface SchemaError {
  instancePath: string
  keyword: string
  message?: string | undefined
  params: {readonly additionalProperty?: string; readonly allowedValues?: readonly unknown[]}
}

const prefix = '/v1'
const dateTime = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/
let loaded: Promise<Contract> | undefined

function isOperationId(value: unknown): value is OperationId {
  const operationIds: readonly unknown[] = OPERATION_IDS
  return operationIds.includes(value)
}

/** Reads `astro-api.yaml`, once for all emulators of a process. */
export async function loadContract(): Promise<Contract> {
  loaded ??= readContract(fileURLToPath(new URL('astro-api.yaml', import.meta.url)))
  return loaded
}

async function readContract(definition: string): Promise<Contract> {
  const api = new OpenAPIBackend({
    definition,
    // Compiles the schemas of an operation when it is first used.
    quick: true,
    ignoreTrailingSlashes: false,
    ajvOpts: {strict: false, allErrors: true},
    customizeAjv: addFormats,
  })
  await api.init()
  const operations = new Map(api.getOperations().map((operation) => [operation.operationId, operation]))
  const paths = new Map(Object.entries(api.definition.paths ?? {}))

  return {
    route(method, path) {
      const match = api.matchOperation({method, path: withoutPrefix(path), headers: {}})
      // A path with its own servers is not under /v1.
      const underPrefix = match !== undefined && paths.get(match.path)?.servers === undefined
      if (!isOperationId(match?.operationId) || underPrefix !== path.startsWith(`${prefix}/`)) return
      const params = pathParams(match.path, withoutPrefix(path))
      return params && {operationId: match.operationId, params}
    },
    checkRequest({operationId}, {method, path, query, headers, body}) {
      const request = {method, path: withoutPrefix(path), query, headers, ...(body !== null && {body})}
      const {errors} = api.validateRequest(request, operationId)
      const mediaTypes = mediaTypesOf(operations.get(operationId)?.requestBody)
      return [
        ...checkMediaType(mediaTypes, headers['content-type']),
        ...(errors ?? []).map((error) => toProblem(error)),
      ]
    },
    checkResponse({operationId}, status, body) {
      return (api.validateResponse(body, operationId, status).errors ?? []).map((error) => toProblem(error))
    },
  }
}

const addFormats: AjvCustomizer = (ajv) => {
  ajv.addFormat('date-time', (text) => dateTime.test(text) && !Number.isNaN(Date.parse(text)))
  ajv.addFormat('uri', (text) => URL.canParse(text))
  return ajv
}

function withoutPrefix(path: string): string {
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path
}

/** Returns undefined for malformed percent-encoding. */
function pathParams(template: string, path: string): Record<string, string> | undefined {
  const values = path.split('/')
  const named = template
    .split('/')
    .flatMap((part, index) => (part.startsWith('{') ? [[part.slice(1, -1), values[index] ?? ''] as const] : []))
  try {
    return Object.fromEntries(named.map(([name, value]) => [name, decodeURIComponent(value)]))
  } catch {
    return undefined
  }
}

function mediaTypesOf(requestBody: object | undefined): string[] {
  return requestBody && 'content' in requestBody ? Object.keys(requestBody.content ?? {}) : []
}

function checkMediaType(expected: readonly string[], contentType = ''): Problem[] {
  const sent = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  if (expected.length === 0 || expected.includes(sent)) return []
  const message = `must be ${expected.join(' or ')}, not '${sent}'`
  return [{field: '/header/content-type', message, isTolerated: false}]
}

function toProblem({instancePath, keyword, message = keyword, params}: SchemaError): Problem {
  const isExtraParameter = keyword === 'additionalProperties' && instancePath === '/query'
  // The API may add entity types to those in the contract.
  const isNewEntityType = keyword === 'enum' && instancePath.endsWith('/entityType')
  const isTolerated = isExtraParameter || isNewEntityType
  const {additionalProperty, allowedValues} = params
  const detail = String(additionalProperty ?? allowedValues ?? '')
  return {field: instancePath || '/', message: detail ? `${message} (${detail})` : message, isTolerated}
}
