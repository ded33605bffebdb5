import {makeTable} from '@oclif/table'
import {stripVTControlCharacters} from 'node:util'

/** A table that fits: each cell is padded to the width of its column, those of the header too. */
export interface Drawing {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Without the spaces between columns. */
  readonly widths: readonly number[]
  /** Spaces between two columns. */
  readonly gap: 2 | 3
  readonly hasHeader: boolean
  /** Whether the terminal shows colors and bold letters. */
  readonly hasColors: boolean
}

/** Draws a table with a line under its header. No other module knows the library that does it. */
export function drawWithHeaderLine({gap, hasColors, hasHeader, header, rows, widths}: Drawing): string {
  // The library puts one space between cells, and the padding on both sides of each.
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
  // The library does not know NO_COLOR.
  const table = hasColors ? styled : stripVTControlCharacters(styled)
  // It cannot omit its header, which is one line with a rule under it.
  return hasHeader ? table : table.split('\n').slice(2).join('\n')
}
