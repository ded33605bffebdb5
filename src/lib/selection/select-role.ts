import {type Role} from '../astro-api/answers.js'
import {type AstroApi} from '../astro-api/operations.js'
import {AstroError} from '../errors.js'
import {findDeployments} from '../roles/existence.js'
import {roleOn} from '../roles/role-arithmetic.js'
import {readTokenOfScope, type TokenScope} from '../roles/token-scope.js'

/** A role to choose from. */
export interface RoleOffer {
  readonly name: string
  /** Whether the token has this role on one of the Deployments. */
  readonly isPresent: boolean
}

/** Prompts for one of these roles and returns its name. */
export type PickRole = (roles: readonly RoleOffer[]) => Promise<string>

/** Prompts for a role that can be given on all of these Deployments. Throws `not_found` if there is none. */
export async function selectRole(
  api: AstroApi,
  scope: TokenScope,
  {deploymentIds, tokenId}: {readonly deploymentIds: readonly string[]; readonly tokenId: string},
  pick: PickRole,
): Promise<string> {
  const [{roles: present = []}, available] = await Promise.all([
    readTokenOfScope(api, scope, tokenId),
    assignableRoles(api, deploymentIds),
  ])
  const presentNames = new Set(deploymentIds.map((id) => roleOn(present, id)))
  if (available.length === 0) {
    throw new AstroError('not_found', 'No role can be given on all of these Deployments.', {
      hint: 'Choose the Deployments one by one',
    })
  }

  return pick(available.map(({name}) => ({name, isPresent: presentNames.has(name)})))
}

/** The Deployment roles that are not restricted to other Workspaces than those of the Deployments. */
export async function assignableRoles(api: AstroApi, deploymentIds: readonly string[]): Promise<readonly Role[]> {
  const roles = await api.listDeploymentRoles()
  if (roles.every(({restrictedWorkspaceIds}) => !restrictedWorkspaceIds?.length)) return roles
  const found = await findDeployments(api, deploymentIds)
  const deployments = found.filter(({id}) => deploymentIds.includes(id))
  return roles.filter(
    ({restrictedWorkspaceIds: allowed}) =>
      !allowed?.length || deployments.every(({workspaceId = ''}) => allowed.includes(workspaceId)),
  )
}
