import {makeTable} from '@oclif/table'

import {pad, truncate, widthOf} from './display-width.js'
import {chooseLayout, type LayoutColumn} from './layout.js'

/** The column that the library leaves free before each line. */
const MARGIN = 1
/** On a narrower terminal, a table would lose too many columns. */
const LEAST_WIDTH_TO_HIDE = 60

/** How a column gives way on a narrow terminal; see LEAST_WIDTHS. */
export type ColumnKind = 'description' | 'id' | 'name' | 'role' | 'short'

export interface TableColumn {
  readonly header: string
  readonly kind: ColumnKind
}

export interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  hasColors?(): boolean
  write(text: string): unknown
}

export interface TableOptions {
  readonly hasHeader?: boolean
  /** The columns that may be hidden, in this order. */
  readonly hideable?: readonly TableColumn[]
}

/** The widths down to which columns are truncated: before a column is hidden, and if none is left to hide. */
const LEAST_WIDTHS: Readonly<Record<ColumnKind, readonly [early: number, late: number]>> = {
  description: [0, 0],
  name: [20, 10],
  role: [Infinity, 10],
  short: [Infinity, Infinity],
  id: [Infinity, Infinity],
}

/** Writes a table of safe texts, or `HEADER  value` blocks if it does not fit. Returns the headers that it hides. */
export function writeTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  output: Output,
  {hasHeader = true, hideable = []}: TableOptions = {},
): readonly string[] {
  // 0 columns means that the width is unknown.
  const width = output.columns || Infinity
  const hasColors = output.hasColors?.() ?? false
  const bold = (text: string) => (hasColors ? `\u001B[1m${text}\u001B[22m` : text)
  const layouts = layoutsOf(columns, rows, width < LEAST_WIDTH_TO_HIDE ? [] : hideable)
  const {columns: shown, fits, lineOf} = chooseLayout(layouts, width - MARGIN, widthOf)
  if (!fits) {
    output.write(blocks(columns, rows, width, bold))
    return []
  }

  const headers = shown.map(({header}) => header)
  const lines = rows.map((_, row) => lineOf(shown.map(({texts}) => texts[row] ?? '')))
  const [header = '', rule = '', ...drawn] = draw(lineOf(headers), lines)
  output.write((hasHeader ? [bold(header), rule, ...drawn] : drawn).join('\n'))
  return columns.map(({header}) => header).filter((header) => !headers.includes(header))
}

/** The layouts to try: one for each column that is hidden, and the last one again with narrower columns. */
function layoutsOf(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  hideable: readonly TableColumn[],
): readonly (readonly LayoutColumn[])[] {
  const texts = columns.map((_, at) => rows.map((cells) => cells[at] ?? ''))
  const layout = (hiddenCount: number, step: 0 | 1) => {
    const hidden = new Set(hideable.slice(0, hiddenCount).map(({header}) => header))
    return columns
      .map(({header, kind}, at) => ({
        header,
        texts: texts[at] ?? [],
        least: LEAST_WIDTHS[kind][step],
        isFirst: kind === 'description',
      }))
      .filter(({header}) => !hidden.has(header))
  }

  return [layout(0, 0), ...hideable.map((_, at) => layout(at + 1, 0)), layout(hideable.length, 1)]
}

/** Draws aligned lines with a rule under the header. Each line is one cell, because the library is slow with cells. */
function draw(header: string, lines: readonly string[]): readonly string[] {
  const table = makeTable({
    borderStyle: 'headers-only-with-underline',
    columns: [{key: 'line', name: header}],
    data: lines.map((line) => ({line})),
    headerOptions: {bold: false, color: 'reset'},
    maxWidth: 'none',
    padding: 0,
  })
  return table.split('\n')
}

/** Formats each cell on a line, with an empty line between rows. Keeps the labels even without a header. */
function blocks(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
  bold: (text: string) => string,
): string {
  const label = Math.max(...columns.map(({header}) => widthOf(header)))
  const line = (text: string, {header, kind}: TableColumn) => {
    const value = kind === 'id' ? text : truncate(text, Math.max(1, width - label - 2))
    return value === '' ? `${bold(header)}\n` : `${bold(pad(header, label))}  ${value}\n`
  }

  return rows.map((cells) => columns.map((column, at) => line(cells[at] ?? '', column)).join('')).join('\n')
}
