import type {OperationId, Query, Route} from './contract.js'
import type {Emulator} from './emulator.js'
import type {Role, WorldToken} from './world.js'

import {type Credential, refreshedForSeconds} from './credentials.js'
import {matchesQuery, page, sorted} from './listing.js'
import {type ApiResponse, errorResponse, oauthError} from './responses.js'
import {replaceRoles} from './role-writes.js'

/** The client ID in auth-config, and the only one that can refresh a login. */
export const clientId = 'emulator-client'

/** A request that fulfils the contract. */
export interface Call extends Pick<Emulator, 'credentials' | 'now' | 'url' | 'world'> {
  /** Undefined for an operation without authentication. */
  credential: Credential | undefined
  params: Route['params']
  query: Query
  body: unknown
  requestId: string
}

export const handlers: Readonly<Record<OperationId, (call: Call) => ApiResponse>> = {
  listOrganizations({credential, query, world}) {
    const own = world.organizations.filter(({id}) => credential?.organizations.includes(id))
    return page(query, 'organizations', own)
  },
  listDeployments(call) {
    const {query} = call
    const found = inOrganization(call, call.world.deployments)
      .filter(matchesQuery(query, 'deploymentIds', 'id'))
      .filter(matchesQuery(query, 'names', 'name'))
      .filter(matchesQuery(query, 'workspaceIds', 'workspaceId'))
    return page(query, 'deployments', sorted(query, found))
  },
  listRoles(call) {
    const {query, world} = call
    const inScope = (roles: readonly Role[]) => roles.filter(matchesQuery(query, 'scopeTypes', 'scopeType'))
    const {status, body} = page(query, 'roles', inScope(inFirstOrganization(call, world.customRoles)))
    if (query.includeDefaultRoles !== 'true') return {status, body}
    return {status, body: {...body, defaultRoles: inScope(world.defaultRoles)}}
  },
  listApiTokens,
  getApiToken(call) {
    const token = tokenOf(call)
    return token ? {status: 200, body: token} : notFound(call, 'API token', call.params.tokenId)
  },
  updateApiTokenRoles(call) {
    const token = tokenOf(call)
    if (token === undefined) return notFound(call, 'API token', call.params.tokenId)
    const result = replaceRoles(token, call)
    return 'message' in result ? errorResponse(result, call.requestId) : {status: 200, body: result}
  },
  getAuthConfig: ({url}) => ({status: 200, body: {clientId, audience: 'astronomer-ee', domainUrl: `${url}/`}}),
  renewAccessToken({body, credentials}) {
    // The contract check guarantees these fields.
    const form = body as Readonly<Record<'client_id' | 'refresh_token', string>>
    if (form.client_id !== clientId) return oauthError(401, 'invalid_client', 'Unknown client.')
    const login = credentials.refresh(form.refresh_token)
    if (login === undefined) return oauthError(400, 'invalid_grant', 'Unknown or invalid refresh token.')
    const {accessToken, refreshToken} = login
    const rotated = refreshToken === undefined ? {} : {refresh_token: refreshToken}
    const tokens = {access_token: accessToken, ...rotated, expires_in: refreshedForSeconds, token_type: 'Bearer'}
    return {status: 200, body: tokens}
  },
}

function listApiTokens(call: Call): ApiResponse {
  const {query, world} = call
  const {deploymentId} = query
  if (deploymentId !== undefined && !inOrganization(call, world.deployments).some(({id}) => id === deploymentId)) {
    return notFound(call, 'Deployment', deploymentId)
  }

  const found = inFirstOrganization(call, world.tokens)
    .filter(({scope}) => query.includeOnlyOrganizationTokens !== 'true' || scope === 'ORGANIZATION')
    .filter((token) => deploymentId === undefined || hasRoleInDeployment(token, deploymentId))
    .map(({roles, ...token}) => (roles && !world.withoutRolesInLists.includes(token.id) ? {...token, roles} : token))
  return page(query, 'tokens', sorted(query, found))
}

function notFound({requestId}: Call, kind: string, id: Query[string] = ''): ApiResponse {
  return errorResponse({status: 404, message: `${kind} ${String(id)} was not found`}, requestId)
}

function inOrganization<Item extends {organizationId: string}>({params}: Call, items: readonly Item[]): Item[] {
  return items.filter(({organizationId}) => organizationId === params.organizationId)
}

/** All tokens and roles belong to the first Organization. */
function inFirstOrganization<Item>({params, world}: Call, items: readonly Item[]): readonly Item[] {
  return world.organizations[0]?.id === params.organizationId ? items : []
}

function tokenOf(call: Call): undefined | WorldToken {
  return inFirstOrganization(call, call.world.tokens).find(({id}) => id === call.params.tokenId)
}

function hasRoleInDeployment({roles = []}: WorldToken, id: unknown): boolean {
  return roles.some(({deploymentId, entityId, entityType}) =>
    entityType === 'DEPLOYMENT' ? entityId === id : entityType.startsWith('DAG') && deploymentId === id,
  )
}
