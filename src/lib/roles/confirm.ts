import {type SubjectRoles, type TokenRole} from '../astro-api/responses.js'
import {DEPLOYMENT_ACCESSOR, hasDagRole, type RoleChange, roleNamesOn} from './arithmetic.js'

/** Whether `actual` has all roles of `expected` in any order, and no others except those that Astro adds itself. */
export function hasRolesOf(actual: readonly TokenRole[], expected: readonly TokenRole[]): boolean {
  const keysOf = (roles: readonly TokenRole[]) => new Set(roles.map((entry) => keyOf(entry)))
  const [actualKeys, expectedKeys] = [keysOf(actual), keysOf(expected)]
  return (
    expected.every((entry) => actualKeys.has(keyOf(entry))) &&
    actual.every((entry) => expectedKeys.has(keyOf(entry)) || isAddedByAstro(entry, expected))
  )
}

/** Whether the roles show every change. A removal may leave the DEPLOYMENT_ACCESSOR that roles on DAGs need. */
export function showsChanges(roles: readonly TokenRole[], changes: readonly RoleChange[]): boolean {
  return changes.every(({action, deploymentId, previousRole, role}) => {
    const present = roleNamesOn(roles, deploymentId)
    if (action !== 'removed') return present.length > 0 && present.every((name) => name === role)
    return present.every(
      (name) => name === DEPLOYMENT_ACCESSOR && name !== previousRole && hasDagRole(roles, deploymentId),
    )
  })
}

/** Whether Astro puts back what the change removes, because of the roles on DAGs in this list. */
export function isKeptByAstro({action, deploymentId, previousRole}: RoleChange, roles: readonly TokenRole[]): boolean {
  return action === 'removed' && previousRole === DEPLOYMENT_ACCESSOR && hasDagRole(roles, deploymentId)
}

/** The token's roles, if the response to a write confirms them. Types of roles that the response lacks count as sent. */
export function confirmedRoles(
  response: SubjectRoles | undefined,
  sent: readonly TokenRole[],
  changes: readonly RoleChange[],
): readonly TokenRole[] | undefined {
  if (response?.deploymentRoles === undefined) return undefined
  const {dagRoles, deploymentRoles, organizationRole, workspaceRoles} = response
  const parts: Readonly<Record<string, unknown>> = {
    ORGANIZATION: organizationRole,
    WORKSPACE: workspaceRoles,
    DEPLOYMENT: deploymentRoles,
    DAG: dagRoles,
    DAG_TAG: dagRoles,
  }
  const returned = rolesIn(response)
  const roles = [...returned, ...sent.filter(({entityType}) => parts[entityType] === undefined)]
  // Every token has a role.
  return returned.length > 0 && hasRolesOf(roles, sent) && showsChanges(roles, changes) ? roles : undefined
}

function entry(entityType: string, entityId: string, role: string): TokenRole {
  return {entityType, entityId, role}
}

function rolesIn({dagRoles, deploymentRoles, organizationRole, workspaceRoles}: SubjectRoles): readonly TokenRole[] {
  return [
    ...(organizationRole ? [entry('ORGANIZATION', '', organizationRole)] : []),
    ...(workspaceRoles ?? []).map(({role, workspaceId}) => entry('WORKSPACE', workspaceId, role)),
    ...(deploymentRoles ?? []).map(({deploymentId, role}) => entry('DEPLOYMENT', deploymentId, role)),
    ...(dagRoles ?? []).map(({dagId, dagTag, deploymentId, role}) => ({
      ...(dagId ? entry('DAG', dagId, role) : entry('DAG_TAG', dagTag ?? '', role)),
      deploymentId,
    })),
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
