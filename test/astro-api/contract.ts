import {fileURLToPath} from 'node:url'
import {type AjvCustomizer, OpenAPIBackend} from 'openapi-backend'

/** Every operation of the contract. */
export const OPERATION_IDS = [
  'listOrganizations',
  'listDeployments',
  'getDeployment',
  'listRoles',
  'listApiTokens',
  'getApiToken',
  'updateApiTokenRoles',
  'getAuthConfig',
  'renewAccessToken',
] as const
export type OperationId = (typeof OPERATION_IDS)[number]

/** A query as sent: a key that was repeated has a list. */
export type Query = Record<string, string | string[]>

export interface RequestFacts {
  method: string
  /** With /v1, where it has one; without the query. */
  path: string
  query: Query
  headers: Record<string, string>
  /** Parsed, or the text where it does not parse. */
  body: unknown
}

/** What a request or an answer got wrong. */
export interface Problem {
  /** Where, as a JSON pointer. */
  field: string
  message: string
  /** Recorded as a violation, but no reason for the API to refuse the request. */
  tolerated: boolean
}

export interface Route {
  operationId: OperationId
  params: Readonly<Record<string, string>>
}

export interface Contract {
  /** @returns undefined where the API has no such path and method. */
  route(method: string, path: string): Route | undefined
  checkRequest(route: Route, request: RequestFacts): Problem[]
  checkAnswer(route: Route, status: number, body: unknown): Problem[]
}

interface SchemaError {
  instancePath: string
  keyword: string
  message?: string | undefined
  params: unknown
}

const prefix = '/v1'
const dateTime = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/
let loaded: Promise<Contract> | undefined

/** Whether the contract has an operation of that name. */
export function isOperationId(value: unknown): value is OperationId {
  const operationIds: readonly unknown[] = OPERATION_IDS
  return operationIds.includes(value)
}

/** The contract in `astro-api.yaml`, read once for all the emulators of a process. */
export async function loadContract(): Promise<Contract> {
  loaded ??= readContract(fileURLToPath(new URL('astro-api.yaml', import.meta.url)))
  return loaded
}

async function readContract(definition: string): Promise<Contract> {
  const api = new OpenAPIBackend({
    definition,
    // An operation's schemas are compiled when it is first used.
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
      // A path with servers of its own lives beside /v1, not under it.
      const underPrefix = match !== undefined && paths.get(match.path)?.servers === undefined
      if (!isOperationId(match?.operationId) || underPrefix !== path.startsWith(`${prefix}/`)) return
      const params = pathParams(match.path, withoutPrefix(path))
      return params && {operationId: match.operationId, params}
    },
    checkRequest({operationId}, {method, path, query, headers, body}) {
      const request = {method, path: withoutPrefix(path), query, headers, ...(body !== undefined && {body})}
      const {errors} = api.validateRequest(request, operationId)
      const mediaTypes = mediaTypesOf(operations.get(operationId)?.requestBody)
      return [
        ...mediaTypeProblems(mediaTypes, headers['content-type']),
        ...(errors ?? []).map((error) => problem(error)),
      ]
    },
    checkAnswer({operationId}, status, body) {
      return (api.validateResponse(body, operationId, status).errors ?? []).map((error) => problem(error))
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

/** Undefined where a part of the path is not well-formed percent-encoding. */
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

function mediaTypeProblems(expected: readonly string[], contentType = ''): Problem[] {
  const sent = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  if (expected.length === 0 || expected.includes(sent)) return []
  const message = `must be ${expected.join(' or ')}, not '${sent}'`
  return [{field: '/header/content-type', message, tolerated: false}]
}

function problem({instancePath, keyword, message = keyword, params}: SchemaError): Problem {
  const extra = keyword === 'additionalProperties' && instancePath === '/query'
  // The API's own list of entity types may be longer than the one that is written down here.
  const newEntityType = keyword === 'enum' && instancePath.endsWith('/entityType')
  return {field: instancePath || '/', message: `${message}${detail(params)}`, tolerated: extra || newEntityType}
}

function detail(params: unknown): string {
  if (typeof params !== 'object' || params === null) return ''
  if ('additionalProperty' in params) return ` (${String(params.additionalProperty)})`
  return 'allowedValues' in params ? ` (${String(params.allowedValues)})` : ''
}
