import {type ApiToken, type Deployment} from '../astro-api/answers.js'
import {type AstroApi} from '../astro-api/operations.js'
import {AstroError} from '../errors.js'
import {deploymentIdsIn} from '../roles/role-arithmetic.js'
import {type ChooseToken, findTokenId, readOrganizationToken, type TokenSelector} from './token-lookup.js'

/** All Deployments, of the Organization or of the Workspace; there may be none. */
export async function deploymentsIn(api: AstroApi, workspaceId: string | undefined): Promise<readonly Deployment[]> {
  return api.listDeployments(workspaceId === undefined ? {} : {workspaceIds: [workspaceId]})
}

/** The same, but throws `not_found` where there is none. */
export async function listDeployments(api: AstroApi, workspaceId: string | undefined): Promise<readonly Deployment[]> {
  const deployments = await deploymentsIn(api, workspaceId)
  if (deployments.length > 0) return deployments
  throw new AstroError('not_found', `There is no Deployment in ${placeOf(workspaceId)}.`, {
    hint: 'See the Deployments there are: astro deployment list --all',
  })
}

/**
 * The token, and the Deployments on which it has a role, in the order in which it has them. Throws `not_found` where
 * there is no such token or it has no such role, and `ambiguous` for a name that several tokens have.
 */
export async function deploymentsOf(
  api: AstroApi,
  selector: TokenSelector,
  {choose, workspaceId}: {readonly choose?: ChooseToken | undefined; readonly workspaceId: string | undefined},
): Promise<{readonly token: {readonly id: string}; readonly deploymentIds: readonly string[]}> {
  const place = workspaceId === undefined ? undefined : await listDeployments(api, workspaceId)
  const within = place?.map(({id}) => id)
  const known = new Set(within)
  const idsOf = ({roles = []}: ApiToken) => deploymentIdsIn(roles).filter((id) => !within || known.has(id))
  const rank = (token: ApiToken) => (idsOf(token).length > 0 ? 1 : 0)
  const id = await findTokenId(api, selector, {choose, deploymentIds: within, rank})
  const token = await readOrganizationToken(api, id)
  const deploymentIds = idsOf(token)
  if (deploymentIds.length > 0) return {token: {id}, deploymentIds}
  throw new AstroError(
    'not_found',
    `The token "${token.name}" has no role on a Deployment in ${placeOf(workspaceId)}.`,
    {hint: 'See where it has one: {{list}} --all-deployments'},
  )
}

function placeOf(workspaceId: string | undefined): string {
  return workspaceId === undefined ? 'this Organization' : `Workspace ${workspaceId}`
}
