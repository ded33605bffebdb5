/** The strings and numbers of a JSON text. Matches strings to skip the digits in them. */
const LITERALS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:e[-+]?\d+)?/gi
const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:e([-+]?\d+))?$/i

/** A longer number is not intentional. */
const LONGEST_NUMBER = 400

const MARK = '\0changes: '

/**
 * Finds the first number under `key` that changes if the JSON document is parsed and written again, such as an integer
 * beyond 2^53, `1e400` or `-0`. Undefined if no number changes; `1.0` does not, although it is written as `1`.
 *
 * `text` must be valid JSON.
 */
export function numberThatChanges(text: string, key: string): string | undefined {
  const marked = text.replaceAll(LITERALS, (literal) =>
    literal.startsWith('"') || isExact(literal) ? literal : JSON.stringify(`${MARK}${literal}`),
  )
  if (marked === text) return undefined
  const document: unknown = JSON.parse(marked)
  const rest: unknown[] = [new Map<string, unknown>(Object.entries(document ?? {})).get(key)]
  while (rest.length > 0) {
    const value = rest.pop()
    if (typeof value === 'string' && value.startsWith(MARK)) return value.slice(MARK.length)
    if (typeof value === 'object' && value !== null) {
      const children: unknown[] = Object.values(value)
      for (const child of children.toReversed()) rest.push(child)
    }
  }

  return undefined
}

function isExact(literal: string): boolean {
  if (literal.length > LONGEST_NUMBER) return false
  return normalize(literal) === normalize(JSON.stringify(Number(literal)))
}

/** Returns the same text for every spelling of a number. Returns any other text unchanged. */
function normalize(literal: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = NUMBER.exec(literal) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (!significant) return whole ? `${sign}0` : literal
  return `${sign}0.${significant}e${Number(exponent) - fraction.length + digits.length}`
}
