import {type RoleChange} from '../roles/arithmetic.js'
import {EXPIRES, type Item} from './fields.js'
import {type NamedResult} from './result-json.js'
import {type RowFormat} from './rows.js'
import {safeText} from './safe-text.js'
import {type Output, type TableColumn} from './table.js'
import {expiryOf, isPast} from './time.js'

/** Whether the changes were made, are about to be made, or would be made without `--dry-run`. */
export type Tense = 'done' | 'will' | 'would'

const PLAN_COLUMNS: readonly TableColumn[] = [
  {header: 'DEPLOYMENT_NAME', kind: 'name'},
  {header: 'DEPLOYMENT_ID', kind: 'id'},
  {header: 'ROLE', kind: 'short'},
]

/** The verbs of a line of totals, in the order of its counts. */
const VERBS = {
  added: {did: 'added', will: 'add'},
  updated: {did: 'replaced', will: 'replace'},
  removed: {did: 'removed', will: 'remove'},
  unchanged: {did: 'left', will: 'leave'},
} as const

/** The most expired tokens that the line names. */
const MOST_NAMED = 5

/** Writes the result of a command: a sentence for each Deployment, or a table for several Deployments on a terminal. */
export async function writeResult(result: NamedResult, output: Output): Promise<void> {
  const {changes, isDryRun} = result
  if (output.isTTY && changes.length > 1) await writePlan(result, output, isDryRun ? 'would' : 'done')
  else output.write(changes.map((change) => `${changeMessage(change, result)}\n`).join(''))
}

/** Writes the token, a table with the roles before and after on each Deployment, and a line of totals. */
export async function writePlan(result: NamedResult, output: Output, tense: Tense): Promise<void> {
  const {changes, deploymentNames, token} = result
  const {truncate} = await import('./display-width.js')
  const {writeTable} = await import('./table.js')
  const suffix = ` (${safeText(token.id)})`
  const left = (output.columns || Infinity) - 'Token: '.length - suffix.length
  const name = truncate(safeText(token.name), Math.max(1, left))
  output.write(`Token: ${name}${suffix}\n${summaryOf(changes, tense)}:\n`)
  const rows = changes.map((change) => {
    const cells = [deploymentNames?.get(change.deploymentId) ?? '', change.deploymentId, rolesOf(change)]
    return cells.map((text) => safeText(text))
  })
  const start = rows.some(([deployment]) => deployment) ? 0 : 1
  // Roles are never truncated, because the reader confirms them. On a narrow terminal, the names alone remain.
  const hideable = rows.every(([deployment]) => deployment) ? PLAN_COLUMNS.slice(1, 2) : []
  writeTable(
    PLAN_COLUMNS.slice(start),
    rows.map((cells) => cells.slice(start)),
    output,
    {hideable},
  )
  output.write(`${totalsOf(changes, tense)}\n`)
}

/** The prompt to confirm a plan: `Give deploy-bot the role X on 3 Deployments?`. Undefined if nothing would change. */
export function confirmationQuestion({
  changes,
  deploymentNames,
  token,
}: Pick<NamedResult, 'changes' | 'deploymentNames' | 'token'>): string | undefined {
  const [first, ...others] = changes.filter(({action}) => action !== 'unchanged')
  if (!first) return undefined
  const {action, deploymentId, previousRole, role} = first
  const isOne = others.length === 0
  const where = isOne ? deploymentNames?.get(deploymentId) || deploymentId : countDeployments(others.length + 1)
  return safeText(
    action === 'removed'
      ? `Remove ${token.name}'s role${isOne ? ` ${previousRole}` : ''} on ${where}?`
      : `Give ${token.name} the role ${role} on ${where}?`,
  )
}

/** The line that names the expired tokens in a table without the column EXPIRES; undefined if there are none. */
export function expiredTokensLine(
  items: readonly Item[],
  {columns, isCsv}: Pick<RowFormat, 'columns' | 'isCsv'>,
  {hidden, now}: {readonly hidden: readonly string[]; readonly now: Date},
): string | undefined {
  if (isCsv || columns.some(({header}) => header === EXPIRES.header && !hidden.includes(header))) return undefined
  const tokens = new Map(items.map(({token}) => [token.id, token]))
  const expired = [...tokens.values()].filter(({endAt}) => isPast(endAt, now))
  const [first] = expired
  if (!first) return undefined
  if (expired.length === 1) return `The token ${labelOf(first)} ${expiryOf(first.endAt, now)}.`
  const names = expired.slice(0, MOST_NAMED).map((token) => labelOf(token))
  const summary = `${expired.length} tokens have expired: ${names.join(', ')}`
  const others = expired.length - names.length
  if (others === 0) return `${summary}.`
  return `${summary} and ${others} more. See all: --columns id,name,expires --sort expires`
}

export function hiddenColumnsLine(hidden: readonly string[]): string | undefined {
  if (hidden.length === 0) return undefined
  return `Hidden to fit the terminal: ${hidden.join(', ')}. Select columns with --columns, or widen the terminal.`
}

function changeMessage(change: RoleChange, {deploymentNames, isDryRun, token}: NamedResult): string {
  const {action, deploymentId: id} = change
  const deployment = `Deployment ${labelOf({id, name: deploymentNames?.get(id)})}`
  const name = labelOf(token)
  const [before, after] = [safeText(change.previousRole ?? ''), safeText(change.role ?? '')]
  switch (action) {
    case 'added': {
      return `${isDryRun ? 'Would add' : 'Added'} ${name} to ${deployment} as ${after}.`
    }

    case 'removed': {
      const [verb, is] = isDryRun ? ['Would remove', 'is'] : ['Removed', 'was']
      const left = after && ` Astro left ${after} there, which the token's roles on DAGs need.`
      return `${verb} ${name} from ${deployment}, where its role ${is} ${before}.${left}`
    }

    case 'unchanged': {
      return `${name} already has ${after} on ${deployment}. Nothing ${isDryRun ? 'would change' : 'changed'}.`
    }

    case 'updated': {
      return `${isDryRun ? 'Would update' : 'Updated'} ${name} on ${deployment}: ${before} → ${after}.`
    }
  }
}

/** What changes: `Will change its role to DEPLOYMENT_ADMIN on 3 Deployments`. */
function summaryOf(changes: readonly RoleChange[], tense: Tense): string {
  const [first, ...others] = changes.filter(({action}) => action !== 'unchanged')
  if (!first) {
    return `Nothing ${tense === 'done' ? 'changed' : `${tense} change`} on ${countDeployments(changes.length)}`
  }

  const isRemoval = first.action === 'removed'
  const verb = isRemoval ? 'remove' : 'change'
  const role = isRemoval ? 'role' : `role to ${safeText(first.role ?? '')}`
  return `${capitalize(tense === 'done' ? `${verb}d` : `${tense} ${verb}`)} its ${role} on ${countDeployments(others.length + 1)}`
}

/** How many roles are added, replaced and so on: `Add 295, replace 4, leave 1 unchanged`. */
function totalsOf(changes: readonly RoleChange[], tense: Tense): string {
  const parts = Object.entries(VERBS).flatMap(([action, {did, will}]) => {
    const count = changes.filter((change) => change.action === action).length
    return count === 0 ? [] : `${tense === 'done' ? did : will} ${count}${action === 'unchanged' ? ' unchanged' : ''}`
  })
  return capitalize(`${tense === 'would' ? 'would ' : ''}${parts.join(', ')}`)
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function rolesOf({action, previousRole = '(none)', role = '(none)'}: RoleChange): string {
  return action === 'unchanged' ? `${role} (unchanged)` : `${previousRole} → ${role}`
}

function countDeployments(count: number): string {
  return `${count} ${count === 1 ? 'Deployment' : 'Deployments'}`
}

/** A token or a Deployment: `reports (clz27bn7xj8b7tfq7xkwo886v)`, or only its ID if the name is unknown. */
function labelOf({id, name}: {readonly id: string; readonly name?: string | undefined}): string {
  return safeText(name ? `${name} (${id})` : id)
}
