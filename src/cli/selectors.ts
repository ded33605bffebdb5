import {type ApiToken, type Deployment} from '../lib/astro-api/responses.js'
import {AstroError} from '../lib/errors.js'
import {deploymentChoices, roleChoices, roleOnDeployments, tokenChoices} from '../lib/output/choices.js'
import {roleOn} from '../lib/roles/arithmetic.js'
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
import {ambiguousToken, findTokens, listOfferedRoles} from '../lib/selection/token.js'
import {type CommandContext} from './context.js'
import {type Prompts} from './prompts.js'
import {type Session} from './session.js'

/** The Deployments that a command is for, as far as it is known before a request. */
export type DeploymentChoice =
  | {readonly kind: 'all'}
  | {readonly kind: 'named'; readonly named: NamedDeployments}
  | {readonly kind: 'prompt'; readonly prompts: Prompts}

export interface DeploymentFlags {
  readonly 'all-deployments': boolean
  readonly 'deployment-id'?: readonly string[] | string | undefined
  readonly 'deployment-name'?: readonly string[] | string | undefined
  readonly 'workspace-id'?: string | undefined
}

/** A command's search for its Deployments. */
interface DeploymentSearch {
  readonly context: CommandContext
  readonly session: Session
  readonly choice: DeploymentChoice
  readonly workspaceId: string | undefined
}

/** A command's search for its Deployments and its token. */
export interface TargetSearch extends DeploymentSearch {
  readonly tokenId: string | undefined
  readonly tokenName: string | undefined
  /** Whether the token must have a role on the Deployments, as for `update` and `remove`. */
  readonly needsRole: boolean
}

export interface SelectedTarget extends DeploymentSelection {
  readonly tokenId: string
}

/**
 * The Deployments that the flags, the environment or the project name; otherwise a prompt. Prints the source on stderr
 * unless it is a flag. Throws `usage` in a non-interactive session without any of them.
 */
export async function chooseDeployments(
  context: CommandContext,
  {'all-deployments': isAll, 'deployment-id': ids = [], 'deployment-name': names = [], ...flags}: DeploymentFlags,
): Promise<DeploymentChoice> {
  if (isAll) return {kind: 'all'}
  const named = await readNamedDeployments({ids: [ids].flat(), names: [names].flat()}, context)
  if (named) {
    if (named.source !== undefined) context.note(`Deployment ${named.ids.join(', ')} (from ${named.source})`)
    if (flags['workspace-id'] !== undefined && named.ids.length > 0) {
      context.note('--workspace-id has no effect on a Deployment that is specified by its ID.')
    }

    return {kind: 'named', named}
  }

  if (context.prompts) return {kind: 'prompt', prompts: context.prompts}
  throw new AstroError('usage', 'No Deployment specified.', {
    hint: 'Specify it with --deployment-id or --deployment-name, use --all-deployments, set ASTRO_DEPLOYMENT_ID, or save it in the project with the Astro CLI: astro deploy --save',
  })
}

/** Throws `usage` if both an ID and a name are given, or if there is neither and no prompt is possible. */
export function checkTokenIsNamed(isInteractive: boolean, id: string | undefined, name: string | undefined): void {
  if (id !== undefined && name !== undefined) {
    throw new AstroError('usage', 'The token is specified twice: by TOKEN-ID and by --org-token-name.', {
      hint: 'Use one of them',
    })
  }

  if (id !== undefined || name !== undefined || isInteractive) return
  throw new AstroError('usage', 'No token specified.', {
    hint: 'Specify its TOKEN-ID, or its name with --org-token-name',
  })
}

/** Selects the Deployments of a command. Prompts for one if necessary. */
export async function selectDeployments(search: DeploymentSearch): Promise<DeploymentSelection> {
  const {choice, context, session, workspaceId} = search
  if (choice.kind === 'named') {
    const finding = findNamedDeployments(session.api, choice.named, workspaceId)
    return context.progress.withSpinner('Reading Deployments', finding)
  }

  const deployments = await readDeployments(search)
  const deploymentNames = namesOf(deployments)
  if (choice.kind === 'all') return {deploymentIds: deployments.map(({id}) => id), deploymentNames}
  return {deploymentIds: [await pickDeployment(search, choice.prompts, deployments)], deploymentNames}
}

/** Selects the token and the Deployments of a change: first the Deployments, then the token. Prompts if necessary. */
export async function selectTarget(search: TargetSearch): Promise<SelectedTarget> {
  const {choice, context, needsRole, session, tokenId, tokenName} = search
  const isTokenNamed = tokenId !== undefined || tokenName !== undefined
  if (needsRole && (choice.kind === 'all' || (choice.kind === 'prompt' && isTokenNamed))) {
    return selectWhereTokenHasRole(search)
  }

  const selection = await selectDeployments(search)
  if (tokenId !== undefined) return {...selection, tokenId}
  const {deploymentIds} = selection
  const finding = findTokens(session.api, session.scope, {
    name: tokenName,
    deploymentIds,
    keep: needsRole ? 'most roles' : 'all',
  })
  const tokens = await context.progress.withSpinner('Reading tokens', finding)
  return {...selection, tokenId: await pickToken(search, tokens, deploymentIds)}
}

/** Selects among the Deployments on which the token has a role: all of them, or one with a prompt. */
async function selectWhereTokenHasRole(search: TargetSearch): Promise<SelectedTarget> {
  const {choice, context, session, tokenId, tokenName, workspaceId} = search
  const {api, scope} = session
  const isRestricted = choice.kind === 'prompt' || workspaceId !== undefined
  const known = isRestricted ? await readDeployments(search) : undefined
  const finding =
    tokenId === undefined
      ? findTokens(api, scope, {name: tokenName, deploymentIds: known?.map(({id}) => id), keep: 'any role'})
      : readTokenOfScope(api, scope, tokenId).then((token) => [token])
  const tokens = await context.progress.withSpinner('Reading tokens', finding)
  const deploymentNames = namesOf(known ?? [])
  if (choice.kind !== 'prompt') {
    const picked = await pickToken(search, tokens)
    const token = tokens.filter(({id}) => id === picked)
    return {deploymentIds: deploymentsOf(token, known, workspaceId), deploymentNames, tokenId: picked}
  }

  const withRole = deploymentsOf(tokens, known, workspaceId)
  const offered = (known ?? []).filter(({id}) => withRole.includes(id))
  const deploymentId = await pickDeployment(search, choice.prompts, offered, tokens)
  const there = tokens.filter(({roles = []}) => roleOn(roles, deploymentId) !== undefined)
  const deploymentIds = [deploymentId]
  return {deploymentIds, deploymentNames, tokenId: await pickToken(search, there, deploymentIds)}
}

async function readDeployments({context, session, workspaceId}: DeploymentSearch): Promise<readonly Deployment[]> {
  return context.progress.withSpinner('Reading Deployments', listDeployments(session.api, workspaceId))
}

/** Prompts for one of the Deployments. Shows the role that one of the tokens has there. */
async function pickDeployment(
  {context}: DeploymentSearch,
  prompts: Prompts,
  deployments: readonly Deployment[],
  tokens?: readonly ApiToken[],
): Promise<string> {
  const rolesOn = ({id}: Deployment) => new Set(tokens?.flatMap(({roles = []}) => roleOn(roles, id) ?? []))
  const choices = await deploymentChoices(deployments, {
    width: context.stderr.columns,
    roleOf: tokens && ((deployment) => [...rolesOn(deployment)].join(', ')),
  })
  return prompts.pick('Which Deployment?', choices)
}

/** The only token of a name; otherwise a prompt. Throws `ambiguous` if it cannot prompt. */
async function pickToken(
  {context, needsRole, session, tokenId, tokenName}: TargetSearch,
  tokens: readonly ApiToken[],
  deploymentIds?: readonly string[],
): Promise<string> {
  const [token, ...others] = tokens
  if (token && others.length === 0 && (tokenName ?? tokenId) !== undefined) return token.id
  const {clock, prompts, stderr} = context
  if (!prompts) throw ambiguousToken(tokens, session.scope)
  const choices = await tokenChoices(tokens, {
    now: new Date(clock.now()),
    width: stderr.columns,
    roleOf: needsRole ? roleOnDeployments(deploymentIds) : undefined,
  })
  return prompts.pick('Which token?', choices)
}

/** Prompts for a role that the token can have on all of the Deployments. */
export async function pickRole(
  {context, session}: Pick<TargetSearch, 'context' | 'session'>,
  prompts: Prompts,
  target: SelectedTarget,
): Promise<string> {
  const listing = listOfferedRoles(session.api, session.scope, target)
  const roles = await context.progress.withSpinner('Reading roles', listing)
  return prompts.pick('Which role?', await roleChoices(roles, context.stderr.columns))
}
