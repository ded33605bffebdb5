import {type SubjectRoles, type TokenRole} from '../astro-api/responses.js'
import {DEPLOYMENT_ACCESSOR, hasDagRole, roleAfter, type RoleChange, roleNamesOn} from './arithmetic.js'

/**
 * Whether Astro has what was written. Astro may add roles itself: WORKSPACE_ACCESSOR, and DEPLOYMENT_ACCESSOR on a
 * Deployment where the token has roles on DAGs.
 */

/** Whether `actual` has all roles of `expected`, and no others except those that Astro adds. Ignores order. */
export function hasRolesOf(actual: readonly TokenRole[], expected: readonly TokenRole[]): boolean {
  const keysOf = (roles: readonly TokenRole[]) => new Set(roles.map((entry) => keyOf(entry)))
  const [actualKeys, expectedKeys] = [keysOf(actual), keysOf(expected)]
  return (
    expected.every((entry) => actualKeys.has(keyOf(entry))) &&
    actual.every((entry) => expectedKeys.has(keyOf(entry)) || isAddedByAstro(entry, expected))
  )
}

/**
 * Whether the roles show every change. After a removal, DEPLOYMENT_ACCESSOR may be left where the token has roles on
 * DAGs, unless it is the role that was removed.
 */
export function showsChanges(roles: readonly TokenRole[], changes: readonly RoleChange[]): boolean {
  return changes.every((change) => {
    const present = roleNamesOn(roles, change.deploymentId)
    if (change.action !== 'removed') return present.length > 0 && present.every((role) => role === roleAfter(change))
    return present.every(
      (role) => role === DEPLOYMENT_ACCESSOR && role !== change.previousRole && hasDagRole(roles, change.deploymentId),
    )
  })
}

/** The part of a response with the roles of each type. */
const PARTS: Readonly<Record<string, keyof SubjectRoles>> = {
  ORGANIZATION: 'organizationRole',
  WORKSPACE: 'workspaceRoles',
  DEPLOYMENT: 'deploymentRoles',
  DAG: 'dagRoles',
  DAG_TAG: 'dagRoles',
}

/**
 * The token's roles, if the response to a write confirms them; otherwise undefined. The response must have the roles on
 * Deployments, and at least one role in total, because every token has one. Types of roles that it lacks count as sent.
 */
export function confirmedRoles(
  response: SubjectRoles | undefined,
  sent: readonly TokenRole[],
  changes: readonly RoleChange[],
): readonly TokenRole[] | undefined {
  if (response?.deploymentRoles === undefined) return undefined
  const returned = rolesIn(response)
  const rest = sent.filter(({entityType}) => {
    const part = PARTS[entityType]
    return part === undefined || response[part] === undefined
  })
  const roles = [...returned, ...rest]
  return returned.length > 0 && hasRolesOf(roles, sent) && showsChanges(roles, changes) ? roles : undefined
}

function rolesIn({dagRoles, deploymentRoles, organizationRole, workspaceRoles}: SubjectRoles): readonly TokenRole[] {
  return [
    ...(organizationRole ? [{entityType: 'ORGANIZATION', entityId: '', role: organizationRole}] : []),
    ...(workspaceRoles ?? []).map(({role, workspaceId}) => ({entityType: 'WORKSPACE', entityId: workspaceId, role})),
    ...(deploymentRoles ?? []).map(({deploymentId, role}) => ({
      entityType: 'DEPLOYMENT',
      entityId: deploymentId,
      role,
    })),
    ...(dagRoles ?? []).map(({dagId, dagTag, deploymentId, role}) =>
      dagId
        ? {entityType: 'DAG', entityId: dagId, deploymentId, role}
        : {entityType: 'DAG_TAG', entityId: dagTag ?? '', deploymentId, role},
    ),
  ]
}

/** The same for two entries that give the same role. The response to a write lacks the Organization's ID. */
function keyOf({deploymentId, entityId, entityType, role}: TokenRole): string {
  return JSON.stringify([entityType, entityType === 'ORGANIZATION' ? '' : entityId, deploymentId ?? '', role])
}

function isAddedByAstro({entityId, entityType, role}: TokenRole, expected: readonly TokenRole[]): boolean {
  if (entityType === 'WORKSPACE') return role === 'WORKSPACE_ACCESSOR'
  return entityType === 'DEPLOYMENT' && role === DEPLOYMENT_ACCESSOR && hasDagRole(expected, entityId)
}
