import {type ApiToken} from './astro-api/answers.js'
import {type AstroApi} from './astro-api/astro-api.js'
import {ORGANIZATION} from './token-lookup.js'
import {type TokenRole} from './token-roles.js'

/** An Organization token with the Deployments on which it has a role. */
export interface AuditedToken {
  readonly token: ApiToken
  /** At least one. */
  readonly deployments: readonly AuditedRole[]
}

export interface AuditedRole {
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

/** Every Organization token with a role on any Deployment, by two lists, whatever the number of Deployments. */
export async function auditTokens(api: AstroApi, filter: AuditFilter): Promise<readonly AuditedToken[]> {
  const {role, tokenName, workspaceId} = filter
  const [tokens, deployments] = await Promise.all([
    api.listTokens({includeOnlyOrganizationTokens: true}),
    api.listDeployments(workspaceId === undefined ? {} : {workspaceIds: [workspaceId]}),
  ])
  const names = new Map(deployments.map(({id, name}) => [id, name]))
  const isMeant = (entry: TokenRole) =>
    (workspaceId === undefined || names.has(entry.entityId)) && (role === undefined || entry.role === role)
  return tokens
    .filter((token) => token.scope === ORGANIZATION && (tokenName === undefined || token.name === tokenName))
    .map((token) => ({
      token,
      deployments: deploymentRoles(token)
        .filter((entry) => isMeant(entry))
        .map((entry) => ({
          deploymentId: entry.entityId,
          deploymentName: names.get(entry.entityId) ?? '',
          role: entry.role,
        })),
    }))
    .filter((audited) => audited.deployments.length > 0)
}

function deploymentRoles(token: ApiToken): readonly TokenRole[] {
  return (token.roles ?? []).filter(({entityType}) => entityType === 'DEPLOYMENT')
}
