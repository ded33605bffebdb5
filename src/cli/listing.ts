import {type ApiToken} from '../lib/astro-api/responses.js'
import {AUDIT_COLUMNS, LIST_COLUMNS} from '../lib/output/columns.js'
import {expiredTokensLine} from '../lib/output/expired-tokens.js'
import {type Output, writeRows} from '../lib/output/list.js'
import {auditJson, listJson} from '../lib/output/result-json.js'
import {readView, type View, type ViewOptions} from '../lib/output/view.js'
import {selectDeployments} from '../lib/selection/select-target.js'
import {type CommandIO} from './command-io.js'
import {deploymentSelector} from './select.js'

/** The columns of both views, for the help. */
export function describeColumns(): string {
  const {all, shown} = LIST_COLUMNS
  const others = all.filter((column) => !shown.includes(column))
  const known = new Set(all.map(({header}) => header))
  const audited = AUDIT_COLUMNS.all.filter(({header}) => !known.has(header))
  return `Columns: ${headersOf(shown)}. Also: ${headersOf(others)}; with --all-deployments, ${headersOf(audited)}.`
}

function headersOf(columns: readonly {readonly header: string}[]): string {
  return columns.map(({header}) => header).join(', ')
}

/** The flags of `list`. */
export interface ListFlags extends ViewOptions {
  readonly 'deployment-id'?: string | undefined
  readonly 'org-token-name'?: string | undefined
  readonly role?: string | undefined
  readonly 'workspace-id'?: string | undefined
}

/** Lists the tokens of one Deployment. Writes rows if `output` is given, and returns the JSON document. */
export async function listOne(io: CommandIO, flags: ListFlags, output: Output | undefined) {
  const {'deployment-id': flag, 'workspace-id': workspaceId} = flags
  const view = await readView(LIST_COLUMNS, flags)
  const deployments = await deploymentSelector(io, flag === undefined ? undefined : [flag], workspaceId)
  const {api, loginWorkspaceId, scoping} = await io.openSession()
  const selecting = selectDeployments(api, deployments, {loginWorkspaceId, workspaceId})
  const {deploymentIds} = await io.progress.withSpinner('Reading Deployments', selecting)
  const [deploymentId = ''] = deploymentIds
  const tokens = await io.progress.withSpinner('Reading tokens', scoping.list(deploymentId))
  const none = `No Organization token has a role on Deployment ${deploymentId}.`
  return listJson(deploymentId, await show(io, view, tokens, {none, output}))
}

/**
 * Lists the roles of all tokens on all Deployments. Writes rows if `output` is given, and returns the JSON document.
 */
export async function listAll(io: CommandIO, flags: ListFlags, output: Output | undefined) {
  const {'org-token-name': tokenName, role, 'workspace-id': workspaceId} = flags
  const view = await readView(AUDIT_COLUMNS, flags)
  const {scoping} = await io.openSession()
  const roles = await io.progress.withSpinner('Reading tokens', scoping.audit({workspaceId, tokenName, role}))
  const isFiltered = [tokenName, role, workspaceId].some((filter) => filter !== undefined)
  const none = `No Organization token has a ${isFiltered ? 'matching ' : ''}role on a Deployment.`
  return auditJson(await show(io, view, roles, {none, output}))
}

async function show<T extends {readonly token: ApiToken}>(
  io: CommandIO,
  view: View<T>,
  items: readonly T[],
  {none, output}: {readonly none: string; readonly output: Output | undefined},
): Promise<readonly T[]> {
  const sorted = view.sort(items)
  if (!output) return sorted
  const now = io.now()
  await writeRows(sorted, view, output, now)
  const notice = output.isTTY ? expiredTokensLine(sorted, view, now) : undefined
  if (items.length === 0) io.printLine(none)
  else if (notice !== undefined) io.printLine(notice)
  return sorted
}
