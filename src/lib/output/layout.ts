import {type Measure, pad, truncate} from './display-width.js'

const GAP = '  '

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

export interface Layout {
  readonly columns: readonly LayoutColumn[]
  readonly fits: boolean
  /** Formats a cell for each column as a line, padded to the width of the layout. */
  readonly lineOf: (cells: readonly string[]) => string
}

/** Chooses the first of these layouts that fits, if necessary truncated; otherwise the last one, as narrow as it gets. */
export function chooseLayout(
  layouts: readonly (readonly LayoutColumn[])[],
  available: number,
  measure: Measure,
): Layout {
  const known = new Map<readonly string[], number>()
  const greatestWidth = ({header, texts}: LayoutColumn) => {
    let width = known.get(texts) ?? measure(header)
    if (!known.has(texts)) for (const text of texts) width = Math.max(width, measure(text))
    known.set(texts, width)
    return width
  }

  let layout: Layout = {columns: [], fits: false, lineOf: String}
  for (const columns of layouts) {
    const parts = columns.map((column) => ({
      width: greatestWidth(column),
      least: Math.max(column.least, measure(column.header)),
      isFirst: column.isFirst ?? false,
    }))
    const fits = narrow(parts, available - GAP.length * (columns.length - 1))
    layout = {columns, fits, lineOf: (cells) => alignCells(cells, parts, measure)}
    if (fits) break
  }

  return layout
}

function alignCells(cells: readonly string[], parts: readonly Part[], measure: Measure): string {
  return parts.map(({width}, at) => pad(truncate(cells[at] ?? '', width, measure), width, measure)).join(GAP)
}

interface Part {
  width: number
  readonly least: number
  readonly isFirst: boolean
}

/** Narrows the widest column step by step. Returns whether the columns fit then. */
function narrow(parts: readonly Part[], available: number): boolean {
  let excess = -available
  for (const {width} of parts) excess += width
  for (; excess > 0; excess--) {
    const [widest] = parts
      .filter(({least, width}) => width > least)
      .toSorted((a, b) => Number(b.isFirst) - Number(a.isFirst) || b.width - a.width)
    if (!widest) return false
    widest.width--
  }

  return true
}
