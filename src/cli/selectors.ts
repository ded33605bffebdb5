import {type ApiToken, type Deployment} from '../lib/astro-api/responses.js'
import {AstroError} from '../lib/errors.js'
import {deploymentChoices, roleChoices, roleOnDeployments, tokenChoices} from '../lib/output/choices.js'
import {deploymentIdsIn, roleOn} from '../lib/roles/arithmetic.js'
import {readTokenOfScope} from '../lib/roles/scope.js'
import {
  type DeploymentSelection,
  deploymentsOf,
  findNamedDeployments,
  listDeployments,
  type NamedDeployments,
  namesOf,
  readNamedDeployments,
} from '../lib/selection/deployments.js'
import {listOfferedRoles} from '../lib/selection/role.js'
import {ambiguousToken, findTokens, type TokenSearch} from '../lib/selection/token.js'
import {type CommandContext} from './context.js'
import {type Prompts} from './prompts.js'
import {type Session} from './session.js'

/** The Deployments that a command is for, as far as it is known before a request. */
export type DeploymentChoice =
  | {readonly kind: 'all'}
  | {readonly kind: 'named'; readonly named: NamedDeployments}
  | {readonly kind: 'prompt'; readonly prompts: Prompts}

export interface DeploymentChoiceFlags {
  readonly 'all-deployments': boolean
  readonly 'deployment-id'?: readonly string[] | string | undefined
  readonly 'deployment-name'?: readonly string[] | string | undefined
  readonly 'workspace-id'?: string | undefined
}

/** How a command selects its token and its Deployments. */
export interface TargetRequest {
  readonly deployments: DeploymentChoice
  readonly tokenId: string | undefined
  readonly tokenName: string | undefined
  readonly workspaceId: string | undefined
  /** Whether the token must have a role on the Deployments, as for `update` and `remove`. */
  readonly needsRole: boolean
}

export interface SelectedTarget extends DeploymentSelection {
  readonly tokenId: string
}

/** The work that a function needs to prompt for what is missing. */
type Asking = Readonly<{context: CommandContext; session: Session}>

/**
 * The Deployments that the flags, the environment or the project name; otherwise a prompt. Prints the source on stderr
 * unless it is a flag. Throws `usage` in a non-interactive session without any of them.
 */
export async function chooseDeployments(
  context: CommandContext,
  flags: DeploymentChoiceFlags,
): Promise<DeploymentChoice> {
  if (flags['all-deployments']) return {kind: 'all'}
  const {'deployment-id': ids = [], 'deployment-name': names = [], 'workspace-id': workspaceId} = flags
  const named = await readNamedDeployments({ids: [ids].flat(), names: [names].flat()}, context)
  if (named) {
    if (named.source !== undefined) context.note(`Deployment ${named.ids.join(', ')} (from ${named.source})`)
    if (workspaceId !== undefined && named.names.length === 0) {
      context.note('--workspace-id has no effect, because the Deployment is specified by its ID.')
    }

    return {kind: 'named', named}
  }

  if (context.prompts) return {kind: 'prompt', prompts: context.prompts}
  throw new AstroError('usage', 'No Deployment specified.', {
    hint: 'Specify it with --deployment-id or --deployment-name, use --all-deployments, set ASTRO_DEPLOYMENT_ID, or save it in the project with the Astro CLI: astro deploy --save',
  })
}

/** Throws `usage` if both an ID and a name are given, or if there is neither and no prompt is possible. */
export function checkTokenIsNamed(
  {prompts}: CommandContext,
  {tokenId, tokenName}: Pick<TargetRequest, 'tokenId' | 'tokenName'>,
): void {
  if (tokenId !== undefined && tokenName !== undefined) {
    throw new AstroError('usage', 'The token is specified twice: by TOKEN-ID and by --org-token-name.', {
      hint: 'Use one of them',
    })
  }

  if (tokenId === undefined && tokenName === undefined && !prompts) {
    throw new AstroError('usage', 'No token specified.', {
      hint: 'Specify its TOKEN-ID, or its name with --org-token-name',
    })
  }
}

/** Selects the one Deployment of `list`. Prompts for it if necessary. */
export async function selectDeployments(
  {context, session}: Asking,
  choice: DeploymentChoice,
  workspaceId: string | undefined,
): Promise<DeploymentSelection> {
  const {api} = session
  if (choice.kind === 'named') {
    const finding = findNamedDeployments(api, choice.named, workspaceId)
    return context.progress.withSpinner('Reading Deployments', finding)
  }

  const deployments = await context.progress.withSpinner('Reading Deployments', listDeployments(api, workspaceId))
  const deploymentNames = namesOf(deployments)
  if (choice.kind === 'all') return {deploymentIds: deployments.map(({id}) => id), deploymentNames}
  return {deploymentIds: [await pickDeployment({context, session}, choice.prompts, deployments)], deploymentNames}
}

/** Selects the token and the Deployments of a change: first the Deployments, then the token. Prompts if necessary. */
export async function selectTarget(asking: Asking, request: TargetRequest): Promise<SelectedTarget> {
  const {deployments, needsRole, tokenId, tokenName, workspaceId} = request
  const isTokenNamed = tokenId !== undefined || tokenName !== undefined
  if (needsRole && (deployments.kind === 'all' || (deployments.kind === 'prompt' && isTokenNamed))) {
    return selectWhereTokenHasRole(asking, request)
  }

  const selection = await selectDeployments(asking, deployments, workspaceId)
  const {deploymentIds} = selection
  const search = needsRole ? {deploymentIds, onDeployment: deploymentIds[0], rank: rankOn(deploymentIds)} : {}
  const selected = tokenId ?? (await selectToken(asking, request, {deploymentIds, ...search}))
  return {...selection, tokenId: selected}
}

/** Selects among the Deployments on which the token has a role: all of them, or one with a prompt. */
async function selectWhereTokenHasRole(asking: Asking, request: TargetRequest): Promise<SelectedTarget> {
  const {context, session} = asking
  const {deployments, tokenId, tokenName, workspaceId} = request
  const {api, scope} = session
  const known =
    deployments.kind === 'prompt' || workspaceId !== undefined
      ? await context.progress.withSpinner('Reading Deployments', listDeployments(api, workspaceId))
      : undefined
  const search = {name: tokenName, deploymentIds: known?.map(({id}) => id), rank: rankIn(known)}
  const finding = async () =>
    tokenId === undefined ? findTokens(api, scope, search) : [await readTokenOfScope(api, scope, tokenId)]
  const tokens = await context.progress.withSpinner('Reading tokens', finding())
  const deploymentNames = namesOf(known ?? [])
  if (deployments.kind === 'prompt') {
    const withRole = new Set(deploymentsOf(tokens, known, workspaceId))
    const offered = (known ?? []).filter(({id}) => withRole.has(id))
    const deploymentIds = [await pickDeployment(asking, deployments.prompts, offered, tokens)]
    const there = tokens.filter((token) => rankOn(deploymentIds)(token) > 0)
    return {deploymentIds, deploymentNames, tokenId: await pickToken(asking, request, {tokens: there, deploymentIds})}
  }

  const picked = await pickToken(asking, request, {tokens, deploymentIds: undefined})
  const token = tokens.find(({id}) => id === picked)
  return {deploymentIds: deploymentsOf(token ? [token] : [], known, workspaceId), deploymentNames, tokenId: picked}
}

/** Prompts for one of the Deployments. Shows the role that one of the tokens has there. */
async function pickDeployment(
  {context: {stderr}, session: {loginWorkspaceId}}: Asking,
  prompts: Prompts,
  deployments: readonly Deployment[],
  tokens?: readonly ApiToken[],
): Promise<string> {
  const near = deployments.filter(({workspaceId}) => workspaceId === loginWorkspaceId)
  const offered = near.length > 0 ? near : deployments
  const roleOf = ({id}: Deployment) =>
    [...new Set(tokens?.flatMap(({roles = []}) => roleOn(roles, id) ?? []))].join(', ')
  const choices = await deploymentChoices(offered, {width: stderr.columns, roleOf: tokens && roleOf})
  return prompts.pick('Which Deployment?', choices)
}

async function selectToken(asking: Asking, request: TargetRequest, search: TokenSearch): Promise<string> {
  const {context, session} = asking
  const finding = findTokens(session.api, session.scope, {...search, name: request.tokenName})
  const tokens = await context.progress.withSpinner('Reading tokens', finding)
  return pickToken(asking, request, {tokens, deploymentIds: search.deploymentIds})
}

/** The only token of a name; otherwise a prompt. Throws `ambiguous` if it cannot prompt. */
async function pickToken(
  {context, session}: Asking,
  {needsRole, tokenId, tokenName}: TargetRequest,
  {
    deploymentIds,
    tokens,
  }: {readonly tokens: readonly ApiToken[]; readonly deploymentIds: readonly string[] | undefined},
): Promise<string> {
  const [token, ...others] = tokens
  if (token && others.length === 0 && (tokenName ?? tokenId) !== undefined) return token.id
  if (!context.prompts) throw ambiguousToken(tokens, session.scope)
  const {clock, stderr} = context
  const choices = await tokenChoices(tokens, {
    now: new Date(clock.now()),
    width: stderr.columns,
    roleOf: needsRole ? roleOnDeployments(deploymentIds) : undefined,
  })
  return context.prompts.pick('Which token?', choices)
}

/** Prompts for a role that the token can have on all of the Deployments. */
export async function pickRole({context, session}: Asking, prompts: Prompts, target: SelectedTarget): Promise<string> {
  const listing = listOfferedRoles(session.api, session.scope, target)
  const roles = await context.progress.withSpinner('Reading roles', listing)
  return prompts.pick('Which role?', await roleChoices(roles, context.stderr.columns))
}

/** Prefers the token with a role on most of the Deployments. */
function rankOn(deploymentIds: readonly string[]) {
  return ({roles = []}: ApiToken) => deploymentIds.filter((id) => roleOn(roles, id) !== undefined).length
}

/** Keeps the tokens with a role on one of the Deployments, or on any if they are unknown. */
function rankIn(deployments: readonly Deployment[] | undefined) {
  const within = deployments && new Set(deployments.map(({id}) => id))
  return ({roles = []}: ApiToken) => (deploymentIdsIn(roles).some((id) => within?.has(id) ?? true) ? 1 : 0)
}
