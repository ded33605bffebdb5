import {pad, truncate, widthOf} from './display-width.js'
import {fitColumns, sumOf, type Truncation} from './fit-columns.js'

/** With more rows, the library takes seconds to draw a table, so the code only pads lines. */
const MOST_DRAWN_ROWS = 100

/** The extra columns of a drawn table beside its cells and gaps, by the width of the gaps. */
const MARGINS = {2: 1, 3: 3} as const

export interface TableColumn {
  readonly header: string
  /** When to truncate the column on a narrow terminal. */
  readonly truncation: Truncation
}

export interface TableOptions {
  /** Columns of the terminal; undefined for no limit. */
  readonly width?: number | undefined
  readonly hasHeader: boolean
  /** Whether the terminal shows colors and bold letters. */
  readonly hasColors: boolean
}

/** A text with its width, which is slow to measure and is counted no further than the width of the terminal. */
interface Cell {
  readonly text: string
  readonly width: number
}

/** The widths of columns, and the spaces between two of them. */
interface Layout {
  readonly widths: readonly number[]
  readonly gap: 2 | 3
}

/**
 * Draws a table of safe texts that is never wider than the terminal, with one line for each row. Truncates cells if
 * necessary. If that is not enough, each row becomes a block of `HEADER  value` lines. IDs are never truncated. With
 * more than a hundred rows, pads lines instead of drawing them.
 */
export async function drawTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  options: TableOptions,
): Promise<string> {
  const isDrawn = rows.length <= MOST_DRAWN_ROWS
  const headers = columns.map(({header}) => header)
  const {width = Infinity} = options
  const cells = [headers, ...rows].map((row) => row.map((text) => ({text, width: widthOf(text, width)})))
  const layout = findLayout(columns, cells, width, isDrawn)
  if (!layout) return blocks(columns, rows, options)

  const {gap, widths} = layout
  const [, ...fitted] = cells.map((row) => row.map((cell, column) => fit(cell, widths[column] ?? 0)))
  const header = fitHeaders(headers, widths)
  if (isDrawn) {
    const {drawWithHeaderLine} = await import('./draw-table.js')
    return drawWithHeaderLine({...options, gap, header, rows: fitted, widths})
  }

  const rule = widths.map((width) => '-'.repeat(width))
  const lines = options.hasHeader ? [header, rule, ...fitted] : fitted
  return lines.map((line) => `${line.join(' '.repeat(gap)).trimEnd()}\n`).join('')
}

function fit({text, width}: Cell, columns: number): string {
  return width <= columns ? text + ' '.repeat(columns - width) : pad(truncate(text, columns), columns)
}

/**
 * Truncates headers. Headers that would look the same, such as DEPLOYMENT_NAME and DEPLOYMENT_ROLE, keep their ends.
 */
function fitHeaders(headers: readonly string[], widths: readonly number[]): readonly string[] {
  const fitted = headers.map((header, column) => truncate(header, widths[column] ?? 0))
  return fitted.map((text, column) => {
    const width = widths[column] ?? 0
    const header = headers[column] ?? ''
    const isClear = fitted.filter((each) => each === text).length === 1
    return pad(isClear ? text : `…${header.slice(1 - width)}`, width)
  })
}

/**
 * Makes columns as wide as their widest cell. If that does not fit, narrows the gaps and truncates; undefined if
 * nothing fits.
 */
function findLayout(
  columns: readonly TableColumn[],
  cells: readonly (readonly Cell[])[],
  width: number,
  isDrawn: boolean,
): Layout | undefined {
  const natural = columns.map(() => 0)
  for (const row of cells) {
    for (const [column, cell] of row.entries()) natural[column] = Math.max(natural[column] ?? 0, cell.width)
  }

  const available = (gap: 2 | 3) => width - gap * (columns.length - 1) - (isDrawn ? MARGINS[gap] : 0)
  if (sumOf(natural) <= available(3)) return {gap: 3, widths: natural}
  const truncations = columns.map(({truncation}) => truncation)
  const widths = fitColumns(natural, truncations, available(2))
  return widths && {gap: 2, widths}
}

/** Formats each cell on a line, with an empty line between rows. Keeps the labels even without a header. */
async function blocks(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  {hasColors, width = Infinity}: TableOptions,
): Promise<string> {
  const {Chalk} = await import('chalk')
  const paint = new Chalk({level: hasColors ? 1 : 0})
  const label = Math.max(...columns.map(({header}) => widthOf(header)))
  const line = (text: string, {header, truncation}: TableColumn) => {
    const value = truncation === 'never' ? text : truncate(text, Math.max(1, width - label - 2))
    return value === '' ? `${paint.bold(header)}\n` : `${paint.bold(pad(header, label))}  ${value}\n`
  }

  return rows.map((cells) => columns.map((column, at) => line(cells[at] ?? '', column)).join('')).join('\n')
}
