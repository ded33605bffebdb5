import {type TokenRole} from '../astro-api/responses.js'

/**
 * Role arithmetic: pure functions on a token's complete list of roles, because the API only accepts the complete list.
 * All other entries stay unchanged and in place, including unknown fields and entity types.
 */

/** The Deployment role that always exists. It is the default. */
export const DEPLOYMENT_ADMIN = 'DEPLOYMENT_ADMIN'

/** A change to a token's role on one Deployment. */
export type RoleChange =
  | {readonly action: 'added'; readonly deploymentId: string; readonly role: string}
  | {readonly action: 'removed'; readonly deploymentId: string; readonly previousRole: string}
  | {
      readonly action: 'unchanged' | 'updated'
      readonly deploymentId: string
      readonly role: string
      readonly previousRole: string
    }

/** The role that the token has after the change; undefined if it was removed. */
export function roleAfter(change: RoleChange): string | undefined {
  return change.action === 'removed' ? undefined : change.role
}

/** The role that the token had before the change; undefined if it had none. */
export function roleBefore(change: RoleChange): string | undefined {
  return change.action === 'added' ? undefined : change.previousRole
}

export interface RoleEdit {
  /** The complete list to send. If nothing changes, it is the same array as the input. */
  readonly roles: readonly TokenRole[]
  /** In the order of the given Deployments. */
  readonly changes: readonly RoleChange[]
}

/** The role that the list gives on a Deployment itself, not on its DAGs; undefined if there is none. */
export function roleOn(roles: readonly TokenRole[], deploymentId: string): string | undefined {
  return roles.find((entry) => isRoleOn(entry, deploymentId))?.role
}

/** The entries that give a role on a Deployment itself. */
export function deploymentRolesIn(roles: readonly TokenRole[]): readonly TokenRole[] {
  return roles.filter(({entityType}) => entityType === 'DEPLOYMENT')
}

/** The Deployments on which the list gives a role, each once. */
export function deploymentIdsIn(roles: readonly TokenRole[]): readonly string[] {
  return [...new Set(deploymentRolesIn(roles).map(({entityId}) => entityId))]
}

/** Whether the list gives a role on a DAG, or a DAG tag, in the Deployment. */
export function hasDagRole(roles: readonly TokenRole[], deploymentId: string): boolean {
  return roles.some((entry) => entry.entityType.startsWith('DAG') && entry.deploymentId === deploymentId)
}

/** Whether two lists give the same roles, in any order. Ignores unknown fields. */
export function isSameRoleSet(a: readonly TokenRole[], b: readonly TokenRole[]): boolean {
  const keysOf = (roles: readonly TokenRole[]) =>
    roles.map(({deploymentId, entityId, entityType, role}) =>
      JSON.stringify([entityType, entityId, deploymentId, role]),
    )
  const [left, right] = [keysOf(a).toSorted(), keysOf(b).toSorted()]
  return left.length === right.length && left.every((key, index) => key === right[index])
}

/** Gives the role on each of the Deployments, and replaces a different role there. */
export function giveRole(roles: readonly TokenRole[], deploymentIds: readonly string[], role: string): RoleEdit {
  return editEach(roles, deploymentIds, (list, deploymentId) => {
    const previousRole = roleOn(list, deploymentId)
    if (previousRole === undefined) {
      const entry = {entityType: 'DEPLOYMENT', entityId: deploymentId, role}
      return {roles: [...list, entry], change: {deploymentId, action: 'added', role}}
    }

    const other = list.find((entry) => isRoleOn(entry, deploymentId) && entry.role !== role)
    if (!other) return {roles: list, change: {deploymentId, action: 'unchanged', role, previousRole}}
    return {
      roles: list.map((entry) => (isRoleOn(entry, deploymentId) ? {...entry, role} : entry)),
      change: {deploymentId, action: 'updated', role, previousRole: other.role},
    }
  })
}

/** Removes the role on each of the Deployments that has one. Keeps roles on their DAGs. */
export function takeRole(roles: readonly TokenRole[], deploymentIds: readonly string[]): RoleEdit {
  return editEach(roles, deploymentIds, (list, deploymentId) => {
    const previousRole = roleOn(list, deploymentId)
    if (previousRole === undefined) return {roles: list, change: undefined}
    return {
      roles: list.filter((entry) => !isRoleOn(entry, deploymentId)),
      change: {deploymentId, action: 'removed', previousRole},
    }
  })
}

function isRoleOn(entry: TokenRole, deploymentId: string): boolean {
  return entry.entityType === 'DEPLOYMENT' && entry.entityId === deploymentId
}

interface Edit {
  readonly roles: readonly TokenRole[]
  readonly change: RoleChange | undefined
}

function editEach(
  roles: readonly TokenRole[],
  deploymentIds: readonly string[],
  edit: (list: readonly TokenRole[], deploymentId: string) => Edit,
): RoleEdit {
  const changes: RoleChange[] = []
  let list = roles
  for (const deploymentId of new Set(deploymentIds)) {
    const edited = edit(list, deploymentId)
    list = edited.roles
    if (edited.change) changes.push(edited.change)
  }

  return {roles: list, changes}
}
