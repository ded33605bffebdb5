import {type View} from './columns.js'
import {safeText} from './safe-text.js'

/** Where the rows go: a terminal, which has a width and colours, or a pipe. */
export interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  hasColors?(): boolean
  write(text: string): unknown
}

/**
 * Writes a row for each item: CSV where it is asked for, else a table on a terminal (nothing where there is no row),
 * and for another program lines of cells that one tab parts.
 */
export async function writeRows<T>(items: readonly T[], view: View<T>, output: Output, now: Date): Promise<void> {
  const {columns, hasHeader, isCsv} = view
  const header = columns.map((column) => column.header)
  const cells = items.map((item) => columns.map((column) => column.text(item, now)))
  if (isCsv) {
    const {csv} = await import('./csv.js')
    output.write(csv(hasHeader ? [header, ...cells] : cells))
    return
  }

  const rows = [header, ...cells.map((row) => row.map((text) => safeText(text)))]
  if (!output.isTTY) output.write(tabSeparated(hasHeader ? rows : rows.slice(1)))
  else if (items.length > 0) await writeTable(rows, hasHeader, output)
}

/** Writes a table of safe texts to a terminal. The first row is the header, whether shown or not. */
export async function writeTable(
  rows: readonly (readonly string[])[],
  hasHeader: boolean,
  output: Output,
): Promise<void> {
  const {drawTable} = await import('./table.js')
  const broken = rows[0]?.indexOf('DESCRIPTION')
  const hasColors = output.hasColors?.() ?? false
  // Some terminals have 0 columns: they do not know.
  output.write(await drawTable(rows, {broken, hasHeader, hasColors, width: output.columns || undefined}))
}

function tabSeparated(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.join('\t')}\n`).join('')
}
