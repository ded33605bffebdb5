import {type ApiToken, type Deployment} from '../astro-api/answers.js'
import {type AstroApi} from '../astro-api/operations.js'
import {AstroError} from '../errors.js'
import {deploymentsOf, listDeployments} from '../selection/all-deployments.js'
import {
  type ChooseToken,
  findTokenId,
  ORGANIZATION,
  readOrganizationToken,
  type TokenSearch,
  type TokenSelector,
} from '../selection/token-lookup.js'
import {type AuditedRole, type AuditFilter, auditTokens} from './audit.js'
import {deploymentNotFound, explainRefusal, requireDeployments, requireRole} from './existence.js'
import {
  giveRole,
  hasDagRole,
  type RoleChange,
  type RoleEdit,
  roleOn,
  takeRole,
  type TokenRole,
} from './role-arithmetic.js'
import {previewWrite, type RoleWrite, type WriteOptions, writeRoles} from './role-write.js'

/** The role that `add` and `update` give when none is named. */
export const DEFAULT_ROLE = 'DEPLOYMENT_ADMIN'

/** An Organization token that a Deployment lists. */
export interface ScopedToken {
  readonly token: ApiToken
  /** Its role on the Deployment; undefined for a token that has roles on DAGs inside it alone. */
  readonly role: string | undefined
}

/** What became of a token. */
export interface Scoping {
  readonly token: ApiToken
  /** One for each Deployment that was named, in their order. */
  readonly changes: readonly RoleChange[]
  /** Deployments on whose DAGs the token keeps roles, though its role on the Deployment itself was removed. */
  readonly dagRolesStay: readonly string[]
  /** Whether this is what would be, and nothing was written. */
  readonly isDryRun: boolean
}

export interface Target {
  readonly token: TokenSelector
  /** At least one, each once. */
  readonly deploymentIds: readonly string[]
  /** Only say what would change: every check is made, and nothing is written. */
  readonly isDryRun?: boolean
}

export interface RoleTarget extends Target {
  readonly role: string
}

/**
 * Scopes Organization tokens to Deployments. A command's Deployments are changed by one write: all or none. Besides
 * the errors named here, each throws what the API client throws.
 */
export interface TokenScoping {
  /** The Organization tokens that the Deployment lists. Throws `not_found` for a Deployment that does not exist. */
  list(deploymentId: string): Promise<readonly ScopedToken[]>
  /** Gives the role. Throws `not_found` for an unknown token, Deployment or role. */
  add(target: RoleTarget): Promise<Scoping>
  /** Changes the role; also throws `not_found` where the token has none, naming each such Deployment. */
  update(target: RoleTarget): Promise<Scoping>
  /** Takes the role away; throws as `update` does, and `conflict` rather than leave the token without any role. */
  remove(target: Target): Promise<Scoping>
  /** Every Deployment of the Organization, or of the Workspace. Throws `not_found` where there is none. */
  deployments(workspaceId?: string): Promise<readonly Deployment[]>
  /**
   * The token, and every Deployment on which it has a role, of the Organization or of the Workspace. Throws `not_found`
   * where there is none.
   */
  deploymentsOf(token: TokenSelector, workspaceId?: string): Promise<Required<Omit<Target, 'isDryRun'>>>
  /** Where the Organization's tokens are used: each role that one has on a Deployment. */
  audit(filter: AuditFilter): Promise<readonly AuditedRole[]>
}

export interface ScopingOptions extends WriteOptions {
  /** Asks which token is meant, where none is named or several have the name; undefined where nobody can be asked. */
  readonly choose?: ChooseToken | undefined
}

/** What an edit is about, for its checks and for the words of its errors. */
interface Edit {
  readonly deploymentIds: readonly string[]
  readonly role?: string
  /** Whether the token must have a role on each of the Deployments already. */
  readonly mustHaveRole?: boolean
  readonly isDryRun: boolean
}

interface Service {
  readonly api: AstroApi
  readonly options: WriteOptions
}

/** The service on an Organization's part of the API. */
export function createTokenScoping(api: AstroApi, options: ScopingOptions = {}): TokenScoping {
  const service = {api, options}
  const {choose} = options
  /** `update` and `remove` are about a token that has a role on the Deployments. */
  const withRoles = (deploymentIds: readonly string[]): TokenSearch => ({
    choose,
    deploymentIds,
    onDeployment: deploymentIds[0],
    rank: ({roles = []}) => deploymentIds.filter((id) => roleOn(roles, id) !== undefined).length,
  })
  return {
    list: async (deploymentId) => listTokens(api, deploymentId),
    async add({deploymentIds, isDryRun = false, role, token}) {
      const tokenId = await findTokenId(api, token, {choose, deploymentIds})
      const edit: Edit = {deploymentIds, role, isDryRun}
      return editRoles(service, tokenId, edit, (roles) => giveRole(roles, deploymentIds, role))
    },
    async update({deploymentIds, isDryRun = false, role, token}) {
      const tokenId = await findTokenId(api, token, withRoles(deploymentIds))
      const edit: Edit = {deploymentIds, role, mustHaveRole: true, isDryRun}
      return editRoles(service, tokenId, edit, (roles) => giveRole(roles, deploymentIds, role))
    },
    async remove({deploymentIds, isDryRun = false, token}) {
      const tokenId = await findTokenId(api, token, withRoles(deploymentIds))
      const edit: Edit = {deploymentIds, mustHaveRole: true, isDryRun}
      return editRoles(service, tokenId, edit, (roles) => takeRole(roles, deploymentIds))
    },
    deployments: async (workspaceId) => listDeployments(api, workspaceId),
    deploymentsOf: async (token, workspaceId) => deploymentsOf(api, token, {choose, workspaceId}),
    audit: async (filter) => auditTokens(api, filter),
  }
}

async function listTokens(api: AstroApi, deploymentId: string): Promise<readonly ScopedToken[]> {
  const tokens = await api.listTokens({deploymentId}).catch(async (error: unknown) => {
    throw error instanceof AstroError && error.kind === 'not_found'
      ? await deploymentNotFound(api, [deploymentId], error)
      : error
  })
  // No token at all is what a Deployment that does not exist may look like too.
  if (tokens.length === 0) await requireDeployments(api, [deploymentId])
  return tokens
    .filter((token) => token.scope === ORGANIZATION)
    .map((token) => ({token, role: roleOn(token.roles ?? [], deploymentId)}))
}

async function editRoles(
  {api, options}: Service,
  tokenId: string,
  target: Edit,
  edit: (roles: readonly TokenRole[]) => RoleEdit,
): Promise<Scoping> {
  const write: RoleWrite = {
    tokenId,
    async read(isFirst) {
      const token = await readOrganizationToken(api, tokenId)
      // A role that is gone after a try of ours is gone by it, unless it is to be changed.
      if (target.mustHaveRole && (isFirst || target.role !== undefined)) {
        await requireRoles(api, token, target)
      }

      return token
    },
    edit,
    explain: async (refusal) => explainRefusal(api, refusal, target),
  }
  const result = target.isDryRun ? await previewWrite(write) : await writeRoles(api, write, options)
  const {changes, roles, token} = result
  if (target.isDryRun) await requireTargets(api, target, changes)
  const dagRolesStay = changes
    .filter(({action, deploymentId}) => action === 'removed' && hasDagRole(roles, deploymentId))
    .map(({deploymentId}) => deploymentId)
  return {token, changes, dagRolesStay, isDryRun: target.isDryRun}
}

/** What the API would refuse in a write: a role or a Deployment that does not exist. */
async function requireTargets(api: AstroApi, {role}: Edit, changes: readonly RoleChange[]): Promise<void> {
  if (changes.every(({action}) => action === 'unchanged')) return
  await requireRole(api, role)
  const added = changes.filter(({action}) => action === 'added').map(({deploymentId}) => deploymentId)
  if (added.length > 0) await requireDeployments(api, added)
}

/** Throws `not_found` that names each of the Deployments on which the token has no role, and those that do not exist. */
async function requireRoles(api: AstroApi, token: ApiToken, {deploymentIds, role}: Edit): Promise<void> {
  const without = deploymentIds.filter((id) => roleOn(token.roles ?? [], id) === undefined)
  if (without.length === 0) return
  const them = without.length === 1 ? 'Deployment' : 'Deployments'
  const flags = without.map((id) => `--deployment-id ${id}`).join(' ')
  const error = new AstroError('not_found', `The token "${token.name}" has no role on ${them} ${without.join(', ')}.`, {
    hint:
      role === undefined
        ? 'See where it has one: {{list}} --all-deployments'
        : `Give it one: {{add}} ${token.id} ${flags}`,
  })
  const reason = await explainRefusal(api, error, {deploymentIds: without})
  if (reason === error || without.length === 1) throw reason
  throw new AstroError('not_found', `${error.message} ${reason.message}`, reason.details)
}
