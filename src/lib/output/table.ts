import {stripVTControlCharacters} from 'node:util'

/** Above this many rows a table with borders takes seconds to draw; lines that are merely padded do not. */
const MOST_ROWS_WITH_BORDERS = 100

/** Spaces beside each cell, and the border that follows it. */
const CELL_MARGIN = 3

export interface TableOptions {
  /** Columns of the terminal; without it, as wide as it gets. */
  readonly width?: number | undefined
  /** The column that is broken into lines where the rows do not fit; what one copies from the others stays whole. */
  readonly broken?: number | undefined
  readonly hasHeader: boolean
  /** Whether the terminal shows colours and bold letters. */
  readonly hasColors: boolean
}

/**
 * A table of safe texts, its columns as wide as their widest cell. The first row is the header, whether shown or not.
 * Above a hundred rows it is plain: padded lines, none of them broken, since the library that draws the other form
 * takes seconds for a thousand rows, and a minute and gigabytes of memory for ten thousand.
 */
export async function drawTable(rows: readonly (readonly string[])[], options: TableOptions): Promise<string> {
  const {default: widthOf} = await import('string-width')
  const [header = [], ...body] = rows
  const widths = header.map((name) => widthOf(name))
  for (const cells of body) {
    for (const [column, text] of cells.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(text))
  }

  if (body.length <= MOST_ROWS_WITH_BORDERS) return drawBorders(header, body, widths, options)
  const padded = (text: string, column: number) => text + ' '.repeat((widths[column] ?? 0) - widthOf(text))
  const line = (cells: readonly string[]) =>
    `${cells
      .map((text, column) => padded(text, column))
      .join('   ')
      .trimEnd()}\n`
  const head = options.hasHeader ? [header, widths.map((width) => '-'.repeat(width))] : []
  return [...head, ...body].map((cells) => line(cells)).join('')
}

async function drawBorders(
  header: readonly string[],
  body: readonly (readonly string[])[],
  widths: readonly number[],
  {broken = -1, hasColors, hasHeader, width = Infinity}: TableOptions,
): Promise<string> {
  const {makeTable} = await import('@oclif/table')
  let excess = 1 - width
  for (const each of widths) excess += each + CELL_MARGIN
  const narrowed = Math.max((widths[broken] ?? 0) - excess, header[broken]?.length ?? 0) + CELL_MARGIN - 1
  const styled = makeTable({
    borderStyle: 'headers-only-with-underline',
    columns: header.map((name, column) => ({
      key: String(column),
      name,
      ...(column === broken && excess > 0 && {width: narrowed}),
    })),
    data: body.map((cells) => Object.fromEntries(cells.entries())),
    headerOptions: {bold: true, formatter: (name) => name},
    maxWidth: 'none',
    overflow: 'wrap',
  })
  // The library does not know NO_COLOR.
  const table = hasColors ? styled : stripVTControlCharacters(styled)
  // Nor can it leave out its header, which is a line and the rule under it.
  return hasHeader ? table : table.split('\n').slice(2).join('\n')
}
