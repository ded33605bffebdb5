import stringWidth from 'string-width'

/** Returns the number of terminal columns that a text takes. Stops counting above the limit: long texts are slow. */
export type Measure = (text: string, limit?: number) => number

const ELLIPSIS = '…'

const PLAIN = '[ -~…]'
const ONLY_PLAIN = new RegExp(`^${PLAIN}*$`)
/** Characters that take one column each and do not combine with the next one. To split them into graphemes is slow. */
const APART = new RegExp(`${PLAIN}(?=${PLAIN}|$)`, 'g')

/** A cache of the widths of graphemes: a lookup takes a tenth of the time. */
const knownWidths = new Map<string, number>()

let segmenter: Intl.Segmenter | undefined

/** The number of columns that a text takes on terminals that support combining characters. */
export function widthOf(text: string, limit = Infinity): number {
  return widthOfGraphemes(text, displayWidthOf, limit)
}

/**
 * The most columns that a text takes, if a terminal shows combining characters separately. Terminals and the prompt
 * library differ in the characters that they combine, and a line that is too wide breaks a prompt.
 */
export function greatestWidthOf(text: string, limit = Infinity): number {
  return widthOfGraphemes(text, greatestOf, limit)
}

/**
 * Truncates a text to this many columns, with an ellipsis at its end. Never cuts within a grapheme, such as a letter
 * with its accents or an emoji of several parts. Empty for 0 columns.
 */
export function truncate(text: string, columns: number, measure: Measure = widthOf): string {
  if (measure(text, columns) <= columns) return text
  if (columns < 1) return ''
  if (ONLY_PLAIN.test(text)) return text.slice(0, columns - 1).trimEnd() + ELLIPSIS
  let left = columns - 1
  let kept = ''
  for (const grapheme of graphemesOf(text)) {
    left -= measure(grapheme)
    if (left < 0) break
    kept += grapheme
  }

  return kept.trimEnd() + ELLIPSIS
}

/** Appends spaces to the text up to this many columns. */
export function pad(text: string, columns: number, measure: Measure = widthOf): string {
  return text + ' '.repeat(Math.max(0, columns - measure(text, columns)))
}

function displayWidthOf(grapheme: string): number {
  const known = knownWidths.get(grapheme)
  if (known !== undefined) return known
  const width = stringWidth(grapheme)
  knownWidths.set(grapheme, width)
  return width
}

function greatestOf(grapheme: string): number {
  return Math.max(displayWidthOf(grapheme), widthOfParts(grapheme, widthApart, Infinity))
}

/**
 * The width of a character that does not combine. The accents of Latin, Greek and Cyrillic combine on every terminal.
 */
function widthApart(character: string): number {
  return /[\u0300-\u036F]/.test(character) ? 0 : Math.max(1, displayWidthOf(character))
}

function widthOfGraphemes(text: string, measure: Measure, limit: number): number {
  if (ONLY_PLAIN.test(text)) return text.length
  const rest = text.replaceAll(APART, '')
  const apart = text.length - rest.length
  return apart + widthOfParts(graphemesOf(rest), measure, limit - apart)
}

function widthOfParts(parts: Iterable<string>, measure: Measure, limit: number): number {
  let width = 0
  for (const part of parts) {
    width += measure(part)
    if (width > limit) break
  }

  return width
}

function* graphemesOf(text: string): Iterable<string> {
  segmenter ??= new Intl.Segmenter()
  for (const {segment} of segmenter.segment(text)) yield segment
}
