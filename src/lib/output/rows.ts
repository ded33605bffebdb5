import {AstroError} from '../errors.js'
import {type Field, type FieldSet, type Item} from './fields.js'
import {safeText} from './safe-text.js'
import {type Output} from './table.js'

/** The flags for rows. `sort` is a column, with a minus before it to sort in descending order. */
export interface RowFlags {
  readonly columns?: string | undefined
  readonly sort?: string | undefined
  readonly 'no-header'?: boolean | undefined
  readonly csv?: boolean | undefined
}

export interface RowFormat {
  /** At least one, without duplicates. */
  readonly columns: readonly Field[]
  readonly hideable: readonly Field[]
  readonly hasHeader: boolean
  readonly isCsv: boolean
  /** Undefined to keep the order of the items. */
  readonly sortBy: Field | undefined
  readonly isDescending: boolean
}

/** Reads the flags for rows. Throws `usage` for a column that is not a header, alias or JSON key in any spelling. */
export async function readRowFormat(fields: FieldSet, flags: RowFlags): Promise<RowFormat> {
  const {columns: names, csv = false, 'no-header': noHeader = false, sort} = flags
  const sortName = sort?.trimStart() ?? ''
  const [sortBy] = sort === undefined ? [] : await findFields(fields.all, [sortName.replace(/^-/, '')])
  const chosen = names === undefined ? undefined : await findFields(fields.all, names.split(','))
  return {
    columns: chosen ?? fields.shown,
    hideable: chosen ? [] : fields.hideable,
    hasHeader: !noHeader,
    isCsv: csv,
    sortBy,
    isDescending: sortName.startsWith('-'),
  }
}

/** Sorts texts by code units, so that the order is the same on every machine. Equal items keep their order. */
export function sortItems<T extends Item>(items: readonly T[], {isDescending, sortBy}: RowFormat): readonly T[] {
  if (!sortBy) return items
  const sign = isDescending ? -1 : 1
  return items
    .map((item) => ({item, value: sortValue(sortBy, item)}))
    .toSorted((a, b) => (a.value < b.value ? -sign : a.value > b.value ? sign : 0))
    .map(({item}) => item)
}

/** Writes CSV, a table, or tab-separated lines into a pipe. Returns the headers of columns that a terminal hides. */
export async function writeRows(
  items: readonly Item[],
  format: RowFormat,
  output: Output,
  now: Date,
): Promise<readonly string[]> {
  const {columns, hasHeader, isCsv} = format
  const rows = items.map((item) =>
    columns.map((column) =>
      isCsv ? csvText(column, item) : safeText(column.words?.(column.value(item), now) ?? column.value(item) ?? ''),
    ),
  )
  if (isCsv || !output.isTTY) {
    const lines = hasHeader ? [columns.map(({header}) => header), ...rows] : rows
    output.write(lines.map((cells) => (isCsv ? csvLine(cells) : `${cells.join('\t')}\n`)).join(''))
    return []
  }

  if (items.length === 0) return []
  const {writeTable} = await import('./table.js')
  return writeTable(columns, rows, output, format)
}

async function findFields(all: readonly Field[], names: readonly string[]): Promise<readonly Field[]> {
  const found = new Set<Field>()
  for (const name of names) {
    const field = all.find((each) => namesOf(each).includes(normalize(name)))
    if (!field) throw await unknownColumn(name.trim(), all)
    found.add(field)
  }

  return [...found]
}

function namesOf({header, key, alias = key}: Field): string[] {
  return [header, key, alias].map((name) => normalize(name))
}

function normalize(name: string): string {
  return name.trim().toLowerCase().replaceAll('_', ' ')
}

async function unknownColumn(name: string, all: readonly Field[]): Promise<AstroError> {
  const {closest} = await import('../closest.js')
  const [likely] = closest(normalize(name), all, namesOf)
  const headers = all.map(({header}) => header).join(', ')
  return new AstroError('usage', `There is no column "${name}". Columns: ${headers}.`, {
    ...(likely && {hint: `Did you mean ${likely.header}?`}),
  })
}

/** A time is as in the API; empty if it is absent or invalid. */
function csvText({value, words}: Field, item: Item): string {
  const text = value(item) ?? ''
  return words && Number.isNaN(Date.parse(text)) ? '' : text
}

/** The text, or the time in milliseconds since 1970. */
function sortValue({isLastIfAbsent, value, words}: Field, item: Item): number | string {
  const text = value(item) ?? ''
  if (!words) return text
  if (isLastIfAbsent && text === '') return Infinity
  const milliseconds = Date.parse(text)
  return Number.isNaN(milliseconds) ? -Infinity : milliseconds
}

/** The start of a formula in a spreadsheet. Some programs skip leading spaces, and some accept full-width forms. */
const FORMULA = /^(?:\s*[=+\-@＝＋－＠]|[\t\r])/

/** Formats a line of CSV (RFC 4180). */
function csvLine(cells: readonly string[]): string {
  // Some readers skip an empty line.
  return `${cells.map((text) => csvCell(text)).join(',') || '""'}\r\n`
}

/** Puts an apostrophe before a cell that a spreadsheet would read as a formula. */
function csvCell(text: string): string {
  const safe = safeText(text)
  const plain = [text, safe].some((each) => FORMULA.test(each)) ? `'${safe}` : safe
  return /[",]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
