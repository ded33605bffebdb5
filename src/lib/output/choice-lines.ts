import {greatestWidthOf, pad, truncate} from './display-width.js'
import {fitColumns, LEAST_COLUMNS, sumOf, type Truncation} from './fit-columns.js'

/** Columns of the terminal if it does not know. */
const DEFAULT_WIDTH = 80

/** Columns that a prompt takes before each line, for its cursor. */
const CURSOR = 2

/** Columns of the longest question, after which the choice stays on the screen. */
const QUESTION = 20

const GAP = 2

/** A column of aligned lines: its safe text in each. */
export interface LineColumn {
  readonly texts: readonly string[]
  readonly truncation: Truncation
}

/**
 * Lines of aligned columns that fit a prompt on a terminal of this width. Of several layouts, the first that fits is
 * taken; of the last, everything but IDs is truncated as far as it must be. Columns without any text are left out.
 */
export function alignLines(layouts: readonly (readonly LineColumn[])[], width: number | undefined): readonly string[] {
  const columns = (width || DEFAULT_WIDTH) - CURSOR
  for (const layout of layouts) {
    const lines = alignedIn(layout, columns, layout === layouts.at(-1))
    if (lines) return lines
  }

  return []
}

/** A choice as it stays on the screen, behind the question: a name that may be truncated, and a text that is not. */
export function shortLine(name: string, suffix: string, width: number | undefined): string {
  const left = (width || DEFAULT_WIDTH) - QUESTION - greatestWidthOf(suffix)
  return truncate(name, Math.max(LEAST_COLUMNS, left), greatestWidthOf) + suffix
}

function alignedIn(layout: readonly LineColumn[], columns: number, isLast: boolean): readonly string[] | undefined {
  const shown = layout.filter(({texts}) => texts.some((text) => text !== ''))
  const natural = shown.map(({texts}) => {
    let widest = 0
    for (const text of texts) widest = Math.max(widest, greatestWidthOf(text, columns))
    return widest
  })
  const truncations = shown.map(({truncation}) => truncation)
  const available = columns - GAP * (shown.length - 1)
  const widths =
    fitColumns(natural, truncations, available) ?? (isLast ? squeezed(natural, truncations, available) : undefined)
  return (
    widths &&
    layout[0]?.texts.map((_, row) =>
      lineOf(
        shown.map(({texts}) => texts[row] ?? ''),
        widths,
      ),
    )
  )
}

/** Less than the least width for a name, on a terminal that is too narrow for it. The last layout has one name. */
function squeezed(
  natural: readonly number[],
  truncations: readonly Truncation[],
  available: number,
): readonly number[] {
  const whole = sumOf(natural.filter((_, column) => truncations[column] === 'never'))
  const left = Math.max(1, available - whole)
  return natural.map((width, column) => (truncations[column] === 'never' ? width : Math.min(width, left)))
}

function lineOf(texts: readonly string[], widths: readonly number[]): string {
  const cells = texts.map((text, column) => {
    const width = widths[column] ?? 0
    return pad(truncate(text, width, greatestWidthOf), width, greatestWidthOf)
  })
  return cells.join(' '.repeat(GAP)).trimEnd()
}
