import {greatestWidthOf, pad, truncate} from './display-width.js'
import {fitColumns, LEAST_COLUMNS, sumOf, type Truncation} from './fit-columns.js'

/** The width of a terminal that does not report it. */
const DEFAULT_WIDTH = 80

/** The columns before each line of a prompt, for its cursor. */
const CURSOR = 2

/** The columns of the longest prompt. The choice stays on the screen after it. */
const QUESTION = 20

const GAP = 2

/** A column of aligned lines, with its safe text in each line. */
export interface LineColumn {
  readonly texts: readonly string[]
  readonly truncation: Truncation
}

/**
 * Aligns columns in lines that fit a prompt on a terminal of this width. Uses the first layout that fits. If none does,
 * truncates everything but IDs in the last one as far as necessary. Omits columns without any text.
 */
export function alignLines(layouts: readonly (readonly LineColumn[])[], width: number | undefined): readonly string[] {
  const columns = (width || DEFAULT_WIDTH) - CURSOR
  for (const layout of layouts) {
    const lines = alignLayout(layout, columns, layout === layouts.at(-1))
    if (lines) return lines
  }

  return []
}

/** The choice that stays on the screen after the prompt: a name, truncated if necessary, and a suffix that is not. */
export function shortLine(name: string, suffix: string, width: number | undefined): string {
  const left = (width || DEFAULT_WIDTH) - QUESTION - greatestWidthOf(suffix)
  return truncate(name, Math.max(LEAST_COLUMNS, left), greatestWidthOf) + suffix
}

function alignLayout(layout: readonly LineColumn[], columns: number, isLast: boolean): readonly string[] | undefined {
  const shown = layout.filter(({texts}) => texts.some((text) => text !== ''))
  const natural = shown.map(({texts}) => {
    let widest = 0
    for (const text of texts) widest = Math.max(widest, greatestWidthOf(text, columns))
    return widest
  })
  const truncations = shown.map(({truncation}) => truncation)
  const available = columns - GAP * (shown.length - 1)
  const widths =
    fitColumns(natural, truncations, available) ??
    (isLast ? squeezeColumns(natural, truncations, available) : undefined)
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

/**
 * Widths for a terminal that is too narrow even for the least widths: truncates the name below its least width. The
 * last layout has only one name.
 */
function squeezeColumns(
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
