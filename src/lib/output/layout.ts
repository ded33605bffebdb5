import {type Measure, pad, truncate} from './display-width.js'

/** The spaces between two columns. */
const GAP = 2

/** A column of safe texts in a layout. It is never narrower than its header. */
export interface LayoutColumn {
  /** Empty for a column without a header. */
  readonly header: string
  readonly texts: readonly string[]
  /** The width down to which the texts may be truncated. Infinity if they may not. */
  readonly least: number
  /** Whether the column is truncated before the others. */
  readonly isFirst?: boolean
}

export interface Layout<C> {
  readonly columns: readonly C[]
  readonly widths: readonly number[]
  readonly fits: boolean
}

/**
 * Chooses the first of these layouts that fits into the available width, if necessary with truncated columns. If none
 * fits, returns the last one, as narrow as it gets.
 */
export function chooseLayout<C extends LayoutColumn>(
  layouts: readonly (readonly C[])[],
  available: number,
  measure: Measure,
): Layout<C> {
  const known = new Map<readonly string[], number>()
  const greatestWidth = ({header, texts}: C) => {
    const width = known.get(texts) ?? widest([header, ...texts], available, measure)
    known.set(texts, width)
    return width
  }

  let layout: Layout<C> = {columns: [], widths: [], fits: false}
  for (const columns of layouts) {
    const parts = columns.map((column) => ({
      width: greatestWidth(column),
      least: Math.max(column.least, measure(column.header)),
      isFirst: column.isFirst ?? false,
    }))
    const excess = narrow(parts, available - GAP * (columns.length - 1))
    layout = {columns, widths: parts.map(({width}) => width), fits: excess === 0}
    if (layout.fits) break
  }

  return layout
}

/** Formats one row of a layout as a line, padded to its width. */
export function alignCells(cells: readonly string[], widths: readonly number[], measure: Measure): string {
  const fitted = widths.map((width, column) => pad(truncate(cells[column] ?? '', width, measure), width, measure))
  return fitted.join(' '.repeat(GAP))
}

interface Part {
  width: number
  readonly least: number
  readonly isFirst: boolean
}

/** Narrows the widest column step by step. Returns how many columns of the terminal are missing at the end. */
function narrow(parts: readonly Part[], available: number): number {
  let excess = -available
  for (const {width} of parts) excess += width
  for (; excess > 0; excess--) {
    const [widestPart] = parts
      .filter(({least, width}) => width > least)
      .toSorted((a, b) => Number(b.isFirst) - Number(a.isFirst) || b.width - a.width)
    if (!widestPart) return excess
    widestPart.width--
  }

  return 0
}

function widest(texts: readonly string[], limit: number, measure: Measure): number {
  let width = 0
  for (const text of texts) width = Math.max(width, measure(text, limit))
  return width
}
