import {type AstroApi} from '../astro-api/operations.js'
import {type ApiToken, type TokenRole} from '../astro-api/responses.js'
import {AstroError, hasKind} from '../errors.js'
import {shellWord} from '../helpers.js'
import {giveRole, hasDagRole, removeRole, type RoleChange, type RoleEdit, roleOn} from './arithmetic.js'
import {type AuditFilter, auditTokens} from './audit.js'
import {deploymentNotFound, explainRejection, requireDeployments, requireRole} from './explain.js'
import {readTokenOfScope, rolesOf, type TokenScope, withRoles} from './scope.js'
import {settle, type SettleOptions} from './settle.js'
import {previewWrite, type RoleWrite, type WriteResult, writeRoles} from './write.js'

/** A token with access to a Deployment. */
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
  /** Whether this only shows what would change, and nothing was written. */
  readonly isDryRun: boolean
  /** Only with `settleSeconds`: whether the change stands, and how often it was written again. */
  readonly settlement?: {readonly settled: boolean; readonly rewrites: number}
}

export interface Target {
  readonly tokenId: string
  /** At least one, without duplicates. */
  readonly deploymentIds: readonly string[]
  /** Only shows what would change: makes every check, and writes nothing. */
  readonly isDryRun?: boolean
  /** Waits this long to see that the change stands, for writers on several machines. */
  readonly settleSeconds?: number | undefined
}

export interface RoleTarget extends Target {
  readonly role: string
}

export interface ScopingOptions extends SettleOptions {
  readonly scope: TokenScope
}

interface Service {
  readonly api: AstroApi
  readonly options: ScopingOptions
}

/** A change to make, with the data for its checks and errors. */
interface Change extends Target {
  readonly edit: (roles: readonly TokenRole[]) => RoleEdit
  /** The role to give; absent for a removal. */
  readonly role?: string
  /** Whether the token must already have a role on each of the Deployments. */
  readonly needsRole: boolean
}

export type TokenScoping = ReturnType<typeof createTokenScoping>

/**
 * Creates the service that scopes the tokens of an Organization to Deployments. All Deployments of one call change in
 * one atomic write. Each function throws `not_found` for what does not exist, and the errors of the API client.
 */
export function createTokenScoping(api: AstroApi, options: ScopingOptions) {
  const service = {api, options}
  return {
    /** Lists the tokens with access to the Deployment. */
    list: async (deploymentId: string) => listTokens(service, deploymentId),
    /** Gives the role. */
    add: async (target: RoleTarget) => applyChange(service, {...giving(target), needsRole: false}),
    /** Changes the role. Also throws `not_found` if the token has no role on a Deployment, and names each of them. */
    update: async (target: RoleTarget) => applyChange(service, {...giving(target), needsRole: true}),
    /** Removes the role. Throws as `update` does, and `conflict` if the token would have no role left. */
    remove: async (target: Target) =>
      applyChange(service, {...target, edit: (roles) => removeRole(roles, target.deploymentIds), needsRole: true}),
    /** Reads the token with its current roles. */
    async read(tokenId: string): Promise<ApiToken> {
      const token = await readTokenOfScope(api, options.scope, tokenId)
      return {...token, roles: rolesOf(token)}
    },
    /** Finds every Deployment that a token of this scope has access to. */
    audit: async (filter: AuditFilter) => auditTokens(api, options.scope, filter),
  }
}

function giving(target: RoleTarget): Pick<Change, 'edit'> & RoleTarget {
  return {...target, edit: (roles) => giveRole(roles, target.deploymentIds, target.role)}
}

async function listTokens({api, options}: Service, deploymentId: string): Promise<readonly ScopedToken[]> {
  const tokens = await api.listTokens({deploymentId}).catch(async (error: unknown) => {
    throw hasKind(error, 'not_found') ? await deploymentNotFound(api, [deploymentId], error) : error
  })
  // An unknown Deployment may also list no tokens.
  if (tokens.length === 0) await requireDeployments(api, [deploymentId])
  const ofScope = tokens.filter(({scope}) => scope === options.scope.type)
  return (await withRoles(api, ofScope)).map((token) => ({token, role: roleOn(token.roles, deploymentId)}))
}

async function applyChange({api, options}: Service, change: Change): Promise<RoleResult> {
  const {isDryRun = false, settleSeconds} = change
  const write = writeFor({api, options}, change)
  if (isDryRun) {
    const preview = await previewWrite(write)
    await requireTargets(api, change, preview.changes)
    return resultOf(preview, true)
  }

  if (settleSeconds === undefined) return resultOf(await writeRoles(write, options), false)
  const {rewrites, ...settled} = await settle(write, settleSeconds, options)
  return {...resultOf(settled, false), settlement: {settled: true, rewrites}}
}

function writeFor({api, options}: Service, change: Change): RoleWrite {
  const {edit, needsRole, role, tokenId} = change
  return {
    tokenId,
    read: async () => readTokenOfScope(api, options.scope, tokenId),
    send: async (roles) => api.setTokenRoles(tokenId, roles),
    async check(token, isAfterWrite) {
      // After our own write, a missing role means that the removal succeeded.
      if (needsRole && !(isAfterWrite && role === undefined)) await requireRoles(api, token, change)
    },
    edit,
    explain: async (rejection, {roles}) => explainRejection(api, rejection, change, roles),
  }
}

function resultOf({changes, roles, token}: WriteResult, isDryRun: boolean): RoleResult {
  const removed = changes.filter(({action}) => action === 'removed').map(({deploymentId}) => deploymentId)
  return {
    token,
    changes: changes.map((change) => withRoleLeft(change, roles)),
    dagRolesStay: removed.filter((id) => hasDagRole(roles, id)),
    isDryRun,
  }
}

function withRoleLeft(change: RoleChange, roles: readonly TokenRole[]): RoleChange {
  const role = change.action === 'removed' ? roleOn(roles, change.deploymentId) : undefined
  return role === undefined ? change : {...change, role}
}

/** Checks that the role and the Deployments exist; otherwise the API would reject the write. */
async function requireTargets(
  api: AstroApi,
  {deploymentIds, role}: Change,
  changes: readonly RoleChange[],
): Promise<void> {
  if (changes.every(({action}) => action === 'unchanged')) return
  if (role !== undefined) await requireRole(api, role, deploymentIds)
  const added = changes.filter(({action}) => action === 'added').map(({deploymentId}) => deploymentId)
  if (added.length > 0) await requireDeployments(api, added)
}

/** Throws `not_found` with each Deployment on which the token has no role, and with those that do not exist. */
async function requireRoles(api: AstroApi, token: ApiToken, change: Change): Promise<void> {
  const {roles = []} = token
  const without = change.deploymentIds.filter((id) => roleOn(roles, id) === undefined)
  if (without.length === 0) return
  const error = noRoleOn(token, without, change.role)
  const reason = await explainRejection(api, error, {tokenId: token.id, deploymentIds: without})
  if (reason === error || without.length === 1) throw reason
  throw new AstroError('not_found', `${error.message} ${reason.message}`, reason.details)
}

function noRoleOn({id: tokenId, name, roles = []}: ApiToken, without: readonly string[], role: string | undefined) {
  const them = without.length === 1 ? 'Deployment' : 'Deployments'
  const onDags = without.filter((id) => hasDagRole(roles, id))
  const place = onDags.length === without.length ? 'there' : `in ${onDags.join(', ')}`
  const dags = onDags.length > 0 ? ` It only has roles on DAGs ${place}.` : ''
  const flags = without.map((id) => `--deployment-id ${id}`).join(' ')
  return new AstroError('not_found', `The token "${name}" has no role on ${them} ${without.join(', ')}.${dags}`, {
    hint:
      role === undefined
        ? 'See where it has a role: {{list}} --all-deployments'
        : `To give it the role: {{add}} ${tokenId} --role ${shellWord(role)} ${flags}`,
  })
}
