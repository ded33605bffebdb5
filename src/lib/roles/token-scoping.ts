import {type ApiToken, type TokenRole} from '../astro-api/answers.js'
import {type AstroApi} from '../astro-api/operations.js'
import {AstroError, hasKind} from '../errors.js'
import {shellWord} from '../shell-word.js'
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

/** A token that a Deployment lists. */
export interface ScopedToken {
  readonly token: ApiToken
  /** Its role on the Deployment; undefined if it only has roles on DAGs there. */
  readonly role: string | undefined
}

/** What a command did to a token, or would do. */
export interface RoleResult {
  readonly token: ApiToken
  /** In the order of the Deployments that were named. */
  readonly changes: readonly RoleChange[]
  /** Deployments on whose DAGs the token keeps roles after its role on the Deployment was removed. */
  readonly dagRolesStay: readonly string[]
  /** Whether nothing was written, because this only says what would change. */
  readonly isDryRun: boolean
  /** Only with `settleSeconds`: that the change stands, and how often it was written again. */
  readonly settlement?: {readonly settled: boolean; readonly rewrites: number}
}

export interface Target {
  readonly tokenId: string
  /** At least one, each once. */
  readonly deploymentIds: readonly string[]
  /** Only say what would change: every check is made, and nothing is written. */
  readonly isDryRun?: boolean
  /** Wait so long until the change stands, for writers on several machines. */
  readonly settleSeconds?: number | undefined
}

export interface RoleTarget extends Target {
  readonly role: string
}

/**
 * Scopes tokens to Deployments. All Deployments of one call change in one atomic write. Besides the errors named here,
 * each function throws what the API client throws.
 */
export interface TokenScoping {
  /** The tokens that the Deployment lists. Throws `not_found` for an unknown Deployment. */
  list(deploymentId: string): Promise<readonly ScopedToken[]>
  /** Gives the role. Throws `not_found` for an unknown token, Deployment or role. */
  add(target: RoleTarget): Promise<RoleResult>
  /** Changes the role; also throws `not_found`, naming each Deployment on which the token has none. */
  update(target: RoleTarget): Promise<RoleResult>
  /** Removes the role; throws as `update` does, and `conflict` if the token would keep no role at all. */
  remove(target: Target): Promise<RoleResult>
  /** The token with its current roles. Throws `not_found` for an unknown token. */
  read(tokenId: string): Promise<ApiToken>
  /** Every role that a token of this scope has on a Deployment. */
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

/** A change to make, for its checks and for the words of its errors. */
interface Change extends Target {
  readonly edit: (roles: readonly TokenRole[]) => RoleEdit
  /** The role to give; absent when it is removed. */
  readonly role?: string
  /** Whether the token must have a role on each of the Deployments already. */
  readonly needsRole: boolean
}

/** The service on an Organization's part of the API. */
export function createTokenScoping(api: AstroApi, options: ScopingOptions): TokenScoping {
  const service = {api, options}
  return {
    list: async (deploymentId) => listTokens(service, deploymentId),
    add: async (target) => changeRoles(service, {...target, edit: givingRole(target), needsRole: false}),
    update: async (target) => changeRoles(service, {...target, edit: givingRole(target), needsRole: true}),
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

function givingRole({deploymentIds, role}: RoleTarget): Change['edit'] {
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
    explain: async (refusal) => explainRefusal(api, refusal, change),
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
  // In a repeat, the roles may be as after our own write.
  const repeat: RoleWrite = {...write, check: async (token) => write.check(token, true)}
  let hasWritten = false
  const onWrite = (state: WriteState) => {
    hasWritten ||= state === 'written'
    // A refused repeat does not undo what was written before.
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

/** Checks what the API would refuse in a write: a role or a Deployment that does not exist. */
async function requireTargets(api: AstroApi, change: Change, changes: readonly RoleChange[]): Promise<void> {
  if (changes.every(({action}) => action === 'unchanged')) return
  await requireRole(api, change)
  const added = changes.filter(({action}) => action === 'added').map(({deploymentId}) => deploymentId)
  if (added.length > 0) await requireDeployments(api, added)
}

/** Throws `not_found` that names each Deployment on which the token has no role, and those that do not exist. */
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
