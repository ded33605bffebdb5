import {type AstroApi, type DeploymentFilter} from '../astro-api/operations.js'
import {type ApiToken, type Deployment} from '../astro-api/responses.js'
import {AstroError} from '../errors.js'
import {deploymentIdsIn, roleOn} from '../roles/arithmetic.js'
import {type TokenScope} from '../roles/scope.js'
import {selectTokenId, type TokenSearch, type TokenSelector} from './select-token.js'

/** Prompts for one of these Deployments and returns its ID. */
export type PickDeployment = (deployments: readonly Deployment[]) => Promise<string>

/** Selects Deployments: by their IDs, one with a prompt, or all. */
export type DeploymentSelector = 'all' | {readonly ids: readonly string[]} | {readonly pick: PickDeployment}

export interface Workspaces {
  /** The Workspace from the command line. It limits prompts and `all`. */
  readonly workspaceId: string | undefined
  /** The Workspace that the login used last. A prompt offers only its Deployments, if it has any. */
  readonly loginWorkspaceId: string | undefined
}

export interface TargetRequest extends Workspaces {
  readonly deployments: DeploymentSelector
  readonly token: TokenSelector
  /** Whether the token must have a role on the Deployments, as for `update` and `remove`. */
  readonly needsRole: boolean
  /** Reads a token with its current roles. */
  readonly readToken: (tokenId: string) => Promise<ApiToken>
}

export interface Selection {
  readonly deploymentIds: readonly string[]
  /** The known names of Deployments, by ID. */
  readonly deploymentNames: ReadonlyMap<string, string>
}

export interface SelectedTarget extends Selection {
  readonly tokenId: string
}

/**
 * Selects the token and the Deployments of a change. `all` means every Deployment or, with `needsRole`, those on which
 * the token has a role. Throws `not_found` if there are none, and what `selectTokenId` throws.
 */
export async function selectTarget(api: AstroApi, scope: TokenScope, request: TargetRequest): Promise<SelectedTarget> {
  const {deployments, needsRole, token} = request
  if (deployments === 'all' && needsRole) return selectWhereTokenHasRole(api, scope, request)
  const selection = await selectDeployments(api, deployments, request)
  const {deploymentIds} = selection
  const search: TokenSearch = needsRole
    ? {
        deploymentIds,
        onDeployment: deploymentIds[0],
        rank: ({roles = []}) => deploymentIds.filter((id) => roleOn(roles, id) !== undefined).length,
      }
    : {deploymentIds}
  return {...selection, tokenId: await selectTokenId(api, scope, token, search)}
}

/** Selects the Deployments. Throws `not_found` if there are none to choose from. */
export async function selectDeployments(
  api: AstroApi,
  deployments: DeploymentSelector,
  {loginWorkspaceId, workspaceId}: Workspaces,
): Promise<Selection> {
  if (deployments !== 'all' && 'ids' in deployments) return {deploymentIds: deployments.ids, deploymentNames: new Map()}
  const found = await listDeployments(api, workspaceId)
  const deploymentNames = namesOf(found)
  if (deployments === 'all') return {deploymentIds: found.map(({id}) => id), deploymentNames}
  const near = found.filter((deployment) => deployment.workspaceId === loginWorkspaceId)
  return {deploymentIds: [await deployments.pick(near.length > 0 ? near : found)], deploymentNames}
}

async function selectWhereTokenHasRole(
  api: AstroApi,
  scope: TokenScope,
  {readToken, token: selector, workspaceId}: TargetRequest,
): Promise<SelectedTarget> {
  const place = workspaceId === undefined ? undefined : await listDeployments(api, workspaceId)
  const within = place?.map(({id}) => id)
  const known = new Set(within)
  const idsOf = ({roles = []}: ApiToken) => deploymentIdsIn(roles).filter((id) => !within || known.has(id))
  const rank = (token: ApiToken) => (idsOf(token).length > 0 ? 1 : 0)
  const tokenId = await selectTokenId(api, scope, selector, {deploymentIds: within, rank})
  const token = await readToken(tokenId)
  const deploymentIds = idsOf(token)
  if (deploymentIds.length > 0) return {deploymentIds, deploymentNames: namesOf(place ?? []), tokenId}
  throw new AstroError(
    'not_found',
    `The token "${token.name}" has no role on a Deployment in ${placeName(workspaceId)}.${onlyDags(token)}`,
    {hint: 'See where it has a role: {{list}} --all-deployments'},
  )
}

/** Lists all Deployments of the Organization, or of the Workspace. Throws `not_found` if there are none. */
async function listDeployments(api: AstroApi, workspaceId: string | undefined): Promise<readonly Deployment[]> {
  const filter: DeploymentFilter = workspaceId === undefined ? {} : {workspaceIds: [workspaceId]}
  const deployments = await api.listDeployments(filter)
  if (deployments.length > 0) return deployments
  throw new AstroError('not_found', `There are no Deployments in ${placeName(workspaceId)}.`, {
    hint: 'List all Deployments with the Astro CLI: astro deployment list --all',
  })
}

function namesOf(deployments: readonly Deployment[]): ReadonlyMap<string, string> {
  return new Map(deployments.map(({id, name}) => [id, name]))
}

function placeName(workspaceId: string | undefined): string {
  return workspaceId === undefined ? 'this Organization' : `Workspace ${workspaceId}`
}

function onlyDags({roles = []}: ApiToken): string {
  return roles.some(({entityType}) => entityType.startsWith('DAG')) ? ' It has roles on DAGs, which stay.' : ''
}
