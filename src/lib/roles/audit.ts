import {type ApiToken} from '../astro-api/answers.js'
import {type AstroApi} from '../astro-api/operations.js'
import {deploymentsIn} from '../selection/all-deployments.js'
import {ORGANIZATION} from '../selection/token-lookup.js'
import {deploymentRolesIn, type TokenRole} from './role-arithmetic.js'

/** A role that an Organization token has on a Deployment. */
export interface AuditedRole {
  readonly token: ApiToken
  readonly deploymentId: string
  /** Empty for a Deployment that the caller cannot see, or that is gone. */
  readonly deploymentName: string
  readonly role: string
}

/** What narrows an audit; each that is undefined narrows nothing. */
export interface AuditFilter {
  readonly workspaceId?: string | undefined
  readonly role?: string | undefined
  readonly tokenName?: string | undefined
}

/**
 * Every role of every Organization token on any Deployment, a token's side by side; by two lists, whatever the number of
 * Deployments.
 */
export async function auditTokens(api: AstroApi, filter: AuditFilter): Promise<readonly AuditedRole[]> {
  const {role, tokenName, workspaceId} = filter
  const [tokens, deployments] = await Promise.all([
    api.listTokens({includeOnlyOrganizationTokens: true}),
    deploymentsIn(api, workspaceId),
  ])
  const names = new Map(deployments.map(({id, name}) => [id, name]))
  const isMeant = (entry: TokenRole) =>
    (workspaceId === undefined || names.has(entry.entityId)) && (role === undefined || entry.role === role)
  return tokens
    .filter((token) => token.scope === ORGANIZATION && (tokenName === undefined || token.name === tokenName))
    .flatMap((token) =>
      deploymentRolesIn(token.roles ?? [])
        .filter((entry) => isMeant(entry))
        .map((entry) => ({
          token,
          deploymentId: entry.entityId,
          deploymentName: names.get(entry.entityId) ?? '',
          role: entry.role,
        })),
    )
}
