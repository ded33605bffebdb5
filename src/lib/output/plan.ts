import {roleAfter, roleBefore, type RoleChange} from '../roles/arithmetic.js'
import {type Output, writeTable} from './list.js'
import {type NamedResult} from './result-json.js'
import {safeText} from './safe-text.js'
import {type TableColumn} from './table.js'

const NAME: TableColumn = {header: 'DEPLOYMENT_NAME', truncation: 'second'}

/** Never truncates roles in the table, because the reader must confirm them: rows become blocks instead. */
const COLUMNS: readonly TableColumn[] = [
  {header: 'DEPLOYMENT_ID', truncation: 'never'},
  {header: 'ACTION', truncation: 'blocks'},
  {header: 'ROLE', truncation: 'blocks'},
]

const NO_ROLE = '(none)'

const PLANNED = {
  added: 'would add',
  updated: 'would update',
  removed: 'would remove',
  unchanged: 'unchanged',
} as const

/**
 * Writes the result or the plan of a command: the token, the number of Deployments that change, and a table with a row
 * for each Deployment. Before a confirmation, the output is stderr.
 */
export async function writePlan(result: NamedResult, output: Output): Promise<void> {
  const {changes, deploymentNames, isDryRun, token} = result
  const hasNames = changes.some(({deploymentId}) => deploymentNames?.get(deploymentId))
  const rows = changes.map((change) => {
    const {action, deploymentId} = change
    const name = deploymentNames?.get(deploymentId) ?? ''
    const cells = [deploymentId, isDryRun ? PLANNED[action] : action, rolesOf(change)]
    return (hasNames ? [name, ...cells] : cells).map((text) => safeText(text))
  })
  output.write(`${await tokenLine(token, output.columns || Infinity)}\n${summaryOf(result)}:\n`)
  await writeTable(hasNames ? [NAME, ...COLUMNS] : COLUMNS, rows, output)
}

/**
 * The prompt to confirm a plan: `Give deploy-bot DEPLOYMENT_ADMIN on 3 Deployments?`. Does not count unchanged
 * Deployments. Undefined if nothing would change.
 */
export function confirmationQuestion({changes, token}: Pick<NamedResult, 'changes' | 'token'>): string | undefined {
  const changed = changes.filter(({action}) => action !== 'unchanged')
  const [first] = changed
  if (!first) return undefined
  const name = safeText(token.name)
  const where = countDeployments(changed.length)
  return first.action === 'removed'
    ? `Remove ${name}'s role on ${where}?`
    : `Give ${name} ${safeText(roleAfter(first) ?? '')} on ${where}?`
}

/** The line with the token. Truncates the name so that the ID fits. */
async function tokenLine({id, name}: NamedResult['token'], columns: number): Promise<string> {
  const {truncate} = await import('./display-width.js')
  const suffix = ` (${safeText(id)})`
  return `Token: ${truncate(safeText(name), Math.max(1, columns - 'Token: '.length - suffix.length))}${suffix}`
}

function summaryOf({changes, isDryRun}: NamedResult): string {
  const unchanged = changes.filter(({action}) => action === 'unchanged').length
  if (unchanged === changes.length) {
    return `${isDryRun ? 'Nothing would change' : 'Nothing changed'} on ${countDeployments(unchanged)}`
  }

  const where = `${countDeployments(changes.length - unchanged)}${unchanged === 0 ? '' : ` (${unchanged} unchanged)`}`
  return `${isDryRun ? 'Would change' : 'Changed'} its role on ${where}`
}

/** The roles before and after: `DEPLOYMENT_ADMIN → (none)`. Only one role if it is unchanged. */
function rolesOf(change: RoleChange): string {
  const [before = NO_ROLE, after = NO_ROLE] = [roleBefore(change), roleAfter(change)]
  return change.action === 'unchanged' ? after : `${before} → ${after}`
}

function countDeployments(count: number): string {
  return `${count} ${count === 1 ? 'Deployment' : 'Deployments'}`
}
