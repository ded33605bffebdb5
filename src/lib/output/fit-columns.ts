/**
 * What happens to a column that is too wide: a description is truncated first, names and roles second, an ID never.
 * Everything else is only truncated where rows become blocks, which even the narrowest columns do not avoid.
 */
export type Truncation = 'blocks' | 'first' | 'never' | 'second'

/** Columns are not truncated to fewer than this. */
export const LEAST_COLUMNS = 10

/**
 * Widths with which columns of these widths fit into this many columns of a terminal, whatever is between them already
 * taken off; undefined if there are none.
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

/** The greatest width that each of these may have, so that together they take no more than is available. */
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
