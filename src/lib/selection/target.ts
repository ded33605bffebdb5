import {AstroError, cancelled} from '../errors.js'
import {type Choice, deploymentChoices} from '../output/choices.js'
import {type Target, type TokenScoping} from '../roles/token-scoping.js'
import {noDeploymentNamed} from './named-deployments.js'
import {type TokenSelector} from './token-lookup.js'

/** Questions to the user. Both reject with `cancelled` where they are not answered. */
export interface Prompts {
  /** Columns of the terminal; undefined or 0 if it does not know. */
  readonly columns?: number | undefined
  /** The value of the choice that was made, out of a list that narrows as one types. */
  pick(question: string, choices: readonly Choice[]): Promise<string>
  /** Whether the answer is yes. */
  confirm(question: string): Promise<boolean>
}

/** How a command asks, and shows that work goes on. */
export interface Dialogue {
  /** Undefined where nobody can be asked. */
  readonly prompts: Prompts | undefined
  readonly working: <T>(what: string, work: Promise<T>) => Promise<T>
  /** Takes the spinner from the screen, and an open question, which then counts as declined: whether there was one. */
  readonly clear: () => boolean
  /** Says how far the work is, to whoever sees it going on; an empty text takes that back. */
  readonly showProgress: (text: string) => void
}

/** The Deployments that a command line means: these, one that is picked, or all there are. */
export type DeploymentsMeant = 'all' | 'pick' | readonly string[]

export interface Workspaces {
  /** The Workspace that was named. */
  readonly workspaceId: string | undefined
  /** The Workspace that a login last worked in: Deployments to pick from are its own, if it has any. */
  readonly loginWorkspaceId: string | undefined
}

export interface TargetRequest extends Workspaces {
  readonly token: TokenSelector
  readonly deployments: DeploymentsMeant
  /** What is to be done, in the words of the question before all Deployments are changed. */
  readonly verb: 'Add' | 'Remove' | 'Update'
  /** Whether that question is answered already. */
  readonly isAgreed: boolean
  readonly isDryRun: boolean
}

/**
 * What a command is to change. For all Deployments: those that there are when a role is added, those on which the token
 * has a role otherwise; the user has to agree, unless they are only looked at.
 *
 * Throws `not_found` where there are none, `usage` where nobody can be asked, and `cancelled` where the answer is no.
 */
export async function resolveTarget(
  scoping: TokenScoping,
  request: TargetRequest,
  dialogue: Dialogue,
): Promise<Target> {
  const {deployments, isAgreed, isDryRun, token, verb, workspaceId} = request
  if (deployments !== 'all') {
    const deploymentIds = await resolveDeployments(scoping, deployments, request, dialogue)
    return {token, deploymentIds, isDryRun}
  }

  const all = verb === 'Add' ? everyDeployment(scoping, request) : scoping.deploymentsOf(token, workspaceId)
  const target = await dialogue.working('Reading Deployments', all)
  if (isAgreed || isDryRun) return {...target, isDryRun}

  const count = target.deploymentIds.length
  const question = `${verb} the token on ${count === 1 ? 'one Deployment' : `${count} Deployments`}?`
  if (await asked(dialogue.prompts).confirm(question)) return {...target, isDryRun}
  throw cancelled('See what would change: --dry-run')
}

/** The Deployments that are named, or the one that the user picks. Throws as `resolveTarget` does. */
export async function resolveDeployments(
  scoping: TokenScoping,
  deployments: 'pick' | readonly string[],
  {loginWorkspaceId, workspaceId}: Workspaces,
  dialogue: Dialogue,
): Promise<readonly string[]> {
  if (deployments !== 'pick') return deployments
  const {prompts} = dialogue
  if (!prompts) throw noDeploymentNamed()
  const found = await dialogue.working('Reading Deployments', scoping.deployments(workspaceId))
  const near = found.filter((deployment) => deployment.workspaceId === loginWorkspaceId)
  const offered = workspaceId === undefined && near.length > 0 ? near : found
  const choices = await deploymentChoices(offered, prompts.columns)
  return [await prompts.pick('Which Deployment?', choices)]
}

/** The `usage` error for `--all-deployments` where nobody can be asked whether all is meant. */
export function noConsent(): AstroError {
  return new AstroError('usage', '--all-deployments changes many Deployments at once, and nobody can be asked here.', {
    hint: 'Answer with --yes, or see what would change: --dry-run',
  })
}

async function everyDeployment(scoping: TokenScoping, {token, workspaceId}: TargetRequest): Promise<Target> {
  const deployments = await scoping.deployments(workspaceId)
  return {token, deploymentIds: deployments.map(({id}) => id)}
}

function asked(prompts: Prompts | undefined): Prompts {
  if (!prompts) throw noConsent()
  return prompts
}
