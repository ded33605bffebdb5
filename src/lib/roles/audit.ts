import {type AstroApi} from '../astro-api/operations.js'
import {type ApiToken} from '../astro-api/responses.js'
import {AstroError} from '../errors.js'
import {dagDeploymentIdsIn, deploymentIdsIn, roleNamesOn} from './arithmetic.js'
import {suggestionOf} from './errors.js'
import {requireRole} from './explain.js'
import {tokenNotFound, type TokenScope, type TokenWithRoles, withRoles} from './scope.js'

/** The access of a token to a Deployment. */
export interface AuditedRole {
  readonly token: ApiToken
  readonly deploymentId: string
  /** Empty for a Deployment that the caller cannot see, or that was deleted. */
  readonly deploymentName: string
  /** The token's role on the Deployment; undefined if it only has roles on DAGs there. */
  readonly role: string | undefined
}

/** Filters an audit. An undefined filter matches everything. */
export interface AuditFilter {
  readonly workspaceId?: string | undefined
  readonly role?: string | undefined
  readonly tokenName?: string | undefined
}

/**
 * Finds the Deployments that a token of this scope has access to, grouped by token, with two list requests regardless
 * of the number of Deployments. If nothing matches, throws `not_found` for a filter that names nothing that exists, and
 * the error of that check.
 */
export async function auditTokens(
  api: AstroApi,
  scope: TokenScope,
  filter: AuditFilter,
): Promise<readonly AuditedRole[]> {
  const {role, tokenName, workspaceId} = filter
  const [listed, deployments] = await Promise.all([
    api.listTokens(scope.filter),
    api.listDeployments(workspaceId === undefined ? {} : {workspaceIds: [workspaceId]}),
  ])
  const tokens = listed.filter((token) => token.scope === scope.type)
  const names = new Map(deployments.map(({id, name}) => [id, name]))
  const named = tokens.filter(({name}) => tokenName === undefined || name === tokenName)
  const found = (await withRoles(api, named)).flatMap((token) => rolesOfToken(token, names))
  const matching = found.filter(
    (row) => (workspaceId === undefined || names.has(row.deploymentId)) && (role === undefined || row.role === role),
  )
  if (matching.length > 0) return matching

  if (workspaceId !== undefined && deployments.length === 0) throw await workspaceNotFound(api, workspaceId)
  if (tokenName !== undefined && named.length === 0) throw await tokenNotFound(scope, tokenName, tokens)
  if (role !== undefined && !found.some((row) => row.role === role)) await requireRole(api, role)
  return []
}

function rolesOfToken(token: TokenWithRoles, names: ReadonlyMap<string, string>): AuditedRole[] {
  const {roles} = token
  const onDeployments = deploymentIdsIn(roles)
  const onDagsOnly = dagDeploymentIdsIn(roles).filter((id) => !onDeployments.includes(id))
  const rowsOn = (deploymentId: string, roleNames: readonly (string | undefined)[]) =>
    roleNames.map((role) => ({
      token,
      deploymentId,
      deploymentName: names.get(deploymentId) ?? '',
      role,
    }))
  return [
    ...onDeployments.flatMap((id) => rowsOn(id, roleNamesOn(roles, id))),
    ...onDagsOnly.flatMap((id) => rowsOn(id, [undefined])),
  ]
}

/** The error for a Workspace without visible Deployments. Suggests Workspaces with a similar ID or name. */
async function workspaceNotFound(api: AstroApi, workspaceId: string): Promise<AstroError> {
  const [{closest}, deployments] = await Promise.all([import('../closest.js'), api.listDeployments()])
  const named = deployments.map(({workspaceId: id = '', workspaceName: name = ''}) => [id, {id, name}] as const)
  const likely = closest(workspaceId, [...new Map(named).values()], ({id, name}) => [id, name])
  const otherwise = 'List the Workspaces with the Astro CLI: astro workspace list'
  const message = `No Deployment is visible in a Workspace with the ID ${workspaceId}.`
  return new AstroError(
    'not_found',
    message,
    suggestionOf(likely, ({id, name}) => `${id} (${name})`, otherwise),
  )
}
