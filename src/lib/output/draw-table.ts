import {makeTable} from '@oclif/table'
import {stripVTControlCharacters} from 'node:util'

/** A table that fits. Each cell, including the header's, is padded to the width of its column. */
export interface Drawing {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** The widths without the spaces between columns. */
  readonly widths: readonly number[]
  /** Spaces between two columns. */
  readonly gap: 2 | 3
  readonly hasHeader: boolean
  /** Whether the terminal shows colors and bold letters. */
  readonly hasColors: boolean
}

/** Draws a table with a line under its header. Only this module uses the table library. */
export function drawWithHeaderLine({gap, hasColors, hasHeader, header, rows, widths}: Drawing): string {
  // The library puts one space between cells, and padding on both sides of each cell.
  const padding = gap === 3 ? 1 : 0
  const extra = (column: number) => (gap === 3 ? 2 : column < widths.length - 1 ? 1 : 0)
  const styled = makeTable({
    borderStyle: 'headers-only-with-underline',
    columns: widths.map((width, column) => ({
      key: String(column),
      name: header[column] ?? '',
      width: width + extra(column),
    })),
    data: rows.map((cells) => Object.fromEntries(cells.entries())),
    maxWidth: 'none',
    padding,
  })
  // The library ignores NO_COLOR.
  const table = hasColors ? styled : stripVTControlCharacters(styled)
  // The library cannot omit the header, which takes two lines.
  return hasHeader ? table : table.split('\n').slice(2).join('\n')
}
