import type {Role} from '../../src/lib/astro-api/responses.js'
import type {Credentials} from './credentials.js'
import type {RecordedRequest} from './requests.js'
import type {World, WorldToken} from './world.js'

import {refreshedForSeconds} from './credentials.js'
import {type ApiResponse, errorResponse} from './responses.js'
import {replaceRoles} from './role-writes.js'

/** A request that fulfils the contract. */
export interface Call extends Pick<RecordedRequest, 'body' | 'headers' | 'query'> {
  credentials: Credentials
  params: Readonly<Record<string, string>>
  requestId: string
  world: World
}

export type OperationId = keyof typeof handlers

const clientId = 'emulator-client'

export const handlers = {
  listOrganizations: ({query, world}) => page(query, 'organizations', world.organizations),
  listDeployments({query, world}) {
    const found = world.deployments
      .filter(matchesQuery(query, 'deploymentIds', 'id'))
      .filter(matchesQuery(query, 'names', 'name'))
      .filter(matchesQuery(query, 'workspaceIds', 'workspaceId'))
    return page(query, 'deployments', sorted(query, found))
  },
  listRoles({query, world}) {
    const inScope = (roles: readonly Role[]) => roles.filter(matchesQuery(query, 'scopeTypes', 'scopeType'))
    const {body, status} = page(query, 'roles', inScope(world.customRoles))
    const defaultRoles = query.includeDefaultRoles === 'true' && inScope(world.defaultRoles)
    return {status, body: {...body, ...(defaultRoles && {defaultRoles})}}
  },
  listApiTokens,
  getApiToken: (call) => withToken(call, (token) => ({status: 200, body: token})),
  updateApiTokenRoles: (call) => withToken(call, (token) => replaceRoles(token, call)),
  getAuthConfig: ({headers}) => ({status: 200, body: {clientId, domainUrl: `http://${headers.host ?? ''}/`}}),
  renewAccessToken({body, credentials}) {
    // The contract check guarantees these fields.
    const form = body as Readonly<Record<'client_id' | 'refresh_token', string>>
    const login = form.client_id === clientId && credentials.refresh(form.refresh_token)
    if (!login) return {status: 400, body: {error: 'invalid_grant'}}
    const {accessToken, refreshToken} = login
    // JSON omits a refresh token that is undefined.
    const renewed = {access_token: accessToken, refresh_token: refreshToken, expires_in: refreshedForSeconds}
    return {status: 200, body: renewed}
  },
} satisfies Record<string, (call: Call) => ApiResponse>

function listApiTokens({query, requestId, world}: Call): ApiResponse {
  const {deploymentId} = query
  if (deploymentId !== undefined && !world.deployments.some(({id}) => id === deploymentId)) {
    return errorResponse(404, `Deployment ${String(deploymentId)} was not found`, requestId)
  }

  const found = world.tokens
    .filter(({scope}) => query.includeOnlyOrganizationTokens !== 'true' || scope === 'ORGANIZATION')
    .filter((token) => deploymentId === undefined || hasRoleInDeployment(token, deploymentId))
    .map(({roles, ...token}) => (roles && !world.withoutRolesInLists.includes(token.id) ? {...token, roles} : token))
  return page(query, 'tokens', sorted(query, found))
}

function hasRoleInDeployment({roles = []}: WorldToken, id: unknown): boolean {
  return roles.some(({deploymentId, entityId, entityType}) =>
    entityType === 'DEPLOYMENT' ? entityId === id : entityType.startsWith('DAG') && deploymentId === id,
  )
}

function withToken({params, requestId, world}: Call, work: (token: WorldToken) => ApiResponse): ApiResponse {
  const token = world.tokens.find(({id}) => id === params.tokenId)
  return token ? work(token) : errorResponse(404, `API token ${params.tokenId ?? ''} was not found`, requestId)
}

type Query = Call['query']

/** The page that `offset` and `limit` select, with the items under this key. */
function page(query: Query, key: string, items: readonly unknown[]): ApiResponse & {body: object} {
  const offset = Number(query.offset ?? 0)
  const limit = Number(query.limit ?? 20)
  return {status: 200, body: {[key]: items.slice(offset, offset + limit), limit, offset, totalCount: items.length}}
}

/** A filter for the items with one of the parameter's values. Without the parameter, it keeps all items. */
function matchesQuery<Field extends string>(query: Query, key: string, field: Field) {
  const wanted = [query[key] ?? []].flat()
  return (item: Readonly<Record<Field, string>>): boolean => wanted.length === 0 || wanted.includes(item[field])
}

function sorted<Item extends {createdAt?: string | undefined}>({sorts}: Query, items: readonly Item[]) {
  if (sorts !== 'createdAt:asc') return items
  const timeOf = ({createdAt = ''}: Item) => createdAt
  return items.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1))
}
