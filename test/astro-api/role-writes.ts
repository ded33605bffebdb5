import {isDeepStrictEqual} from 'node:util'

import type {SubjectRoles} from '../../src/lib/astro-api/responses.js'
import type {TokenRole, World, WorldToken} from './world.js'

interface Rejection {
  status: number
  message: string
}

const SINGLE_ROLE = new Set(['DEPLOYMENT', 'ORGANIZATION', 'WORKSPACE'])

/** Replaces all roles of the token with those of the body, unless they are rejected. */
export function replaceRoles(token: WorldToken, body: unknown, world: World): Rejection | SubjectRoles {
  // The contract check guarantees the shape.
  const {roles} = body as {roles: TokenRole[]}
  for (const [index, entry] of roles.entries()) {
    const rejection = rejectEntry(entry, token, world) ?? rejectRepeated(entry, roles.slice(0, index))
    if (rejection) return rejection
  }

  const missing = accessorsFor(roles, world)
  const needed = missing.find(({entityType}) => entityType === 'DEPLOYMENT')
  if (world.needsAccessors && needed) {
    return {status: 400, message: `Roles on DAGs need a role on DEPLOYMENT ${needed.entityId}`}
  }

  token.roles = world.addsAccessors ? [...roles, ...missing] : roles
  token.updatedAt = new Date().toISOString()
  return subjectRoles(token.roles)
}

/** The roles that give access to the Deployments of DAGs, and to the Workspaces of Deployments, where there are none. */
function accessorsFor(roles: readonly TokenRole[], {deployments}: World): TokenRole[] {
  const missing = (entityType: string, entityIds: readonly (string | undefined)[]): TokenRole[] =>
    [...new Set(entityIds)]
      .filter((id) => id !== undefined)
      .filter((id) => !roles.some((held) => held.entityType === entityType && held.entityId === id))
      .map((entityId) => ({entityType, entityId, role: `${entityType}_ACCESSOR`}))
  const dagDeployments = roles.map(({deploymentId}) => deploymentId)
  const ofDags = missing('DEPLOYMENT', dagDeployments)
  const reached = new Set([...roles, ...ofDags].map(({entityId}) => entityId))
  const inReach = deployments.filter(({id}) => reached.has(id)).map(({workspaceId}) => workspaceId)
  return [...ofDags, ...missing('WORKSPACE', inReach)]
}

function rejectEntry(entry: TokenRole, token: WorldToken, world: World): Rejection | undefined {
  const {deploymentId, entityId, entityType, role} = entry
  const isDag = ['DAG', 'DAG_TAG'].includes(entityType)
  if (!isDag && !SINGLE_ROLE.has(entityType)) {
    // A token may keep an entry of a type that is newer than the contract.
    const isKept = token.roles?.some((held) => isDeepStrictEqual(held, entry))
    return isKept ? undefined : {status: 400, message: `Unknown entity type ${entityType}`}
  }

  const [kind, place] = isDag ? ['DEPLOYMENT', deploymentId] : [entityType, entityId]
  const {customRoles, defaultRoles, deployments, organizations, workspaces} = world
  const places = {ORGANIZATION: organizations, WORKSPACE: workspaces}[kind] ?? deployments
  if (!places.some(({id}) => id === place)) return {status: 404, message: `${kind} ${place ?? ''} was not found`}
  const scope = isDag ? 'DAG' : entityType
  const isKnown = [...customRoles, ...defaultRoles].some(({name, scopeType}) => name === role && scopeType === scope)
  return isKnown ? undefined : {status: 400, message: `There is no role '${role}' for ${entityType}`}
}

function rejectRepeated({entityId, entityType}: TokenRole, before: readonly TokenRole[]): Rejection | undefined {
  const isRepeated = before.some((other) => other.entityType === entityType && other.entityId === entityId)
  if (!isRepeated || !SINGLE_ROLE.has(entityType)) return undefined
  return {status: 400, message: `More than one role for ${entityType} ${entityId}`}
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
