/** The strings and numbers of a JSON text. Strings are matched so that digits in them do not count. */
const LITERALS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:e[-+]?\d+)?/gi
const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:e([-+]?\d+))?$/i

/** Nobody writes a longer one on purpose. */
const LONGEST_NUMBER = 400

const MARK = '\0changes: '

/**
 * The first number under `key` of a JSON document that would change if the document was parsed and written again:
 * integers beyond 2^53, more digits than a double has, `1e400`, `-0`. Undefined if all of them stay the same, such as
 * `1.0`, which is written as `1`.
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
  return normalized(literal) === normalized(JSON.stringify(Number(literal)))
}

/** The same text for all ways to write one number; any other text as it is. */
function normalized(literal: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = NUMBER.exec(literal) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (!significant) return whole ? `${sign}0` : literal
  return `${sign}0.${significant}e${Number(exponent) - fraction.length + digits.length}`
}
