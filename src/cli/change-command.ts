import {AstroError, cancelled, hasKind} from '../lib/errors.js'
import {confirmationQuestion, writePlan} from '../lib/output/messages.js'
import {type NamedResult} from '../lib/output/result-json.js'
import {DEPLOYMENT_ADMIN} from '../lib/roles/arithmetic.js'
import {findDeployments} from '../lib/roles/explain.js'
import {type RoleResult, type Target} from '../lib/roles/service.js'
import {namesOf} from '../lib/selection/deployments.js'
import {type CommandContext} from './context.js'
import {
  checkTokenIsNamed,
  chooseDeployments,
  type DeploymentChoiceFlags,
  pickRole,
  type SelectedTarget,
  selectTarget,
} from './selectors.js'
import {openSession, type Session} from './session.js'

/** The flags of `add`, `update` and `remove`. */
export interface ChangeFlags extends DeploymentChoiceFlags {
  readonly 'dry-run': boolean
  readonly 'org-token-name'?: string | undefined
  readonly role?: string | undefined
  readonly settle?: number | undefined
  readonly yes: boolean
}

export type ChangeName = 'add' | 'remove' | 'update'

const SPINNER_LABELS: Readonly<Record<ChangeName, string>> = {
  add: 'Adding the role',
  remove: 'Removing the role',
  update: 'Updating the role',
}

/** A change that is ready to be made. */
interface Change {
  readonly context: CommandContext
  readonly session: Session
  readonly name: ChangeName
  readonly flags: ChangeFlags
  readonly selected: SelectedTarget
  /** The role to give; undefined for `remove`. */
  readonly role: string | undefined
  /** Whether nobody named the role. */
  readonly isDefaultRole: boolean
}

/**
 * Adds, updates or removes a token's role. Selects the Deployments, the token and the role, asks for confirmation where
 * the user has not seen what will change, and makes the change. Throws `usage` if something is missing in a
 * non-interactive session, `cancelled` for a declined prompt, and what the service throws.
 */
export async function changeRoles(
  context: CommandContext,
  name: ChangeName,
  tokenId: string | undefined,
  flags: ChangeFlags,
): Promise<NamedResult> {
  const {prompts} = context
  const {
    'all-deployments': isAll,
    'dry-run': isDryRun,
    'org-token-name': tokenName,
    'workspace-id': workspaceId,
  } = flags
  checkTokenIsNamed(context, {tokenId, tokenName})
  const deployments = await chooseDeployments(context, flags)
  if (isAll && !isDryRun) checkIsConfirmed(name, flags, prompts !== undefined)

  const session = await openSession(context)
  const request = {deployments, tokenId, tokenName, workspaceId, needsRole: name !== 'add'}
  const selected = await selectTarget({context, session}, request)
  const change: Change = await withRole({
    context,
    session,
    name,
    flags,
    selected,
    role: flags.role,
    isDefaultRole: false,
  })
  const needsConfirmation = !flags.yes && !isDryRun && (isAll || (name === 'remove' && prompts?.wereUsed()))
  if (needsConfirmation) {
    const plan = await runChange(change, true)
    const hasChanges = await confirmPlan(change, plan)
    // With --settle, the command also waits if the role is already there.
    if (!hasChanges && flags.settle === undefined) return {...plan, isDryRun: false}
  }

  const result = await runChange(change, isDryRun)
  notifyAbout(change, result)
  return result
}

/**
 * With `--all-deployments`, nobody may change roles without seeing the plan unless `--yes` says so, and then the role
 * must be named too: the default would make every role DEPLOYMENT_ADMIN.
 */
function checkIsConfirmed(name: ChangeName, {role, yes}: ChangeFlags, isInteractive: boolean): void {
  if (isInteractive && !yes) return
  const missing = [...(name !== 'remove' && role === undefined ? ['--role'] : []), ...(yes ? [] : ['--yes'])]
  if (missing.length === 0) return
  const message = yes
    ? '--all-deployments --yes needs --role, because nobody confirms the default role.'
    : '--all-deployments changes many Deployments, and this session is non-interactive.'
  throw new AstroError('usage', message, {
    hint: `Add ${missing.join(' and ')}, or see what would change with --dry-run`,
  })
}

/** Adds the role if `--role` is missing: from a prompt in an interactive session, otherwise the documented default. */
async function withRole(change: Change): Promise<Change> {
  const {context, flags, name, role, selected} = change
  const {note, prompts} = context
  if (name === 'remove' || role !== undefined) return change
  if (prompts && !flags.yes && (name === 'update' || prompts.wereUsed())) {
    return {...change, role: await pickRole(change, prompts, selected)}
  }

  if (name === 'update') note(`No --role specified; updating to ${DEPLOYMENT_ADMIN}.`)
  return {...change, role: DEPLOYMENT_ADMIN, isDefaultRole: true}
}

async function runChange(change: Change, isDryRun: boolean): Promise<NamedResult> {
  const {context, name, selected} = change
  const running = callService(change, isDryRun)
  const result = await context.progress.withSpinner(SPINNER_LABELS[name], running)
  const {deploymentNames} = selected
  return {...result, deploymentNames: isDryRun && !context.isJson ? await completeNames(change) : deploymentNames}
}

/** The names of all Deployments, for a plan. Reads them if a name is missing and the credential may read it. */
async function completeNames({context, selected, session}: Change): Promise<ReadonlyMap<string, string>> {
  const {deploymentIds, deploymentNames} = selected
  if (deploymentIds.every((id) => deploymentNames.has(id))) return deploymentNames
  const reading = findDeployments(session.api, deploymentIds).catch((error: unknown) => {
    if (hasKind(error, 'forbidden')) return []
    throw error
  })
  return namesOf(await context.progress.withSpinner('Reading Deployments', reading))
}

async function callService({flags, name, role, selected, session}: Change, isDryRun: boolean): Promise<RoleResult> {
  const {deploymentIds, tokenId} = selected
  const target: Target = {deploymentIds, isDryRun, settleSeconds: flags.settle, tokenId}
  return name === 'remove' ? session.scoping.remove(target) : session.scoping[name]({...target, role: role ?? ''})
}

/**
 * Prints the plan of a change to all Deployments, and prompts for confirmation. Returns false, without a prompt, if
 * nothing would change. Throws `cancelled` if the user declines.
 */
async function confirmPlan({context, flags}: Change, plan: NamedResult): Promise<boolean> {
  const question = confirmationQuestion(plan)
  if (question === undefined) return false
  if (flags['all-deployments']) await writePlan(plan, context.stderr, 'will')
  if (!(await context.prompts?.confirm(question))) throw cancelled()
  return true
}

/** Prints on stderr what the user may not expect of the result. */
function notifyAbout({context, isDefaultRole, name}: Change, {changes, token}: NamedResult): void {
  const {clock, note, report} = context
  const replaced = changes.filter(({action}) => action === 'updated').map(({previousRole = ''}) => previousRole)
  if (name === 'add' && isDefaultRole && replaced.length > 0) {
    note(`No --role specified; ${DEPLOYMENT_ADMIN} replaces ${[...new Set(replaced)].join(', ')}.`)
  }

  const {endAt = '', id} = token
  if (Date.parse(endAt) <= clock.now()) report.warn(`The token ${token.name} (${id}) expired on ${endAt.slice(0, 10)}.`)
}
