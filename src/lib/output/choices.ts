import {type ApiToken, type Deployment} from '../astro-api/responses.js'
import {type LineColumn} from './choice-lines.js'
import {type Truncation} from './fit-columns.js'
import {safeText} from './safe-text.js'
import {expiryOf, isPast} from './time-ago.js'

/** A choice in a prompt, with safe texts. */
export interface Choice {
  /** The ID of the item, or the name of a role. */
  readonly value: string
  /** The line in the list. */
  readonly name: string
  /** The text that stays on the screen after the choice. */
  readonly short: string
  /** The complete text for the filter, because the line may be truncated. */
  readonly fullText?: string
}

/** A Deployment role to choose from. */
export interface OfferedRole {
  readonly name: string
  readonly description?: string | undefined
  /** Whether the token has this role on one of the Deployments. */
  readonly isPresent: boolean
}

/** Choices of Deployments: name, ID and Workspace. `width` is the terminal's; undefined or 0 if unknown. */
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
 * Choices of tokens: name, Organization role, expiry (in capitals if the token has expired), description and ID. On a
 * narrower terminal, shortens role and expiry first, then omits the description, then the role.
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

/** Choices of Deployment roles. Marks the roles that the token has as current. */
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

/** The choices that contain every typed word, in any case and order. */
export function filterChoices(choices: readonly Choice[], typed: string): readonly Choice[] {
  const words = typed.toLowerCase().split(/\s/)
  return choices.filter(({fullText = '', name}) => {
    // Also searches the displayed line, because Tab replaces the typed text with it.
    const text = `${fullText}\n${name}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** Creates choices. The filter searches the columns of the first layout. */
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
