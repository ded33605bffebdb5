import {type AstroApi} from '../astro-api/operations.js'
import {AstroError} from '../errors.js'
import {roleOn} from '../roles/arithmetic.js'
import {assignableRoles} from '../roles/explain.js'
import {readTokenOfScope, type TokenScope} from '../roles/scope.js'

/**
 * Lists the roles that the token can have on all of these Deployments, and marks those that it has on one of them.
 * Throws `not_found` if there is none.
 */
export async function listOfferedRoles(
  api: AstroApi,
  scope: TokenScope,
  {deploymentIds, tokenId}: {readonly deploymentIds: readonly string[]; readonly tokenId: string},
) {
  const [token, roles] = await Promise.all([readTokenOfScope(api, scope, tokenId), api.listDeploymentRoles()])
  const available = await assignableRoles(api, roles, deploymentIds)
  const present = new Set(deploymentIds.map((id) => roleOn(token.roles ?? [], id)))
  if (available.length > 0) {
    return available.map(({description, name}) => ({name, description, isPresent: present.has(name)}))
  }

  throw new AstroError('not_found', 'No role can be given on all of these Deployments.', {
    hint: 'Choose the Deployments one by one',
  })
}
