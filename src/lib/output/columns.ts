import {AstroError} from '../errors.js'
import {type AuditedRole} from '../roles/audit.js'
import {type ScopedToken} from '../roles/token-scoping.js'
import {creatorOf} from './result-json.js'
import {timeAgo} from './time-ago.js'

/** A column of rows that are made from items of one kind. */
export interface Column<T> {
  readonly header: string
  /** The key of its value in JSON. */
  readonly key: string
  /** What a cell shows: the true text, which is not safe to show yet. */
  readonly text: (item: T, now: Date) => string
  /** What rows are sorted by, where it is not the text. */
  readonly order?: (item: T) => number
}

/** The columns of `list`, in their order. */
export const LIST_COLUMNS: readonly Column<ScopedToken>[] = [
  {header: 'ID', key: 'id', text: ({token}) => token.id},
  {header: 'NAME', key: 'name', text: ({token}) => token.name},
  {header: 'DESCRIPTION', key: 'description', text: ({token}) => token.description ?? ''},
  {header: 'SCOPE', key: 'scope', text: ({token}) => token.scope},
  {header: 'DEPLOYMENT_ROLE', key: 'role', text: ({role}) => role ?? ''},
  {
    header: 'CREATED',
    key: 'created_at',
    text: ({token}, now) => timeAgo(token.createdAt, now),
    order: ({token}) => timeOf(token.createdAt),
  },
  {header: 'CREATED BY', key: 'created_by', text: ({token}) => creatorOf(token) ?? ''},
]

/** The columns of `list --all-deployments`: the Deployment stands before the role that the token has there. */
export const AUDIT_COLUMNS: readonly Column<AuditedRole>[] = [
  ...LIST_COLUMNS.slice(0, 4),
  {header: 'DEPLOYMENT_ID', key: 'deployment_id', text: ({deploymentId}) => deploymentId},
  {header: 'DEPLOYMENT_NAME', key: 'deployment_name', text: ({deploymentName}) => deploymentName},
  ...LIST_COLUMNS.slice(4),
]

/** What the user asked to see of the rows; what is undefined was not said. */
export interface ViewOptions {
  /** Names of columns, parted by commas. */
  readonly columns?: string | undefined
  /** Name of a column; a minus before it descends. */
  readonly sort?: string | undefined
  readonly 'no-header'?: boolean | undefined
  readonly csv?: boolean | undefined
}

export interface View<T> {
  /** At least one, each once. */
  readonly columns: readonly Column<T>[]
  readonly hasHeader: boolean
  readonly isCsv: boolean
  /** The items in the order that was asked for; those that are equal in it stay in theirs. */
  sort(items: readonly T[]): readonly T[]
}

/**
 * What to show of these columns. They are named by header or by JSON key, in any case, with `_` for a space. Throws
 * `usage` for a name that none of them has.
 */
export function readView<T>(all: readonly Column<T>[], options: ViewOptions): View<T> {
  const {columns, csv = false, 'no-header': noHeader = false, sort} = options
  const shown = columns === undefined ? all : findColumns(all, columns.split(','))
  const isDescending = sort?.trimStart().startsWith('-') ?? false
  const [by] = sort === undefined ? [] : findColumns(all, [sort.trimStart().slice(isDescending ? 1 : 0)])
  return {
    columns: shown,
    hasHeader: !noHeader,
    isCsv: csv,
    sort: (items) => (by ? sorted(items, by, isDescending) : items),
  }
}

function findColumns<T>(all: readonly Column<T>[], names: readonly string[]): readonly Column<T>[] {
  const found = new Set<Column<T>>()
  for (const name of names) {
    const column = all.find(({header, key}) => [header, key].some((each) => spelled(each) === spelled(name)))
    if (!column) throw noSuchColumn(name.trim(), all)
    found.add(column)
  }

  return [...found]
}

function spelled(name: string): string {
  return name.trim().toLowerCase().replaceAll('_', ' ')
}

function noSuchColumn(name: string, all: readonly Column<never>[]): AstroError {
  const headers = all.map(({header}) => header).join(', ')
  return new AstroError('usage', `There is no column "${name}". There are: ${headers}.`)
}

/** Texts by their code units, so that the order is the same on every machine; times by time. */
function sorted<T>(items: readonly T[], {order, text}: Column<T>, isDescending: boolean): readonly T[] {
  const now = new Date()
  const sign = isDescending ? -1 : 1
  return items
    .map((item) => ({item, value: order?.(item) ?? text(item, now)}))
    .toSorted((a, b) => (a.value < b.value ? -sign : a.value > b.value ? sign : 0))
    .map(({item}) => item)
}

/** Milliseconds since 1970; before all others for a time that is absent or no time at all. */
function timeOf(time: string | undefined): number {
  const milliseconds = Date.parse(time ?? '')
  return Number.isNaN(milliseconds) ? -Infinity : milliseconds
}
