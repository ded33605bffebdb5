/**
 * When to truncate a column: `first` for descriptions, `second` for names and roles, `never` for IDs. All others are
 * `blocks`: they are only truncated if the columns do not fit at all and each row becomes a block of lines.
 */
export type Truncation = 'blocks' | 'first' | 'never' | 'second'

/** The least width of a truncated column. */
export const LEAST_COLUMNS = 10

/**
 * Reduces the widths of columns until they fit into `available` columns of a terminal, which do not include the spaces
 * between them. Undefined if they cannot fit.
 */
export function fitColumns(
  widths: readonly number[],
  truncations: readonly Truncation[],
  available: number,
): readonly number[] | undefined {
  let fitted = widths
  for (const turn of ['first', 'second'] as const) {
    const isIn = (column: number) => truncations[column] === turn
    const others = sumOf(fitted.filter((_, column) => !isIn(column)))
    const most = greatestShare(
      fitted.filter((_, column) => isIn(column)),
      available - others,
    )
    fitted = fitted.map((width, column) => (isIn(column) ? Math.min(width, most) : width))
  }

  return sumOf(fitted) <= available ? fitted : undefined
}

export function sumOf(numbers: readonly number[]): number {
  let sum = 0
  for (const each of numbers) sum += each
  return sum
}

/** The greatest width for each of these columns with which they all fit. */
function greatestShare(widths: readonly number[], available: number): number {
  let left = available
  let count = widths.length
  for (const width of widths.toSorted((a, b) => a - b)) {
    const share = Math.floor(left / count)
    if (width > share) return Math.max(LEAST_COLUMNS, share)
    left -= width
    count--
  }

  return Infinity
}
