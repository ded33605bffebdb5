/**
 * Role arithmetic: pure functions on a token's whole list of roles, which is what the API takes. What a call does not
 * name comes back as it was read, in its place, fields and entity types that nobody knows yet included.
 */

import {type TokenRole} from '../astro-api/answers.js'

export type {TokenRole} from '../astro-api/answers.js'

export interface RoleChange {
  readonly deploymentId: string
  readonly action: 'added' | 'removed' | 'unchanged' | 'updated'
  /** The role that the token has afterwards; absent when it was removed. */
  readonly role?: string
  /** The role that the token had before; absent when it had none. */
  readonly previousRole?: string
}

export interface RoleEdit {
  /** The whole list to send. */
  readonly roles: readonly TokenRole[]
  /** What that changes, one for each Deployment that was named, in their order. */
  readonly changes: readonly RoleChange[]
}

/** The role that the list gives on a Deployment itself; undefined where it gives none, or roles on its DAGs alone. */
export function roleOn(roles: readonly TokenRole[], deploymentId: string): string | undefined {
  return roles.find((entry) => isRoleOn(entry, deploymentId))?.role
}

/** The entries that give a role on a Deployment itself. */
export function deploymentRolesIn(roles: readonly TokenRole[]): readonly TokenRole[] {
  return roles.filter(({entityType}) => entityType === 'DEPLOYMENT')
}

/** The Deployments on which the list gives a role, each once, in its order. */
export function deploymentIdsIn(roles: readonly TokenRole[]): readonly string[] {
  return [...new Set(deploymentRolesIn(roles).map(({entityId}) => entityId))]
}

/** Whether the list gives a role on a DAG, or a DAG tag, inside the Deployment. */
export function hasDagRole(roles: readonly TokenRole[], deploymentId: string): boolean {
  return roles.some((entry) => entry.entityType.startsWith('DAG') && entry.deploymentId === deploymentId)
}

/** Gives the role on each of the Deployments; where there is another, it becomes this one. */
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

/** Takes the role on each of the Deployments away; `unchanged` where there is none. Roles on DAGs inside stay. */
export function takeRole(roles: readonly TokenRole[], deploymentIds: readonly string[]): RoleEdit {
  return editEach(roles, deploymentIds, (list, deploymentId) => {
    const previousRole = roleOn(list, deploymentId)
    if (previousRole === undefined) return {roles: list, change: {deploymentId, action: 'unchanged'}}
    return {
      roles: list.filter((entry) => !isRoleOn(entry, deploymentId)),
      change: {deploymentId, action: 'removed', previousRole},
    }
  })
}

function isRoleOn(entry: TokenRole, deploymentId: string): boolean {
  return entry.entityType === 'DEPLOYMENT' && entry.entityId === deploymentId
}

function editEach(
  roles: readonly TokenRole[],
  deploymentIds: readonly string[],
  edit: (list: readonly TokenRole[], deploymentId: string) => {roles: readonly TokenRole[]; change: RoleChange},
): RoleEdit {
  const changes: RoleChange[] = []
  let list = roles
  for (const deploymentId of new Set(deploymentIds)) {
    const edited = edit(list, deploymentId)
    list = edited.roles
    changes.push(edited.change)
  }

  return {roles: list, changes}
}
