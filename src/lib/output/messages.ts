import {type ApiToken} from '../astro-api/responses.js'
import {roleAfter, roleBefore, type RoleChange} from '../roles/arithmetic.js'
import {EXPIRES, type Item} from './fields.js'
import {type NamedResult} from './result-json.js'
import {type RowFormat} from './rows.js'
import {safeText} from './safe-text.js'
import {type Output, type TableColumn} from './table.js'
import {expiryOf, isPast} from './time.js'

/** Whether the changes were made, are about to be made, or would be made without `--dry-run`. */
export type Tense = 'done' | 'will' | 'would'

const NAME: TableColumn = {header: 'DEPLOYMENT_NAME', kind: 'name'}

const PLAN_COLUMNS: readonly TableColumn[] = [
  {header: 'DEPLOYMENT_ID', kind: 'id'},
  {header: 'ROLE', kind: 'role'},
]

/** The verbs of a line of totals, in the order of its counts. */
const VERBS: Readonly<Record<RoleChange['action'], Readonly<Record<'did' | 'do', string>>>> = {
  added: {do: 'add', did: 'added'},
  updated: {do: 'replace', did: 'replaced'},
  removed: {do: 'remove', did: 'removed'},
  unchanged: {do: 'leave', did: 'left'},
}

/** The most expired tokens that the line names. */
const MOST_NAMED = 5

/** Writes the result of a command: a sentence for each Deployment, or a table for several Deployments on a terminal. */
export async function writeResult(result: NamedResult, output: Output): Promise<void> {
  const {changes, isDryRun} = result
  if (output.isTTY && changes.length > 1) await writePlan(result, output, isDryRun ? 'would' : 'done')
  else output.write(changes.map((change) => `${changeMessage(change, result)}\n`).join(''))
}

/**
 * Writes the result or the plan of a command: the token, a table with the roles before and after on each Deployment,
 * and a line of totals. Before a confirmation, the output is stderr.
 */
export async function writePlan(result: NamedResult, output: Output, tense: Tense): Promise<void> {
  const {changes, deploymentNames, token} = result
  const {writeTable} = await import('./table.js')
  const hasNames = changes.some(({deploymentId}) => deploymentNames?.get(deploymentId))
  const rows = changes.map((change) => {
    const cells = [change.deploymentId, rolesOf(change)]
    const name = deploymentNames?.get(change.deploymentId) ?? ''
    return (hasNames ? [name, ...cells] : cells).map((text) => safeText(text))
  })
  output.write(`${await tokenLine(token, output.columns || Infinity)}\n${summaryOf(changes, tense)}:\n`)
  writeTable(hasNames ? [NAME, ...PLAN_COLUMNS] : PLAN_COLUMNS, rows, output)
  output.write(`${totalsOf(changes, tense)}\n`)
}

/**
 * The prompt to confirm a plan: `Give deploy-bot the role DEPLOYMENT_ADMIN on 3 Deployments?`. Does not count unchanged
 * Deployments. Undefined if nothing would change.
 */
export function confirmationQuestion({
  changes,
  deploymentNames,
  token,
}: Pick<NamedResult, 'changes' | 'deploymentNames' | 'token'>): string | undefined {
  const [first, ...others] = changes.filter(({action}) => action !== 'unchanged')
  if (!first) return undefined
  const {deploymentId} = first
  const where =
    others.length > 0 ? countDeployments(others.length + 1) : deploymentNames?.get(deploymentId) || deploymentId
  const removed = others.length > 0 ? 'role' : `role ${roleBefore(first) ?? ''}`
  const question =
    first.action === 'removed'
      ? `Remove ${token.name}'s ${removed} on ${where}?`
      : `Give ${token.name} the role ${roleAfter(first) ?? ''} on ${where}?`
  return safeText(question)
}

/** The label of a Deployment: `reports (clz27bn7xj8b7tfq7xkwo886v)`, or only its ID if the name is unknown. */
export function deploymentLabel(id: string, names?: NamedResult['deploymentNames']): string {
  const name = names?.get(id)
  return safeText(name ? `${name} (${id})` : id)
}

/**
 * A line that names the expired tokens in a table without the column EXPIRES; undefined if there are none. Only for a
 * terminal, because a program that reads rows can select that column.
 */
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
  if (expired.length === 1) return `The token ${tokenLabel(first)} ${expiryOf(first.endAt, now)}.`
  const names = expired.slice(0, MOST_NAMED).map((token) => tokenLabel(token))
  const summary = `${expired.length} tokens have expired: ${names.join(', ')}`
  const others = expired.length - names.length
  if (others === 0) return `${summary}.`
  return `${summary} and ${others} more. See all: --columns id,name,expires --sort expires`
}

/** A line that names the columns that the terminal hides; undefined if there are none. */
export function hiddenColumnsLine(hidden: readonly string[]): string | undefined {
  if (hidden.length === 0) return undefined
  return `Hidden to fit the terminal: ${hidden.join(', ')}. Select columns with --columns, or widen the terminal.`
}

function changeMessage(change: RoleChange, {deploymentNames, isDryRun, token}: NamedResult): string {
  const {action, deploymentId} = change
  const name = tokenLabel(token)
  const deployment = `Deployment ${deploymentLabel(deploymentId, deploymentNames)}`
  const [before, after] = [safeText(roleBefore(change) ?? ''), safeText(roleAfter(change) ?? '')]
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
      return `${name} already has ${after} on ${deployment}. ${isDryRun ? 'Nothing would change' : 'Nothing changed'}.`
    }

    case 'updated': {
      return `${isDryRun ? 'Would update' : 'Updated'} ${name} on ${deployment}: ${before} → ${after}.`
    }
  }
}

/** The line with the token. Truncates the name so that the ID fits. */
async function tokenLine({id, name}: ApiToken, columns: number): Promise<string> {
  const {truncate} = await import('./display-width.js')
  const suffix = ` (${safeText(id)})`
  return `Token: ${truncate(safeText(name), Math.max(1, columns - 'Token: '.length - suffix.length))}${suffix}`
}

/** What changes: `Will change its role to DEPLOYMENT_ADMIN on 3 Deployments`. */
function summaryOf(changes: readonly RoleChange[], tense: Tense): string {
  const [first, ...others] = changes.filter(({action}) => action !== 'unchanged')
  if (!first) {
    return `Nothing ${tense === 'done' ? 'changed' : `${tense} change`} on ${countDeployments(changes.length)}`
  }

  const [did, verb, role] =
    first.action === 'removed'
      ? ['removed', 'remove', 'role']
      : ['changed', 'change', `role to ${safeText(roleAfter(first) ?? '')}`]
  return `${capitalize(tense === 'done' ? did : `${tense} ${verb}`)} its ${role} on ${countDeployments(others.length + 1)}`
}

/** How many roles are added, replaced and so on: `Add 295, replace 4, leave 1 unchanged`. */
function totalsOf(changes: readonly RoleChange[], tense: Tense): string {
  const parts = Object.entries(VERBS).flatMap(([action, {did, do: verb}]) => {
    const count = changes.filter((change) => change.action === action).length
    if (count === 0) return []
    return [`${tense === 'done' ? did : verb} ${count}${action === 'unchanged' ? ' unchanged' : ''}`]
  })
  return capitalize(`${tense === 'would' ? 'would ' : ''}${parts.join(', ')}`)
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** The roles before and after: `DEPLOYMENT_ADMIN → (none)`. */
function rolesOf(change: RoleChange): string {
  const [before = '(none)', after = '(none)'] = [roleBefore(change), roleAfter(change)]
  return change.action === 'unchanged' ? `${after} (unchanged)` : `${before} → ${after}`
}

function countDeployments(count: number): string {
  return `${count} ${count === 1 ? 'Deployment' : 'Deployments'}`
}

function tokenLabel({id, name}: ApiToken): string {
  return safeText(`${name} (${id})`)
}
