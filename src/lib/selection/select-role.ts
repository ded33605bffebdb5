import {type AstroApi} from '../astro-api/operations.js'
import {AstroError} from '../errors.js'
import {roleOn} from '../roles/arithmetic.js'
import {assignableRoles} from '../roles/explain.js'
import {readTokenOfScope, type TokenScope} from '../roles/scope.js'

/** A role to choose from. */
export interface RoleOffer {
  readonly name: string
  readonly description?: string | undefined
  /** Whether the token has this role on one of the Deployments. */
  readonly isPresent: boolean
}

/** Prompts for one of these roles and returns its name. */
export type PickRole = (roles: readonly RoleOffer[]) => Promise<string>

/** Prompts for a role that can be given on all of these Deployments. Throws `not_found` if no role can. */
export async function selectRole(
  api: AstroApi,
  scope: TokenScope,
  {deploymentIds, tokenId}: {readonly deploymentIds: readonly string[]; readonly tokenId: string},
  pick: PickRole,
): Promise<string> {
  const [{roles: present = []}, roles] = await Promise.all([
    readTokenOfScope(api, scope, tokenId),
    api.listDeploymentRoles(),
  ])
  const available = await assignableRoles(api, roles, deploymentIds)
  const presentNames = new Set(deploymentIds.map((id) => roleOn(present, id)))
  if (available.length === 0) {
    throw new AstroError('not_found', 'No role can be given on all of these Deployments.', {
      hint: 'Choose the Deployments one by one',
    })
  }

  return pick(available.map(({description, name}) => ({name, description, isPresent: presentNames.has(name)})))
}
