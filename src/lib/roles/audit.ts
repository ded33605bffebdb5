import {type AstroApi} from '../astro-api/operations.js'
import {type ApiToken, type TokenRole} from '../astro-api/responses.js'
import {deploymentRolesIn} from './role-arithmetic.js'
import {type TokenScope, withRoles} from './token-scope.js'

/** A role that a token has on a Deployment. */
export interface AuditedRole {
  readonly token: ApiToken
  readonly deploymentId: string
  /** Empty for a Deployment that the caller cannot see, or that was deleted. */
  readonly deploymentName: string
  readonly role: string
}

/** Filters an audit. An undefined filter matches everything. */
export interface AuditFilter {
  readonly workspaceId?: string | undefined
  readonly role?: string | undefined
  readonly tokenName?: string | undefined
}

/**
 * Finds every role that a token of this scope has on a Deployment, grouped by token, with two list requests regardless
 * of the number of Deployments.
 */
export async function auditTokens(
  api: AstroApi,
  scope: TokenScope,
  {role, tokenName, workspaceId}: AuditFilter,
): Promise<readonly AuditedRole[]> {
  const [tokens, deployments] = await Promise.all([
    api.listTokens(scope.filter),
    api.listDeployments(workspaceId === undefined ? {} : {workspaceIds: [workspaceId]}),
  ])
  const names = new Map(deployments.map(({id, name}) => [id, name]))
  const matches = (entry: TokenRole) =>
    (workspaceId === undefined || names.has(entry.entityId)) && (role === undefined || entry.role === role)
  const matching = tokens.filter(
    (token) => token.scope === scope.type && (tokenName === undefined || token.name === tokenName),
  )
  return (await withRoles(api, matching)).flatMap((token) =>
    deploymentRolesIn(token.roles)
      .filter((entry) => matches(entry))
      .map((entry) => ({
        token,
        deploymentId: entry.entityId,
        deploymentName: names.get(entry.entityId) ?? '',
        role: entry.role,
      })),
  )
}
