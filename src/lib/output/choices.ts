import {type ApiToken, type Deployment} from '../astro-api/responses.js'
import {deploymentIdsIn, roleOn} from '../roles/arithmetic.js'
import {type OfferedRole} from '../selection/token.js'
import {type LayoutColumn} from './layout.js'
import {safeText} from './safe-text.js'
import {expiryOf, isPast} from './time.js'

const DEFAULT_WIDTH = 80
const WIDTH_OF_CURSOR = 2
const WIDTH_OF_QUESTION = 20
/** The least width of a name, role or description beside other columns. */
const LEAST = 10
/** The least width of names as long as there is another column to omit. */
const WIDE_NAME = 20

/** A choice in a prompt, with safe texts. */
export interface Choice {
  /** The ID of the item, or the name of a role. */
  readonly value: string
  readonly name: string
  /** The text that stays on the screen after the choice. */
  readonly short: string
  /** The complete text for the filter, because the line may be truncated. */
  readonly fullText: string
}

interface ChoiceOptions<T> {
  /** Columns of the terminal; undefined or 0 if unknown. */
  readonly width: number | undefined
  /** The role to show. Without it, there is no such column. */
  readonly roleOf?: ((item: T) => string | undefined) | undefined
}

/** Choices of Deployments, sorted by name. A narrow terminal omits the Workspace. */
export async function deploymentChoices(
  deployments: readonly Deployment[],
  {roleOf, width}: ChoiceOptions<Deployment>,
): Promise<readonly Choice[]> {
  const sorted = deployments.toSorted(byName)
  const name = columnOf(sorted, (deployment) => deployment.name, LEAST)
  const [role, shortRole] = roleColumns(sorted, roleOf)
  const workspace = columnOf(sorted, ({workspaceId, workspaceName}) => workspaceName ?? workspaceId, LEAST)
  const id = columnOf(sorted, (deployment) => deployment.id)
  const layouts = [
    [name, role, {...workspace, isFirst: true}, id],
    [name, shortRole, id],
    [{...name, least: 1}, id],
  ]
  return choicesOf(sorted, layouts, width)
}

/** Choices of tokens, sorted by name, with the expired ones last. A narrow terminal omits description and expiry. */
export async function tokenChoices(
  tokens: readonly ApiToken[],
  {now, roleOf, width}: ChoiceOptions<ApiToken> & {readonly now: Date},
): Promise<readonly Choice[]> {
  const isExpired = ({endAt}: ApiToken) => isPast(endAt, now)
  const sorted = tokens.toSorted((a, b) => Number(isExpired(a)) - Number(isExpired(b)) || byName(a, b))
  const name = columnOf(sorted, (token) => token.name, LEAST)
  const wideName = {...name, least: WIDE_NAME}
  const [role, shortRole] = roleColumns(sorted, roleOf)
  const expiry = columnOf(sorted, ({endAt}) => expiryLabel(endAt, now))
  const mark = columnOf(sorted, (token) => (isExpired(token) ? 'EXPIRED' : ''))
  const description = {...columnOf(sorted, (token) => token.description, LEAST), isFirst: true}
  const id = columnOf(sorted, (token) => token.id)
  const layouts = [
    [wideName, role, expiry, description, id],
    [wideName, role, expiry, id],
    [name, shortRole, mark, id],
    [{...name, least: 1}, id],
  ]
  return choicesOf(sorted, layouts, width)
}

/** Choices of Deployment roles. Marks the roles that the token has as current. */
export async function roleChoices(
  roles: readonly OfferedRole[],
  width: number | undefined,
): Promise<readonly Choice[]> {
  const name = columnOf(roles, (role) => role.name)
  const mark = columnOf(roles, ({isPresent}) => (isPresent ? '(current)' : ''))
  const description = columnOf(roles, (role) => role.description, LEAST)
  const layouts = [[name, mark, description], [{...name, least: LEAST}, mark], [{...name, least: 1}]]
  const items = roles.map((role) => ({id: role.name, name: role.name}))
  return choicesOf(items, layouts, width, () => '')
}

/** The role on a single Deployment; otherwise the number of Deployments. Undefined stands for all Deployments. */
export function roleOnDeployments(deploymentIds: readonly string[] | undefined): (token: ApiToken) => string {
  return ({roles = []}) => {
    const [only, ...others] = deploymentIds ?? []
    if (only !== undefined && others.length === 0) return roleOn(roles, only) ?? ''
    const having = deploymentIdsIn(roles).filter((id) => !deploymentIds || deploymentIds.includes(id))
    return `${having.length} ${having.length === 1 ? 'Deployment' : 'Deployments'}`
  }
}

/** The choices that contain every typed word, in any case and order. */
export function filterChoices(choices: readonly Choice[], typed: string): readonly Choice[] {
  const words = typed.toLowerCase().split(/\s/)
  return choices.filter(({fullText}) => words.every((word) => fullText.toLowerCase().includes(word)))
}

interface Item {
  readonly id: string
  readonly name: string
}

/** Creates choices with aligned columns. The filter searches the columns of the first layout. */
async function choicesOf<T extends Item>(
  items: readonly T[],
  layouts: readonly (readonly LayoutColumn[])[],
  width: number | undefined,
  suffixOf = (item: T) => ` (${item.id})`,
): Promise<readonly Choice[]> {
  const {chooseLayout} = await import('./layout.js')
  const {greatestWidthOf, truncate} = await import('./display-width.js')
  const terminal = width || DEFAULT_WIDTH
  const filled = layouts.map((layout) => layout.filter(({texts}) => texts.some((text) => text !== '')))
  const {columns, lineOf} = chooseLayout(filled, terminal - WIDTH_OF_CURSOR, greatestWidthOf)
  return items.map((item, row) => {
    const textsOf = (layout: readonly LayoutColumn[]) => layout.map(({texts}) => texts[row] ?? '')
    const suffix = safeText(suffixOf(item))
    const left = Math.max(LEAST, terminal - WIDTH_OF_QUESTION - greatestWidthOf(suffix))
    return {
      value: item.id,
      name: lineOf(textsOf(columns)).trimEnd(),
      short: truncate(safeText(item.name), left, greatestWidthOf) + suffix,
      fullText: textsOf(layouts[0] ?? []).join(' '),
    }
  })
}

/** A column of safe texts. Empty texts without a function. */
function columnOf<T>(
  items: readonly T[],
  textOf: ((item: T) => string | undefined) | undefined,
  least = Infinity,
): LayoutColumn {
  return {header: '', texts: items.map((item) => safeText(textOf?.(item) ?? '')), least}
}

/** A column of whole roles, and a narrower one that still tells the roles of Astro apart. */
function roleColumns<T>(
  items: readonly T[],
  roleOf: ChoiceOptions<T>['roleOf'],
): readonly [LayoutColumn, LayoutColumn] {
  const shortRole = (item: T) => roleOf?.(item)?.replace(/^DEPLOYMENT_/, '')
  return [columnOf(items, roleOf), columnOf(items, shortRole, LEAST)]
}

/** Compares names regardless of case, by code units, so that the order is the same on every machine. */
function byName(a: Item, b: Item): number {
  const [one, other] = [a.name.toLowerCase(), b.name.toLowerCase()]
  return Number(one > other) - Number(one < other)
}

function expiryLabel(endAt: string | undefined, now: Date): string {
  const expiry = expiryOf(endAt, now)
  if (isPast(endAt, now)) return expiry.replace('expired', 'EXPIRED')
  if (!endAt) return 'never expires'
  return expiry && `expires ${expiry}`
}
