import {cellText, csvText} from './columns.js'
import {safeText} from './safe-text.js'
import {type TableColumn} from './table.js'
import {type View} from './view.js'

/** The destination of rows: a pipe, or a terminal with a width and colors. */
export interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  hasColors?(): boolean
  write(text: string): unknown
}

/**
 * Writes a row for each item: CSV if the view requests it; otherwise a table on a terminal, and tab-separated lines
 * into a pipe. Without rows, writes nothing on a terminal.
 */
export async function writeRows<T>(items: readonly T[], view: View<T>, output: Output, now: Date): Promise<void> {
  const {columns, hasHeader, isCsv} = view
  const header = columns.map((column) => column.header)
  if (isCsv) {
    const {csv} = await import('./csv.js')
    const cells = items.map((item) => columns.map((column) => csvText(column, item)))
    output.write(csv(hasHeader ? [header, ...cells] : cells))
    return
  }

  const rows = items.map((item) => columns.map((column) => safeText(cellText(column, item, now))))
  if (!output.isTTY) output.write(tabSeparated(hasHeader ? [header, ...rows] : rows))
  else if (items.length > 0) await writeTable(columns, rows, output, hasHeader)
}

/** Writes a table of safe texts that fits the terminal. */
export async function writeTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  output: Output,
  hasHeader = true,
): Promise<void> {
  const {drawTable} = await import('./table.js')
  const hasColors = output.hasColors?.() ?? false
  // 0 columns means that the width is unknown.
  output.write(await drawTable(columns, rows, {hasHeader, hasColors, width: output.columns || undefined}))
}

function tabSeparated(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.join('\t')}\n`).join('')
}
