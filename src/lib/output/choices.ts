import {type ApiToken, type Deployment} from '../astro-api/answers.js'
import {type LineColumn} from './choice-lines.js'
import {type Truncation} from './fit-columns.js'
import {safeText} from './safe-text.js'
import {expiryOf, isPast} from './time-ago.js'

/** One choice of a prompt, its texts made safe to show. */
export interface Choice {
  /** The ID of what is chosen, or the name of a role. */
  readonly value: string
  /** The line to choose. */
  readonly name: string
  /** What stays on the screen once it is chosen. */
  readonly short: string
  /** What typing finds beside the line, which may be truncated. */
  readonly fullText?: string
}

/** A Deployment role to choose from. */
export interface OfferedRole {
  readonly name: string
  readonly description?: string | undefined
  /** Whether the token has it on one of the Deployments. */
  readonly isPresent: boolean
}

/** Deployments to choose from: name, ID and Workspace. `width` is that of the terminal, undefined or 0 if unknown. */
export async function deploymentChoices(
  deployments: readonly Deployment[],
  width: number | undefined,
): Promise<readonly Choice[]> {
  const name = columnOf(deployments, 'second', (deployment) => deployment.name)
  const id = columnOf(deployments, 'never', (deployment) => deployment.id)
  const workspace = columnOf(deployments, 'second', ({workspaceId, workspaceName}) => workspaceName ?? workspaceId)
  const layouts = [
    [name, id, workspace],
    [name, id],
  ]
  return choicesOf(deployments, layouts, width)
}

/**
 * Tokens to choose from: name, Organization role, expiry (in capitals if the token has expired), description and ID. On
 * narrower terminals role and expiry are shorter, then the description and the role are left out.
 */
export async function tokenChoices(
  tokens: readonly ApiToken[],
  {now, width}: {readonly now: Date; readonly width: number | undefined},
): Promise<readonly Choice[]> {
  const name = columnOf(tokens, 'second', (token) => token.name)
  const role = columnOf(tokens, 'never', organizationRoleOf)
  const shortRole = columnOf(tokens, 'second', (token) => organizationRoleOf(token)?.replace(/^ORGANIZATION_/, ''))
  const expiry = columnOf(tokens, 'never', ({endAt}) => expiryLabel(endAt, now))
  const shortExpiry = columnOf(tokens, 'never', ({endAt}) => (isPast(endAt, now) ? 'EXPIRED' : expiryOf(endAt, now)))
  const description = columnOf(tokens, 'first', (token) => token.description)
  const id = columnOf(tokens, 'never', (token) => token.id)
  const layouts = [
    [{...name, truncation: 'never'} as const, role, expiry, description, id],
    [name, shortRole, shortExpiry, description, id],
    [name, shortRole, shortExpiry, id],
    [name, shortExpiry, id],
    [name, id],
  ]
  return choicesOf(tokens, layouts, width)
}

/** Deployment roles to choose from, those that the token has marked as current. */
export async function roleChoices(
  roles: readonly OfferedRole[],
  width: number | undefined,
): Promise<readonly Choice[]> {
  const {alignLines, shortLine} = await import('./choice-lines.js')
  const name = columnOf(roles, 'second', (role) => role.name)
  const mark = columnOf(roles, 'never', ({isPresent}) => (isPresent ? '(current)' : ''))
  const description = columnOf(roles, 'first', (role) => role.description)
  const layouts = [[{...name, truncation: 'never'} as const, mark, description], [name, mark], [name]]
  const lines = alignLines(layouts, width)
  return roles.map(({name: value}, index) => ({
    value,
    name: lines[index] ?? '',
    short: shortLine(safeText(value), '', width),
    fullText: fullTextOf([name, mark, description], index),
  }))
}

/** The choices that have every word of what was typed, in any case and order. */
export function narrowed(choices: readonly Choice[], typed: string): readonly Choice[] {
  const words = typed.toLowerCase().split(/\s/)
  return choices.filter(({fullText = '', name}) => {
    // The line too: Tab completes what was typed to the line as it is shown.
    const text = `${fullText}\n${name}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** The first layout has everything that typing finds. */
async function choicesOf(
  items: readonly {readonly id: string; readonly name: string}[],
  layouts: readonly (readonly LineColumn[])[],
  width: number | undefined,
): Promise<readonly Choice[]> {
  const {alignLines, shortLine} = await import('./choice-lines.js')
  const lines = alignLines(layouts, width)
  return items.map(({id, name}, index) => ({
    value: id,
    name: lines[index] ?? '',
    short: shortLine(safeText(name), safeText(` (${id})`), width),
    fullText: fullTextOf(layouts[0] ?? [], index),
  }))
}

function columnOf<T>(items: readonly T[], truncation: Truncation, textOf: (item: T) => string | undefined): LineColumn {
  return {truncation, texts: items.map((item) => safeText(textOf(item) ?? ''))}
}

function fullTextOf(columns: readonly LineColumn[], index: number): string {
  return columns.map(({texts}) => texts[index] ?? '').join(' ')
}

function organizationRoleOf({roles = []}: ApiToken): string | undefined {
  return roles.find(({entityType}) => entityType === 'ORGANIZATION')?.role
}

function expiryLabel(endAt: string | undefined, now: Date): string {
  const expiry = expiryOf(endAt, now)
  if (expiry === '') return ''
  if (isPast(endAt, now)) return expiry.replace('expired', 'EXPIRED')
  return endAt ? `expires ${expiry}` : 'never expires'
}
