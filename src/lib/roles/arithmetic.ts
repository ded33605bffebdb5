import {type ApiToken, type TokenRole} from '../astro-api/responses.js'

/** Pure functions on a token's complete list of roles, because the API only accepts the complete list. */

export const DEPLOYMENT_ADMIN = 'DEPLOYMENT_ADMIN'
/** Astro may add this role on a Deployment where a token has roles on DAGs. */
export const DEPLOYMENT_ACCESSOR = 'DEPLOYMENT_ACCESSOR'

export interface RoleChange {
  readonly action: 'added' | 'removed' | 'unchanged' | 'updated'
  readonly deploymentId: string
  /** Undefined if the token had no role. */
  readonly previousRole?: string
  /** Undefined if no role is left. After a removal, Astro may leave DEPLOYMENT_ACCESSOR. */
  readonly role?: string
}

export interface RoleEdit {
  /** The complete list to send. */
  readonly roles: readonly TokenRole[]
  /** In the order of the given Deployments. */
  readonly changes: readonly RoleChange[]
}

/** The role that the list gives on a Deployment itself, not on its DAGs. */
export function roleOn(roles: readonly TokenRole[], deploymentId: string): string | undefined {
  return roleNamesOn(roles, deploymentId)[0]
}

/** Without the DEPLOYMENT_ACCESSOR that Astro adds beside another role if the list has roles on DAGs there. */
export function roleNamesOn(roles: readonly TokenRole[], deploymentId: string): readonly string[] {
  const names = roles.filter((entry) => isRoleOn(entry, [deploymentId])).map(({role}) => role)
  const others = names.filter((name) => name !== DEPLOYMENT_ACCESSOR)
  return others.length > 0 && hasDagRole(roles, deploymentId) ? others : names
}

export function organizationRoleOf({roles}: ApiToken): string | undefined {
  return roles?.find(({entityType}) => entityType === 'ORGANIZATION')?.role
}

/** The Deployments on which the list gives a role, each once. */
export function deploymentIdsIn(roles: readonly TokenRole[]): readonly string[] {
  return [...new Set(roles.filter(({entityType}) => entityType === 'DEPLOYMENT').map(({entityId}) => entityId))]
}

/** The Deployments in which the list gives a role on a DAG or a DAG tag, each once. */
export function dagDeploymentIdsIn(roles: readonly TokenRole[]): readonly string[] {
  const ids = roles.map(({deploymentId, entityType}) => (entityType.startsWith('DAG') ? deploymentId : undefined))
  return [...new Set(ids.filter((id) => typeof id === 'string'))]
}

export function hasDagRole(roles: readonly TokenRole[], deploymentId: string): boolean {
  return dagDeploymentIdsIn(roles).includes(deploymentId)
}

/** Gives the role on each of the Deployments, and keeps all other entries in place with their unknown fields. */
export function giveRole(roles: readonly TokenRole[], deploymentIds: readonly string[], role: string): RoleEdit {
  const changes = [...new Set(deploymentIds)].map((deploymentId): RoleChange => {
    const present = roleNamesOn(roles, deploymentId)
    const previousRole = present.find((name) => name !== role) ?? present[0]
    if (previousRole === undefined) return {deploymentId, action: 'added', role}
    return {deploymentId, action: previousRole === role ? 'unchanged' : 'updated', role, previousRole}
  })
  const replaced = roles.flatMap((entry) => {
    if (!isRoleOn(entry, deploymentIds)) return [entry]
    const isExtra = entry.role === DEPLOYMENT_ACCESSOR && !roleNamesOn(roles, entry.entityId).includes(entry.role)
    if (!isExtra) return [{...entry, role}]
    return role === DEPLOYMENT_ACCESSOR ? [] : [entry]
  })
  const added = changes
    .filter(({action}) => action === 'added')
    .map(({deploymentId}) => ({entityType: 'DEPLOYMENT', entityId: deploymentId, role}))
  return {changes, roles: [...replaced, ...added]}
}

/** Removes the role on each of the Deployments that has one, and keeps roles on their DAGs. */
export function removeRole(roles: readonly TokenRole[], deploymentIds: readonly string[]): RoleEdit {
  const changes = [...new Set(deploymentIds)].flatMap((deploymentId): RoleChange[] => {
    const previousRole = roleOn(roles, deploymentId)
    return previousRole === undefined ? [] : [{deploymentId, action: 'removed', previousRole}]
  })
  return {changes, roles: roles.filter((entry) => !isRoleOn(entry, deploymentIds))}
}

function isRoleOn({entityId, entityType}: TokenRole, deploymentIds: readonly string[]): boolean {
  return entityType === 'DEPLOYMENT' && deploymentIds.includes(entityId)
}
