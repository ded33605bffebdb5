import {AstroError, cancelled} from '../lib/errors.js'
import {confirmationQuestion, writePlan} from '../lib/output/messages.js'
import {type NamedResult} from '../lib/output/result-json.js'
import {DEPLOYMENT_ADMIN} from '../lib/roles/role-arithmetic.js'
import {type RoleResult, type Target} from '../lib/roles/token-scoping.js'
import {selectRole} from '../lib/selection/select-role.js'
import {type SelectedTarget, selectTarget, type TargetRequest} from '../lib/selection/select-target.js'
import {type CommandIO} from './command-io.js'
import {deploymentSelector, rolePrompt, tokenSelector} from './select.js'
import {type Session} from './session.js'

/** The flags of `add`, `update` and `remove`. */
export interface ChangeFlags {
  readonly 'all-deployments': boolean
  readonly 'deployment-id'?: readonly string[] | undefined
  readonly 'dry-run': boolean
  readonly 'org-token-name'?: string | undefined
  readonly role?: string | undefined
  readonly settle?: number | undefined
  readonly 'workspace-id'?: string | undefined
  readonly yes: boolean
}

export type ChangeName = 'add' | 'remove' | 'update'

const SPINNER_LABELS: Readonly<Record<ChangeName, string>> = {
  add: 'Adding the role',
  remove: 'Removing the role',
  update: 'Updating the role',
}

/**
 * Adds, updates or removes a token's role. Selects the Deployments, the token and the role, prompts before it changes
 * all Deployments, and makes the change. Throws `usage` if something is missing in a non-interactive session,
 * `cancelled` for a declined prompt, and what the service throws.
 */
export async function changeRoles(
  io: CommandIO,
  name: ChangeName,
  tokenId: string | undefined,
  flags: ChangeFlags,
): Promise<NamedResult> {
  const {'all-deployments': isAll, 'dry-run': isDryRun, 'org-token-name': tokenName, yes: isConfirmed} = flags
  const request: Omit<TargetRequest, 'loginWorkspaceId' | 'readToken'> = {
    token: tokenSelector(io, {id: tokenId, name: tokenName, needsRole: name !== 'add'}),
    deployments: isAll ? 'all' : await deploymentSelector(io, flags['deployment-id']),
    workspaceId: flags['workspace-id'],
    needsRole: name !== 'add',
  }
  const needsConfirmation = isAll && !isConfirmed && !isDryRun
  if (needsConfirmation && !io.prompts) throw confirmationNeeded()

  const session = await io.openSession()
  const {api, loginWorkspaceId, scope, scoping} = session
  const readToken = async (id: string) => scoping.read(id)
  const selecting = selectTarget(api, scope, {...request, loginWorkspaceId, readToken})
  const selected = await io.progress.withSpinner('Reading Deployments', selecting)
  const change = await prepareChange({flags, io, name, selected, session})
  const run = async (dry: boolean): Promise<NamedResult> => ({
    ...(await io.progress.withSpinner(SPINNER_LABELS[name], change(dry))),
    deploymentNames: selected.deploymentNames,
  })
  if (needsConfirmation) {
    const plan = await run(true)
    const question = confirmationQuestion(plan)
    if (question !== undefined) await confirmPlan(io, plan, question)
    // With --settle, the command also waits if the role is already there.
    else if (flags.settle === undefined) return {...plan, isDryRun: false}
  }

  const result = await run(isDryRun)
  warnIfExpired(io, result)
  return result
}

function warnIfExpired({now, printWarning}: CommandIO, {token: {endAt = '', id, name}}: NamedResult): void {
  if (Date.parse(endAt) <= now().getTime()) printWarning(`The token ${name} (${id}) expired on ${endAt.slice(0, 10)}.`)
}

interface Selected {
  readonly flags: ChangeFlags
  readonly io: CommandIO
  readonly name: ChangeName
  readonly selected: SelectedTarget
  readonly session: Session
}

/** Returns a function that calls the service. Prompts for the role if the command needs one. */
async function prepareChange(context: Selected): Promise<(isDryRun: boolean) => Promise<RoleResult>> {
  const {flags, name, selected, session} = context
  const {deploymentIds, tokenId} = selected
  const {scoping} = session
  const target = (isDryRun: boolean): Target => ({deploymentIds, isDryRun, settleSeconds: flags.settle, tokenId})
  if (name === 'remove') return async (isDryRun) => scoping.remove(target(isDryRun))
  const role = flags.role ?? (await roleWithoutFlag(context))
  return async (isDryRun) => scoping[name]({...target(isDryRun), role})
}

/** The role if `--role` is missing: prompts in an interactive session, otherwise returns the documented default. */
async function roleWithoutFlag({flags, io, name, selected, session}: Selected): Promise<string> {
  const pick = rolePrompt(io)
  const isInteractive = name === 'update' || io.prompts?.wereUsed()
  if (pick && isInteractive && !flags.yes) {
    return io.progress.withSpinner('Reading roles', selectRole(session.api, session.scope, selected, pick))
  }

  if (name === 'update') io.printLine(`No --role specified; updating to ${DEPLOYMENT_ADMIN}.`)
  return DEPLOYMENT_ADMIN
}

/** Prints what would change and prompts for confirmation. Throws `cancelled` if the user declines. */
async function confirmPlan({prompts, stderr}: CommandIO, plan: NamedResult, question: string): Promise<void> {
  if (!prompts) throw confirmationNeeded()
  await writePlan(plan, stderr, 'will')
  if (!(await prompts.confirm(question))) throw cancelled()
}

function confirmationNeeded(): AstroError {
  return new AstroError('usage', '--all-deployments changes many Deployments, and this session is non-interactive.', {
    hint: 'Confirm with --yes, or see what would change: --dry-run',
  })
}
