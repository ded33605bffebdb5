import {AstroError} from '../lib/errors.js'
import {AUDIT_FIELDS, type Field, type Item, LIST_FIELDS} from '../lib/output/fields.js'
import {expiredTokensLine, hiddenColumnsLine} from '../lib/output/messages.js'
import {auditJson, listJson} from '../lib/output/result-json.js'
import {readRowFormat, type RowFlags, type RowFormat, sortItems, writeRows} from '../lib/output/rows.js'
import {type CommandContext} from './context.js'
import {chooseDeployments, type DeploymentFlags, selectDeployments} from './selectors.js'
import {openSession} from './session.js'

export interface ListFlags extends DeploymentFlags, RowFlags {
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

/** Lists the tokens of one Deployment. Prints rows unless the output is JSON, and returns the JSON document. */
export async function listOne(context: CommandContext, flags: ListFlags) {
  const format = await readRowFormat(LIST_FIELDS, flags)
  const choice = await chooseDeployments(context, flags)
  const session = await openSession(context)
  const {deploymentIds} = await selectDeployments({context, session, choice, workspaceId: flags['workspace-id']})
  const [deploymentId = '', ...others] = deploymentIds
  if (others.length > 0) {
    throw new AstroError('usage', 'list shows one Deployment, and the flags name several.', {
      hint: 'Name one Deployment, or use --all-deployments',
    })
  }

  const tokens = await context.progress.withSpinner('Reading tokens', session.scoping.list(deploymentId))
  const ifNone = `No Organization token has a role on Deployment ${deploymentId}.`
  return listJson(deploymentId, await show(context, format, tokens, ifNone))
}

/** Lists the roles of all tokens on all Deployments. Prints and returns as `listOne` does. */
export async function listAll(context: CommandContext, flags: ListFlags) {
  const {'org-token-name': tokenName, role, 'workspace-id': workspaceId} = flags
  const format = await readRowFormat(AUDIT_FIELDS, flags)
  const {scoping} = await openSession(context)
  const reading = scoping.audit({workspaceId, tokenName, role})
  const roles = await context.progress.withSpinner('Reading tokens and Deployments', reading)
  const isFiltered = [tokenName, role, workspaceId].some((filter) => filter !== undefined)
  const ifNone = `No Organization token has a ${isFiltered ? 'matching ' : ''}role on a Deployment.`
  return auditJson(await show(context, format, roles, ifNone))
}

async function show<T extends Item>(
  {clock, isJson, note, stdout}: CommandContext,
  format: RowFormat,
  items: readonly T[],
  ifNone: string,
): Promise<readonly T[]> {
  const sorted = sortItems(items, format)
  if (isJson) return sorted
  const now = new Date(clock.now())
  const hidden = await writeRows(sorted, format, stdout, now)
  const expired = stdout.isTTY ? expiredTokensLine(sorted, format, {hidden, now}) : undefined
  const none = items.length === 0 ? ifNone : undefined
  for (const line of [none, hiddenColumnsLine(hidden), expired]) if (line !== undefined) note(line)
  return sorted
}
