import {type AstroApi} from '../astro-api/operations.js'
import {type ApiToken} from '../astro-api/responses.js'
import {hasKind} from '../errors.js'
import {hasDagRole, type RoleChange, roleOn} from './arithmetic.js'
import {type AuditFilter, auditTokens} from './audit.js'
import {deploymentNotFound, requireDeployments, requireRole} from './explain.js'
import {withRoles} from './scope.js'
import {settle} from './settle.js'
import {previewWrite, type RoleWrite, type ScopingOptions, type Service, type WriteResult, writeRoles} from './write.js'

export interface ScopedToken {
  readonly token: ApiToken
  /** Its role on the Deployment; undefined if it only has roles on DAGs there. */
  readonly role: string | undefined
}

/** The result of a change to a token's roles, or of a dry run. */
export interface RoleResult {
  readonly token: ApiToken
  /** In the order of the given Deployments. */
  readonly changes: readonly RoleChange[]
  /** Deployments where the token lost its role but keeps roles on DAGs. */
  readonly dagRolesStay: readonly string[]
  readonly isDryRun: boolean
  /** Only with `settleSeconds`: whether the change stands, and how often it was written again. */
  readonly settlement?: {readonly settled: boolean; readonly rewrites: number}
}

export interface Target extends Pick<RoleWrite, 'deploymentIds' | 'tokenId'> {
  /** Makes every check, and writes nothing. */
  readonly isDryRun?: boolean
  /** Waits this long to see that the change stands, for writers on several machines. */
  readonly settleSeconds?: number | undefined
}

export interface RoleTarget extends Target {
  readonly role: string
}

export type TokenScoping = ReturnType<typeof createTokenScoping>

/** Creates the service that scopes tokens to Deployments. All Deployments of one call change in one atomic write. */
export function createTokenScoping(api: AstroApi, options: ScopingOptions) {
  const service: Service = {api, ...options}
  return {
    list: async (deploymentId: string) => listTokens(service, deploymentId),
    add: async (target: RoleTarget) => applyChange(service, {...target, needsRole: false}),
    /** Throws `not_found` if the token has no role on a Deployment, and names each of them. */
    update: async (target: RoleTarget) => applyChange(service, {...target, needsRole: true}),
    /** Throws as `update` does, and `conflict` if the token would have no role left. */
    remove: async (target: Target) => applyChange(service, {...target, needsRole: true}),
    audit: async (filter: AuditFilter) => auditTokens(api, options.scope, filter),
  }
}

async function listTokens({api, scope}: Service, deploymentId: string): Promise<readonly ScopedToken[]> {
  const tokens = await api.listTokens({deploymentId}).catch(async (error: unknown) => {
    throw hasKind(error, 'not_found') ? await deploymentNotFound(api, [deploymentId], error) : error
  })
  // An unknown Deployment may also list no tokens.
  if (tokens.length === 0) await requireDeployments(api, [deploymentId])
  const ofScope = tokens.filter((token) => token.scope === scope.type)
  return (await withRoles(api, ofScope)).map((token) => ({token, role: roleOn(token.roles, deploymentId)}))
}

async function applyChange(service: Service, change: RoleWrite & Target): Promise<RoleResult> {
  const {isDryRun = false, settleSeconds} = change
  if (isDryRun) {
    const preview = await previewWrite(service, change)
    await requireTargets(service.api, change, preview.changes)
    return resultOf(preview, true)
  }

  if (settleSeconds === undefined) return resultOf(await writeRoles(service, change), false)
  const {rewrites, ...settled} = await settle(service, change, settleSeconds)
  return {...resultOf(settled, false), settlement: {settled: true, rewrites}}
}

function resultOf({changes, roles, token}: WriteResult, isDryRun: boolean): RoleResult {
  const removed = changes.filter(({action}) => action === 'removed').map(({deploymentId}) => deploymentId)
  return {
    token,
    changes: changes.map((change) => {
      const left = removed.includes(change.deploymentId) ? roleOn(roles, change.deploymentId) : undefined
      return left === undefined ? change : {...change, role: left}
    }),
    dagRolesStay: removed.filter((id) => hasDagRole(roles, id)),
    isDryRun,
  }
}

/** Checks that the role and the Deployments exist; otherwise the API would reject the write. */
async function requireTargets(
  api: AstroApi,
  {deploymentIds, role}: RoleWrite,
  changes: readonly RoleChange[],
): Promise<void> {
  if (changes.every(({action}) => action === 'unchanged')) return
  if (role !== undefined) await requireRole(api, role, deploymentIds)
  const added = changes.filter(({action}) => action === 'added').map(({deploymentId}) => deploymentId)
  if (added.length > 0) await requireDeployments(api, added)
}
