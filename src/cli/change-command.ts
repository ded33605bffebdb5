import {AstroError, cancelled, hasKind} from '../lib/errors.js'
import {confirmationQuestion, writePlan, writeResult} from '../lib/output/messages.js'
import {type NamedResult} from '../lib/output/result-json.js'
import {DEPLOYMENT_ADMIN} from '../lib/roles/arithmetic.js'
import {findDeployments} from '../lib/roles/explain.js'
import {type RoleResult, type Target} from '../lib/roles/service.js'
import {namesOf} from '../lib/selection/deployments.js'
import {type CommandContext} from './context.js'
import {rejectTwoSelections} from './flags.js'
import {
  checkTokenIsNamed,
  chooseDeployments,
  type DeploymentFlags,
  pickRole,
  type SelectedTarget,
  selectTarget,
} from './selectors.js'
import {openSession, type Session} from './session.js'

/** The flags of `add`, `update` and `remove`. */
export interface ChangeFlags extends DeploymentFlags {
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

interface Change {
  readonly context: CommandContext
  readonly session: Session
  readonly name: ChangeName
  readonly flags: ChangeFlags
  readonly target: SelectedTarget
  /** The role to give; undefined for the default role, and for `remove`. */
  readonly role: string | undefined
}

/**
 * Adds, updates or removes a token's role, and prints the result. Selects the Deployments, the token and the role, and
 * asks for confirmation where the user has not seen what will change. Throws `usage` if something is missing in a
 * non-interactive session, `cancelled` for a declined prompt, and what the service throws.
 */
export async function changeRoles(
  context: CommandContext,
  name: ChangeName,
  tokenId: string | undefined,
  flags: ChangeFlags,
): Promise<NamedResult> {
  const {'all-deployments': isAll, 'org-token-name': tokenName, 'workspace-id': workspaceId} = flags
  rejectTwoSelections(flags)
  checkTokenIsNamed(context.prompts !== undefined, tokenId, tokenName)
  const choice = await chooseDeployments(context, flags)
  if (isAll && !flags['dry-run']) checkIsConfirmed(name, flags, context.prompts !== undefined)

  const session = await openSession(context)
  const needsRole = name !== 'add'
  const target = await selectTarget({context, session, choice, tokenId, tokenName, workspaceId, needsRole})
  const change = await withRole({context, session, name, flags, target, role: flags.role})
  const result = await confirmAndRun(change)
  if (!context.isJson) await writeResult(result, context.stdout)
  for (const id of result.dagRolesStay)
    context.note(`${result.token.name} keeps its roles on DAGs in Deployment ${id}.`)
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

/** Prompts for the role if `--role` is missing and the session is interactive. */
async function withRole(change: Change): Promise<Change> {
  const {context, flags, name, role, target} = change
  const {note, prompts} = context
  if (name === 'remove' || role !== undefined) return change
  if (prompts && !flags.yes && (name === 'update' || prompts.wereUsed())) {
    return {...change, role: await pickRole(change, prompts, target)}
  }

  if (name === 'update') note(`No --role specified; updating to ${DEPLOYMENT_ADMIN}.`)
  return change
}

/** Makes the change, if need be after a confirmation. Throws `cancelled` if the user declines. */
async function confirmAndRun(change: Change): Promise<NamedResult> {
  const {context, flags, name} = change
  const {'all-deployments': isAll, 'dry-run': isDryRun, settle, yes} = flags
  let {target} = change
  if (!yes && !isDryRun && (isAll || (name === 'remove' && context.prompts?.wereUsed()))) {
    const plan = await run(change, true)
    const question = confirmationQuestion(plan)
    // With --settle, the command also waits if the role is already there.
    if (question === undefined && settle === undefined) return {...plan, isDryRun: false}
    target = {...target, deploymentNames: plan.deploymentNames ?? target.deploymentNames}
    if (question !== undefined) {
      if (isAll) await writePlan(plan, context.stderr, 'will')
      if (!(await context.prompts?.confirm(question))) throw cancelled()
    }
  }

  const result = await run({...change, target}, isDryRun)
  notifyAbout(change, result)
  return result
}

/** Runs the change. The result of a dry run has the names of all Deployments, unless it is printed as JSON. */
async function run(change: Change, isDryRun: boolean): Promise<NamedResult> {
  const {context, name, target} = change
  const label = isDryRun ? 'Reading the token' : SPINNER_LABELS[name]
  const result = await context.progress.withSpinner(label, callService(change, isDryRun))
  const needsNames = isDryRun && !context.isJson && target.deploymentIds.some((id) => !target.deploymentNames.has(id))
  return {...result, deploymentNames: needsNames ? await readNames(change) : target.deploymentNames}
}

async function callService({flags, name, role, session, target}: Change, isDryRun: boolean): Promise<RoleResult> {
  const {deploymentIds, tokenId} = target
  const wanted: Target = {deploymentIds, isDryRun, settleSeconds: flags.settle, tokenId}
  if (name === 'remove') return session.scoping.remove(wanted)
  return session.scoping[name]({...wanted, role: role ?? DEPLOYMENT_ADMIN})
}

/** The names of the Deployments, as far as the credential may read them. */
async function readNames({context, session, target}: Change): Promise<ReadonlyMap<string, string>> {
  const reading = findDeployments(session.api, target.deploymentIds).catch((error: unknown) => {
    if (hasKind(error, 'forbidden')) return []
    throw error
  })
  return namesOf(await context.progress.withSpinner('Reading Deployments', reading))
}

/** Prints on stderr what the user may not expect of the result. */
function notifyAbout({context, name, role}: Change, {changes, token}: NamedResult): void {
  const {clock, note, report} = context
  const replaced = changes.filter(({action}) => action === 'updated').map(({previousRole = ''}) => previousRole)
  if (name === 'add' && role === undefined && replaced.length > 0) {
    note(`No --role specified; ${DEPLOYMENT_ADMIN} replaces ${[...new Set(replaced)].join(', ')}.`)
  }

  const {endAt = '', id} = token
  if (Date.parse(endAt) <= clock.now()) report.warn(`The token ${token.name} (${id}) expired on ${endAt.slice(0, 10)}.`)
}
