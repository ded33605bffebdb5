import {AUDIT_FIELDS, type Item, LIST_FIELDS} from '../lib/output/fields.js'
import {expiredTokensLine, hiddenColumnsLine} from '../lib/output/messages.js'
import {auditJson, listJson} from '../lib/output/result-json.js'
import {readRowFormat, type RowFlags, type RowFormat, sortItems, writeRows} from '../lib/output/rows.js'
import {type Output} from '../lib/output/table.js'
import {selectDeployments} from '../lib/selection/select-target.js'
import {type CommandIO} from './command-io.js'
import {deploymentSelector} from './select.js'

/** The flags of `list`. */
export interface ListFlags extends RowFlags {
  readonly 'deployment-id'?: string | undefined
  readonly 'org-token-name'?: string | undefined
  readonly role?: string | undefined
  readonly 'workspace-id'?: string | undefined
}

/** Lists the tokens of one Deployment. Writes rows if `output` is given, and returns the JSON document. */
export async function listOne(io: CommandIO, flags: ListFlags, output: Output | undefined) {
  const {'deployment-id': flag, 'workspace-id': workspaceId} = flags
  const format = await readRowFormat(LIST_FIELDS, flags)
  const deployments = await deploymentSelector(io, flag === undefined ? undefined : [flag])
  const {api, loginWorkspaceId, scoping} = await io.openSession()
  const selecting = selectDeployments(api, deployments, {loginWorkspaceId, workspaceId})
  const {deploymentIds} = await io.progress.withSpinner('Reading Deployments', selecting)
  const [deploymentId = ''] = deploymentIds
  const tokens = await io.progress.withSpinner('Reading tokens', scoping.list(deploymentId))
  const none = `No Organization token has a role on Deployment ${deploymentId}.`
  return listJson(deploymentId, await show(io, format, tokens, {none, output}))
}

/**
 * Lists the roles of all tokens on all Deployments. Writes rows if `output` is given, and returns the JSON document.
 */
export async function listAll(io: CommandIO, flags: ListFlags, output: Output | undefined) {
  const {'org-token-name': tokenName, role, 'workspace-id': workspaceId} = flags
  const format = await readRowFormat(AUDIT_FIELDS, flags)
  const {scoping} = await io.openSession()
  const roles = await io.progress.withSpinner('Reading tokens', scoping.audit({workspaceId, tokenName, role}))
  const isFiltered = [tokenName, role, workspaceId].some((filter) => filter !== undefined)
  const none = `No Organization token has a ${isFiltered ? 'matching ' : ''}role on a Deployment.`
  return auditJson(await show(io, format, roles, {none, output}))
}

async function show<T extends Item>(
  io: CommandIO,
  format: RowFormat,
  items: readonly T[],
  {none, output}: {readonly none: string; readonly output: Output | undefined},
): Promise<readonly T[]> {
  const sorted = sortItems(items, format)
  if (!output) return sorted
  const now = io.now()
  const hidden = await writeRows(sorted, format, output, now)
  const expired = output.isTTY ? expiredTokensLine(sorted, format, {hidden, now}) : undefined
  const notice = items.length === 0 ? none : undefined
  for (const line of [notice, hiddenColumnsLine(hidden), expired]) if (line !== undefined) io.printLine(line)
  return sorted
}
