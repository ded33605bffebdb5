import {type ApiToken, type TokenRole} from '../astro-api/responses.js'

/**
 * Role arithmetic: pure functions on a token's complete list of roles, because the API only accepts the complete list.
 * All other entries stay unchanged and in place, including unknown fields and entity types.
 */

/** The default role. */
export const DEPLOYMENT_ADMIN = 'DEPLOYMENT_ADMIN'
/** Gives access without permissions. Astro may add it on a Deployment where a token has roles on DAGs. */
export const DEPLOYMENT_ACCESSOR = 'DEPLOYMENT_ACCESSOR'

/** A change to a token's role on one Deployment. */
export type RoleChange =
  | {readonly action: 'added'; readonly deploymentId: string; readonly role: string}
  | {
      readonly action: 'removed'
      readonly deploymentId: string
      readonly previousRole: string
      /** DEPLOYMENT_ACCESSOR, if Astro left that role. */
      readonly role?: string
    }
  | {
      readonly action: 'unchanged' | 'updated'
      readonly deploymentId: string
      readonly role: string
      readonly previousRole: string
    }

/** The role that the token has after the change; undefined if it has none. */
export function roleAfter({role}: RoleChange): string | undefined {
  return role
}

/** The role that the token had before the change; undefined if it had none. */
export function roleBefore(change: RoleChange): string | undefined {
  return change.action === 'added' ? undefined : change.previousRole
}

export interface RoleEdit {
  /** The complete list to send. */
  readonly roles: readonly TokenRole[]
  /** In the order of the given Deployments. */
  readonly changes: readonly RoleChange[]
}

/** The role that the list gives on a Deployment itself, not on its DAGs; undefined if there is none. */
export function roleOn(roles: readonly TokenRole[], deploymentId: string): string | undefined {
  return roleNamesOn(roles, deploymentId)[0]
}

/** All roles that the list gives on a Deployment itself. */
export function roleNamesOn(roles: readonly TokenRole[], deploymentId: string): readonly string[] {
  return roles.filter((entry) => isRoleOn(entry, [deploymentId])).map(({role}) => role)
}

/** The token's role in the Organization; undefined if the response has none. */
export function organizationRoleOf({roles}: ApiToken): string | undefined {
  return roles?.find(({entityType}) => entityType === 'ORGANIZATION')?.role
}

/** The Deployments on which the list gives a role, each once. */
export function deploymentIdsIn(roles: readonly TokenRole[]): readonly string[] {
  return [...new Set(roles.filter(({entityType}) => entityType === 'DEPLOYMENT').map(({entityId}) => entityId))]
}

/** The Deployments in which the list gives a role on a DAG or a DAG tag, each once. */
export function dagDeploymentIdsIn(roles: readonly TokenRole[]): readonly string[] {
  const onDags = roles.filter(({deploymentId, entityType}) => entityType.startsWith('DAG') && deploymentId)
  return [...new Set(onDags.map(({deploymentId}) => deploymentId ?? ''))]
}

/** Whether the list gives a role on a DAG, or a DAG tag, in the Deployment. */
export function hasDagRole(roles: readonly TokenRole[], deploymentId: string): boolean {
  return dagDeploymentIdsIn(roles).includes(deploymentId)
}

/** Gives the role on each of the Deployments, and replaces a different role there. */
export function giveRole(roles: readonly TokenRole[], deploymentIds: readonly string[], role: string): RoleEdit {
  const changes = [...new Set(deploymentIds)].map((deploymentId): RoleChange => {
    const present = roleNamesOn(roles, deploymentId)
    const previousRole = present.find((name) => name !== role) ?? present[0]
    if (previousRole === undefined) return {deploymentId, action: 'added', role}
    return {deploymentId, action: previousRole === role ? 'unchanged' : 'updated', role, previousRole}
  })
  const replaced = roles.map((entry) => (isRoleOn(entry, deploymentIds) ? {...entry, role} : entry))
  const added = changes
    .filter(({action}) => action === 'added')
    .map(({deploymentId}) => ({entityType: 'DEPLOYMENT', entityId: deploymentId, role}))
  return {changes, roles: [...replaced, ...added]}
}

/** Removes the role on each of the Deployments that has one. Keeps roles on their DAGs. */
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
