import {type AstroApi} from '../astro-api/operations.js'
import {type ApiToken} from '../astro-api/responses.js'
import {type AstroError} from '../errors.js'
import {dagDeploymentIdsIn, deploymentIdsIn, roleNamesOn} from './arithmetic.js'
import {notFound} from './errors.js'
import {requireRole} from './explain.js'
import {tokenNotFound, type TokenScope, type TokenWithRoles, withRoles} from './scope.js'

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

/** Finds the Deployments of each token of this scope. If none match, throws `not_found` for an unknown filter. */
export async function auditTokens(
  api: AstroApi,
  scope: TokenScope,
  {role, tokenName, workspaceId}: AuditFilter,
): Promise<readonly AuditedRole[]> {
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

function rolesOfToken(token: TokenWithRoles, deploymentNames: ReadonlyMap<string, string>): AuditedRole[] {
  const {roles} = token
  const ids = [deploymentIdsIn(roles), dagDeploymentIdsIn(roles)].flat()
  return [...new Set(ids)].flatMap((deploymentId) => {
    const names = roleNamesOn(roles, deploymentId)
    const deploymentName = deploymentNames.get(deploymentId) ?? ''
    return (names.length > 0 ? names : [undefined]).map((role) => ({token, deploymentId, deploymentName, role}))
  })
}

/** The error for a Workspace without visible Deployments. */
async function workspaceNotFound(api: AstroApi, workspaceId: string): Promise<AstroError> {
  const deployments = await api.listDeployments()
  const named = deployments.map(({workspaceId: id = '', workspaceName: name = ''}) => [id, {id, name}] as const)
  const otherwise = 'List the Workspaces with the Astro CLI: astro workspace list'
  const search = {wanted: workspaceId, isId: true, items: [...new Map(named).values()], otherwise}
  return notFound(`No Deployment is visible in a Workspace with the ID ${workspaceId}.`, search)
}
