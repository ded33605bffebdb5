import {type ApiToken} from './astro-api/answers.js'
import {type AstroApi} from './astro-api/astro-api.js'
import {AstroError} from './errors.js'
import {findTokenId, ORGANIZATION, readOrganizationToken, type TokenSelector} from './token-lookup.js'
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

/** The IDs of all Deployments, of the Organization or of the Workspace. Throws `not_found` where there is none. */
export async function allDeployments(api: AstroApi, workspaceId: string | undefined): Promise<readonly string[]> {
  const deployments = await api.listDeployments(workspaceId === undefined ? {} : {workspaceIds: [workspaceId]})
  if (deployments.length > 0) return deployments.map(({id}) => id)
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
  workspaceId: string | undefined,
): Promise<{readonly token: TokenSelector; readonly deploymentIds: readonly string[]}> {
  const id = await findTokenId(api, selector)
  const [token, within] = await Promise.all([
    readOrganizationToken(api, id),
    workspaceId === undefined ? undefined : allDeployments(api, workspaceId),
  ])
  const ids = deploymentRoles(token).map(({entityId}) => entityId)
  const deploymentIds = [...new Set(within ? ids.filter((each) => within.includes(each)) : ids)]
  if (deploymentIds.length > 0) return {token: {id}, deploymentIds}
  throw new AstroError(
    'not_found',
    `The token "${token.name}" has no role on a Deployment in ${placeOf(workspaceId)}.`,
    {
      hint: `Give it one: {{add}} ${id} --deployment-id <id>`,
    },
  )
}

function deploymentRoles(token: ApiToken): readonly TokenRole[] {
  return (token.roles ?? []).filter(({entityType}) => entityType === 'DEPLOYMENT')
}

function placeOf(workspaceId: string | undefined): string {
  return workspaceId === undefined ? 'this Organization' : `Workspace ${workspaceId}`
}
