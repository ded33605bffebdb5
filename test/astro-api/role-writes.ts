import {isDeepStrictEqual} from 'node:util'

import type {SubjectRoles} from '../../src/lib/astro-api/responses.js'
import type {Call} from './handlers.js'
import type {Rejection} from './responses.js'
import type {TokenRole, World, WorldToken} from './world.js'

const SINGLE_ROLE = new Set(['DEPLOYMENT', 'ORGANIZATION', 'WORKSPACE'])

/** Replaces all roles of the token with those of the request, unless they are rejected. */
export function replaceRoles(token: WorldToken, call: Call): Rejection | SubjectRoles {
  // The contract check guarantees the shape.
  const {roles} = call.body as {roles: TokenRole[]}
  for (const [index, entry] of roles.entries()) {
    const rejection = rejectEntry(entry, `roles.${index}`, token, call) ?? rejectRepeated(entry, roles.slice(0, index))
    if (rejection) return rejection
  }

  const {addsAccessors, needsAccessors} = call.world
  const missing = accessorsFor(roles, call.world)
  const [needed] = needsAccessors ? missing.filter(({entityType}) => entityType === 'DEPLOYMENT') : []
  if (needed) return {status: 400, message: `Roles on DAGs need a role on DEPLOYMENT ${needed.entityId}`}
  token.roles = addsAccessors ? [...roles, ...missing] : roles
  token.updatedAt = call.now().toISOString()
  if (call.credential) token.updatedBy = call.credential.subject
  return subjectRoles(token.roles)
}

/** The roles that give access to the Deployments of DAGs, and to the Workspaces of Deployments, where there are none. */
function accessorsFor(roles: readonly TokenRole[], {deployments}: World): TokenRole[] {
  const missing = (entityType: string, ids: readonly (string | undefined)[]): TokenRole[] =>
    [...new Set(ids)]
      .filter((id) => id !== undefined && !roles.some((held) => held.entityType === entityType && held.entityId === id))
      .map((id) => ({entityType, entityId: id ?? '', role: `${entityType}_ACCESSOR`}))
  const ofDags = missing(
    'DEPLOYMENT',
    roles.map(({deploymentId}) => deploymentId),
  )
  const reached = [...roles, ...ofDags].filter(({entityType}) => entityType === 'DEPLOYMENT')
  const workspaceOf = (id: string) => deployments.find((deployment) => deployment.id === id)?.workspaceId
  const ofDeployments = missing(
    'WORKSPACE',
    reached.map(({entityId}) => workspaceOf(entityId)),
  )
  return [...ofDags, ...ofDeployments]
}

function rejectEntry(entry: TokenRole, field: string, token: WorldToken, call: Call): Rejection | undefined {
  const {deploymentId, entityId, entityType, role} = entry
  const scope = entityType === 'DAG_TAG' ? 'DAG' : entityType
  if (scope !== 'DAG' && !SINGLE_ROLE.has(scope)) {
    // A token may keep an entry of a type that is newer than the contract.
    const isKept = token.roles?.some((held) => isDeepStrictEqual(held, entry))
    return isKept ? undefined : invalidField(`${field}.entityType`, `Unknown entity type ${entityType}`)
  }

  if (scope === 'DAG' && deploymentId === undefined) {
    return invalidField(`${field}.deploymentId`, `A role on a ${entityType} needs the deploymentId`)
  }

  const [kind, id] = scope === 'DAG' ? ['DEPLOYMENT', deploymentId] : [scope, entityId]
  if (!exists(kind, id, call)) return {status: 404, message: `${kind} ${id ?? ''} was not found`}
  const {customRoles, defaultRoles} = call.world
  const isKnown = [...customRoles, ...defaultRoles].some(({name, scopeType}) => name === role && scopeType === scope)
  return isKnown ? undefined : {status: 400, message: `There is no role '${role}' for ${entityType}`}
}

function invalidField(field: string, message: string): Rejection {
  return {status: 400, message, fieldErrors: [{code: 'invalid', field, message}]}
}

function exists(kind: string | undefined, id: string | undefined, {params, world}: Call): boolean {
  if (kind === 'ORGANIZATION') return id === params.organizationId
  const items = kind === 'WORKSPACE' ? world.workspaces : world.deployments
  return items.some((item) => item.id === id && item.organizationId === params.organizationId)
}

function rejectRepeated({entityId, entityType}: TokenRole, before: readonly TokenRole[]): Rejection | undefined {
  const isRepeated = before.some((other) => other.entityType === entityType && other.entityId === entityId)
  if (!isRepeated || !SINGLE_ROLE.has(entityType)) return undefined
  return {status: 400, message: `More than one role for ${entityType} ${entityId}`}
}

/** The API returns null, not an empty list, if there are no roles of a kind. */
function subjectRoles(roles: readonly TokenRole[]): SubjectRoles {
  const of = (type: string): TokenRole[] => roles.filter(({entityType}) => entityType === type)
  const inDag = ({deploymentId = '', role}: TokenRole) => ({deploymentId, role})
  return {
    organizationRole: of('ORGANIZATION')[0]?.role ?? null,
    workspaceRoles: orNull(of('WORKSPACE').map(({entityId, role}) => ({workspaceId: entityId, role}))),
    deploymentRoles: orNull(of('DEPLOYMENT').map(({entityId, role}) => ({deploymentId: entityId, role}))),
    dagRoles: orNull([
      ...of('DAG').map((entry) => ({dagId: entry.entityId, ...inDag(entry)})),
      ...of('DAG_TAG').map((entry) => ({dagTag: entry.entityId, ...inDag(entry)})),
    ]),
  }
}

function orNull<Item>(items: Item[]): Item[] | null {
  return items.length > 0 ? items : null
}
