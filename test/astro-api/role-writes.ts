import {isDeepStrictEqual} from 'node:util'

import type {SubjectRoles} from '../../src/lib/astro-api/responses.js'
import type {Call} from './handlers.js'
import type {TokenRole, World, WorldToken} from './world.js'

import {type ApiResponse, errorResponse} from './responses.js'

type Rejection = readonly [status: number, message: string] | undefined

/** Replaces all roles of the token with those of the body, unless they are rejected. */
export function replaceRoles(token: WorldToken, {body, requestId, world}: Call): ApiResponse {
  // The contract check guarantees the shape.
  const {roles} = body as {roles: TokenRole[]}
  for (const [index, entry] of roles.entries()) {
    const rejection = rejectEntry(entry, roles.slice(0, index), token, world)
    if (rejection) return errorResponse(...rejection, requestId)
  }

  const missing = accessorsFor(roles, world)
  const needed = missing.find(({entityType}) => entityType === 'DEPLOYMENT')
  if (world.needsAccessors && needed) {
    return errorResponse(400, `Roles on DAGs need a role on DEPLOYMENT ${needed.entityId}`, requestId)
  }

  token.roles = world.addsAccessors ? [...roles, ...missing] : roles
  token.updatedAt = new Date().toISOString()
  return {status: 200, body: subjectRoles(token.roles)}
}

/** The roles that give access to the Deployments of DAGs, and to the Workspaces of Deployments, where there are none. */
function accessorsFor(roles: readonly TokenRole[], {deployments}: World): TokenRole[] {
  const missing = (entityType: string, entityIds: readonly string[]): TokenRole[] =>
    [...new Set(entityIds)]
      .filter((id) => !roles.some((held) => held.entityType === entityType && held.entityId === id))
      .map((entityId) => ({entityType, entityId, role: `${entityType}_ACCESSOR`}))
  const dagDeployments = roles.flatMap(({deploymentId}) => deploymentId ?? [])
  const ofDags = missing('DEPLOYMENT', dagDeployments)
  const reached = new Set([...roles, ...ofDags].map(({entityId}) => entityId))
  const inReach = deployments.filter(({id}) => reached.has(id)).map(({workspaceId}) => workspaceId)
  return [...ofDags, ...missing('WORKSPACE', inReach)]
}

function rejectEntry(entry: TokenRole, before: readonly TokenRole[], token: WorldToken, world: World): Rejection {
  const {deploymentId, entityId, entityType, role} = entry
  const isDag = ['DAG', 'DAG_TAG'].includes(entityType)
  if (!isDag && !['DEPLOYMENT', 'ORGANIZATION', 'WORKSPACE'].includes(entityType)) {
    // A token may keep an entry of a type that is newer than the contract.
    const isKept = token.roles?.some((held) => isDeepStrictEqual(held, entry))
    return isKept ? undefined : [400, `Unknown entity type ${entityType}`]
  }

  const [kind, place] = isDag ? ['DEPLOYMENT', deploymentId] : [entityType, entityId]
  const {customRoles, defaultRoles, deployments, organizations, workspaces} = world
  const places = {ORGANIZATION: organizations, WORKSPACE: workspaces}[kind] ?? deployments
  if (!places.some(({id}) => id === place)) return [404, `${kind} ${place ?? ''} was not found`]
  const scope = isDag ? 'DAG' : entityType
  const isKnown = [...customRoles, ...defaultRoles].some(({name, scopeType}) => name === role && scopeType === scope)
  if (!isKnown) return [400, `There is no role '${role}' for ${entityType}`]
  const isRepeated = before.some((other) => other.entityType === entityType && other.entityId === entityId)
  return isRepeated && !isDag ? [400, `More than one role for ${entityType} ${entityId}`] : undefined
}

/** The API returns null, not an empty list, if there are no roles of a kind. */
function subjectRoles(roles: readonly TokenRole[]): SubjectRoles {
  const listOf = <Item>(type: string, toItem: (entry: TokenRole) => Item): Item[] | null => {
    const found = roles.filter(({entityType}) => entityType.startsWith(type))
    return found.length > 0 ? found.map((entry) => toItem(entry)) : null
  }

  return {
    organizationRole: listOf('ORGANIZATION', ({role}) => role)?.[0] ?? null,
    workspaceRoles: listOf('WORKSPACE', ({entityId, role}) => ({workspaceId: entityId, role})),
    deploymentRoles: listOf('DEPLOYMENT', ({entityId, role}) => ({deploymentId: entityId, role})),
    dagRoles: listOf('DAG', ({deploymentId = '', entityId, entityType, role}) => ({
      [entityType === 'DAG' ? 'dagId' : 'dagTag']: entityId,
      deploymentId,
      role,
    })),
  }
}
