import {type AstroApi} from '../astro-api/operations.js'
import {type ApiToken, type TokenRole} from '../astro-api/responses.js'
import {AstroError, hasKind} from '../errors.js'
import {shellWord} from '../helpers.js'
import {type AuditedRole, type AuditFilter, auditTokens} from './audit.js'
import {deploymentNotFound, explainRefusal, requireDeployments, requireRole} from './existence.js'
import {withLockedToken} from './locked-token.js'
import {giveRole, hasDagRole, type RoleChange, type RoleEdit, roleOn, takeRole} from './role-arithmetic.js'
import {
  previewWrite,
  type RoleWrite,
  type WriteOptions,
  type WriteResult,
  writeRoles,
  type WriteState,
} from './role-write.js'
import {settle} from './settle.js'
import {readTokenOfScope, type TokenScope, withRoles} from './token-scope.js'

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

/**
 * Scopes tokens to Deployments. All Deployments of one call change in one atomic write. Each function also throws the
 * errors of the API client.
 */
export interface TokenScoping {
  /** Lists the tokens with access to the Deployment. Throws `not_found` for an unknown Deployment. */
  list(deploymentId: string): Promise<readonly ScopedToken[]>
  /** Gives the role. Throws `not_found` for an unknown token, Deployment or role. */
  add(target: RoleTarget): Promise<RoleResult>
  /** Changes the role. Also throws `not_found` if the token has no role on a Deployment, and names each of them. */
  update(target: RoleTarget): Promise<RoleResult>
  /** Removes the role. Throws as `update` does, and `conflict` if the token would have no role left. */
  remove(target: Target): Promise<RoleResult>
  /** Reads the token with its current roles. Throws `not_found` for an unknown token. */
  read(tokenId: string): Promise<ApiToken>
  /** Finds every role that a token of this scope has on a Deployment. */
  audit(filter: AuditFilter): Promise<readonly AuditedRole[]>
}

export interface ScopingOptions extends WriteOptions {
  readonly scope: TokenScope
  /** Called before each wait of `settleSeconds`. */
  readonly onSettle?: (milliseconds: number, rewrites: number) => void
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

/** Creates the service for an Organization. */
export function createTokenScoping(api: AstroApi, options: ScopingOptions): TokenScoping {
  const service = {api, options}
  return {
    list: async (deploymentId) => listTokens(service, deploymentId),
    add: async (target) => changeRoles(service, {...target, edit: editToGive(target), needsRole: false}),
    update: async (target) => changeRoles(service, {...target, edit: editToGive(target), needsRole: true}),
    remove: async (target) =>
      changeRoles(service, {...target, edit: (roles) => takeRole(roles, target.deploymentIds), needsRole: true}),
    async read(tokenId) {
      const read = async () => readTokenOfScope(api, options.scope, tokenId)
      const {token} = await withLockedToken({read, tokenId}, options, async (locked) => locked.read(false))
      return token
    },
    audit: async (filter) => auditTokens(api, options.scope, filter),
  }
}

function editToGive({deploymentIds, role}: RoleTarget): Change['edit'] {
  return (roles) => giveRole(roles, deploymentIds, role)
}

async function listTokens({api, options}: Service, deploymentId: string): Promise<readonly ScopedToken[]> {
  const tokens = await api.listTokens({deploymentId}).catch(async (error: unknown) => {
    throw hasKind(error, 'not_found') ? await deploymentNotFound(api, [deploymentId], error) : error
  })
  // An unknown Deployment may also list no tokens.
  if (tokens.length === 0) await requireDeployments(api, [deploymentId])
  const ofScope = await withRoles(
    api,
    tokens.filter(({scope}) => scope === options.scope.type),
  )
  return ofScope.map((token) => ({token, role: roleOn(token.roles, deploymentId)}))
}

async function changeRoles({api, options}: Service, change: Change): Promise<RoleResult> {
  const {edit, isDryRun = false, needsRole, role, tokenId} = change
  const write: RoleWrite = {
    tokenId,
    read: async () => readTokenOfScope(api, options.scope, tokenId),
    async check(token, isAfterWrite) {
      // After our own write, a missing role means that the removal succeeded.
      if (needsRole && !(isAfterWrite && role === undefined)) await requireRoles(api, token, change)
    },
    edit,
    explain: async (rejection) => explainRefusal(api, rejection, change),
  }
  if (isDryRun) {
    const preview = await previewWrite(write, options)
    await requireTargets(api, change, preview.changes)
    return resultOf(preview, true)
  }

  return change.settleSeconds === undefined
    ? resultOf(await writeRoles(api, write, options), false)
    : settleRoles({api, options}, write, change.settleSeconds)
}

async function settleRoles({api, options}: Service, write: RoleWrite, seconds: number): Promise<RoleResult> {
  // In a repeat, our own write may already have removed the role.
  const repeat: RoleWrite = {...write, check: async (token) => write.check(token, true)}
  let hasWritten = false
  const onWrite = (state: WriteState) => {
    hasWritten ||= state === 'written'
    // A rejected repeat does not undo an earlier write.
    options.onWrite?.(state === 'refused' && hasWritten ? 'written' : state)
  }

  const settling = {
    write: async (isRepeat: boolean) =>
      writeRoles(api, isRepeat ? repeat : write, {...options, onWrite, maxReadAgeMs: seconds * 500}),
    read: write.read,
    shows: (roles: readonly TokenRole[]) => write.edit(roles).roles === roles,
  }
  const {rewrites, ...settled} = await settle(settling, {seconds, clock: options.clock, onWait: options.onSettle})
  return {...resultOf(settled, false), settlement: {settled: true, rewrites}}
}

function resultOf({changes, roles, token}: WriteResult, isDryRun: boolean): RoleResult {
  const dagRolesStay = changes
    .filter(({action, deploymentId}) => action === 'removed' && hasDagRole(roles, deploymentId))
    .map(({deploymentId}) => deploymentId)
  return {token, changes, dagRolesStay, isDryRun}
}

/** Checks that the role and the Deployments exist; otherwise the API would reject the write. */
async function requireTargets(api: AstroApi, change: Change, changes: readonly RoleChange[]): Promise<void> {
  if (changes.every(({action}) => action === 'unchanged')) return
  await requireRole(api, change)
  const added = changes.filter(({action}) => action === 'added').map(({deploymentId}) => deploymentId)
  if (added.length > 0) await requireDeployments(api, added)
}

/** Throws `not_found` with each Deployment on which the token has no role, and with those that do not exist. */
async function requireRoles(api: AstroApi, token: ApiToken, {deploymentIds, role}: Change): Promise<void> {
  const {roles = []} = token
  const without = deploymentIds.filter((id) => roleOn(roles, id) === undefined)
  if (without.length === 0) return
  const them = without.length === 1 ? 'Deployment' : 'Deployments'
  const onDags = without.filter((id) => hasDagRole(roles, id))
  const place = onDags.length === without.length ? 'there' : `in ${onDags.join(', ')}`
  const dags = onDags.length > 0 ? ` It only has roles on DAGs ${place}.` : ''
  const flags = without.map((id) => `--deployment-id ${id}`).join(' ')
  const error = new AstroError(
    'not_found',
    `The token "${token.name}" has no role on ${them} ${without.join(', ')}.${dags}`,
    {
      hint:
        role === undefined
          ? 'See where it has a role: {{list}} --all-deployments'
          : `To give it the role: {{add}} ${token.id} --role ${shellWord(role)} ${flags}`,
    },
  )
  const reason = await explainRefusal(api, error, {deploymentIds: without})
  if (reason === error || without.length === 1) throw reason
  throw new AstroError('not_found', `${error.message} ${reason.message}`, reason.details)
}
