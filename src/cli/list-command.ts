import {AUDIT_FIELDS, type Field, type Item, LIST_FIELDS} from '../lib/output/fields.js'
import {expiredTokensLine, hiddenColumnsLine} from '../lib/output/messages.js'
import {auditJson, listJson} from '../lib/output/result-json.js'
import {readRowFormat, type RowFlags, type RowFormat, sortItems, writeRows} from '../lib/output/rows.js'
import {type Output} from '../lib/output/table.js'
import {type CommandContext} from './context.js'
import {chooseDeployments, type DeploymentChoiceFlags, selectDeployments} from './selectors.js'
import {openSession} from './session.js'

/** The flags of `list`. */
export interface ListFlags extends DeploymentChoiceFlags, RowFlags {
  readonly 'org-token-name'?: string | undefined
  readonly role?: string | undefined
}

/** The columns of both views, for the help. */
export function describeColumns(): string {
  const {all, shown} = LIST_FIELDS
  const others = all.filter((field) => !shown.includes(field))
  const audited = AUDIT_FIELDS.all.filter((field) => !all.includes(field))
  return `Columns: ${headersOf(shown)}. Also: ${headersOf(others)}; with --all-deployments, ${headersOf(audited)}.`
}

function headersOf(fields: readonly Field[]): string {
  return fields.map(({header}) => header).join(', ')
}

/** Lists the tokens of one Deployment. Writes rows if `output` is given, and returns the JSON document. */
export async function listOne(context: CommandContext, flags: ListFlags, output: Output | undefined) {
  const format = await readRowFormat(LIST_FIELDS, flags)
  const choice = await chooseDeployments(context, flags)
  const session = await openSession(context)
  const {deploymentIds} = await selectDeployments({context, session}, choice, flags['workspace-id'])
  const [deploymentId = ''] = deploymentIds
  const tokens = await context.progress.withSpinner('Reading tokens', session.scoping.list(deploymentId))
  const none = `No Organization token has a role on Deployment ${deploymentId}.`
  return listJson(deploymentId, await show(context, format, tokens, {none, output}))
}

/**
 * Lists the roles of all tokens on all Deployments. Writes rows if `output` is given, and returns the JSON document.
 */
export async function listAll(context: CommandContext, flags: ListFlags, output: Output | undefined) {
  const {'org-token-name': tokenName, role, 'workspace-id': workspaceId} = flags
  const format = await readRowFormat(AUDIT_FIELDS, flags)
  const {scoping} = await openSession(context)
  const reading = scoping.audit({workspaceId, tokenName, role})
  const roles = await context.progress.withSpinner('Reading tokens and Deployments', reading)
  const isFiltered = [tokenName, role, workspaceId].some((filter) => filter !== undefined)
  const none = `No Organization token has a ${isFiltered ? 'matching ' : ''}role on a Deployment.`
  return auditJson(await show(context, format, roles, {none, output}))
}

async function show<T extends Item>(
  {clock, note}: CommandContext,
  format: RowFormat,
  items: readonly T[],
  {none, output}: {readonly none: string; readonly output: Output | undefined},
): Promise<readonly T[]> {
  const sorted = sortItems(items, format)
  if (!output) return sorted
  const now = new Date(clock.now())
  const hidden = await writeRows(sorted, format, output, now)
  const expired = output.isTTY ? expiredTokensLine(sorted, format, {hidden, now}) : undefined
  const notice = items.length === 0 ? none : undefined
  for (const line of [notice, hiddenColumnsLine(hidden), expired]) if (line !== undefined) note(line)
  return sorted
}
