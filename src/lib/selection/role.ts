import {type AstroApi} from '../astro-api/operations.js'
import {AstroError} from '../errors.js'
import {roleOn} from '../roles/arithmetic.js'
import {assignableRoles} from '../roles/explain.js'
import {readTokenOfScope, type TokenScope} from '../roles/scope.js'

/** A Deployment role to choose from. */
export interface OfferedRole {
  readonly name: string
  readonly description?: string | undefined
  /** Whether the token has this role on one of the Deployments. */
  readonly isPresent: boolean
}

/** Lists the roles that the token can have on all of these Deployments. Throws `not_found` if there is none. */
export async function listOfferedRoles(
  api: AstroApi,
  scope: TokenScope,
  {deploymentIds, tokenId}: {readonly deploymentIds: readonly string[]; readonly tokenId: string},
): Promise<readonly OfferedRole[]> {
  const [{roles: present = []}, roles] = await Promise.all([
    readTokenOfScope(api, scope, tokenId),
    api.listDeploymentRoles(),
  ])
  const available = await assignableRoles(api, roles, deploymentIds)
  const presentNames = new Set(deploymentIds.map((id) => roleOn(present, id)))
  if (available.length > 0) {
    return available.map(({description, name}) => ({name, description, isPresent: presentNames.has(name)}))
  }

  throw new AstroError('not_found', 'No role can be given on all of these Deployments.', {
    hint: 'Choose the Deployments one by one',
  })
}
