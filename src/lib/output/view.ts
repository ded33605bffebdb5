import {AstroError} from '../errors.js'
import {type Column, type ColumnSet, sortValue} from './columns.js'

/** The user's options for rows. An undefined option was not passed. */
export interface ViewOptions {
  /** Names of columns, separated by commas. */
  readonly columns?: string | undefined
  /** Name of a column; a minus before it sorts in descending order. */
  readonly sort?: string | undefined
  readonly 'no-header'?: boolean | undefined
  readonly csv?: boolean | undefined
}

export interface View<T> {
  /** At least one, without duplicates. */
  readonly columns: readonly Column<T>[]
  readonly hasHeader: boolean
  readonly isCsv: boolean
  /** Sorts the items in the requested order. Equal items keep their order. */
  sort(items: readonly T[]): readonly T[]
}

/**
 * Creates a view from the options. A column can be named by its header or JSON key, in any case, with `_` or a space.
 * Throws `usage` for an unknown column.
 */
export async function readView<T>(columns: ColumnSet<T>, options: ViewOptions): Promise<View<T>> {
  const {columns: names, csv = false, 'no-header': noHeader = false, sort} = options
  const shown = names === undefined ? columns.shown : await findColumns(columns.all, names.split(','))
  const isDescending = sort?.trimStart().startsWith('-') ?? false
  const sortNames = sort === undefined ? [] : [sort.trimStart().slice(isDescending ? 1 : 0)]
  const [by] = await findColumns(columns.all, sortNames)
  return {
    columns: shown,
    hasHeader: !noHeader,
    isCsv: csv,
    sort: (items) => (by ? sortItems(items, by, isDescending) : items),
  }
}

async function findColumns<T>(all: readonly Column<T>[], names: readonly string[]): Promise<readonly Column<T>[]> {
  const found = new Set<Column<T>>()
  for (const name of names) {
    const column = all.find(({header, key}) => [header, key].some((each) => normalize(each) === normalize(name)))
    if (!column) throw await unknownColumn(name.trim(), all)
    found.add(column)
  }

  return [...found]
}

function normalize(name: string): string {
  return name.trim().toLowerCase().replaceAll('_', ' ')
}

async function unknownColumn(name: string, all: readonly Column<never>[]): Promise<AstroError> {
  const {closest} = await import('../closest.js')
  const [likely] = closest(normalize(name), all, ({header, key}) => [normalize(header), normalize(key)])
  const headers = all.map(({header}) => header).join(', ')
  return new AstroError('usage', `There is no column "${name}". Columns: ${headers}.`, {
    ...(likely && {hint: `Did you mean ${likely.header}?`}),
  })
}

/** Compares texts by code units, so that the order is the same on every machine. */
function sortItems<T>(items: readonly T[], by: Column<T>, isDescending: boolean): readonly T[] {
  const sign = isDescending ? -1 : 1
  return items
    .map((item) => ({item, value: sortValue(by, item)}))
    .toSorted((a, b) => (a.value < b.value ? -sign : a.value > b.value ? sign : 0))
    .map(({item}) => item)
}
