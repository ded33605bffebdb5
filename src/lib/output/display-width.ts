import stringWidth from 'string-width'

/** How many columns of a terminal a text takes. Above the limit, counting stops: a long text is slow to split. */
export type Measure = (text: string, limit?: number) => number

const ELLIPSIS = '…'

/** Characters that take one column each, and never combine. */
const PLAIN = /^[ -~…]*$/

/** Of characters that are shown as one. Looking them up takes a tenth of the time. */
const knownWidths = new Map<string, number>()

let segmenter: Intl.Segmenter | undefined

/** How many columns a text takes, as terminals show it that know the characters that combine. */
export function widthOf(text: string, limit = Infinity): number {
  return PLAIN.test(text) ? text.length : widthOfParts(graphemesOf(text), displayWidthOf, limit)
}

/**
 * The most columns that a text takes if characters that combine are shown apart. Terminals, and the library that
 * prompts, differ in which ones they combine, and a line that they find too wide breaks a prompt.
 */
export function greatestWidthOf(text: string, limit = Infinity): number {
  return PLAIN.test(text) ? text.length : widthOfParts(graphemesOf(text), greatestOf, limit)
}

/**
 * The text, or as much of it as fits into this many columns with an ellipsis at its end. Characters that are shown as
 * one, such as a letter with its accents or an emoji of several parts, are kept or cut as one. Empty for 0 columns.
 */
export function truncate(text: string, columns: number, measure: Measure = widthOf): string {
  if (measure(text, columns) <= columns) return text
  if (columns < 1) return ''
  if (PLAIN.test(text)) return text.slice(0, columns - 1).trimEnd() + ELLIPSIS
  let left = columns - 1
  let kept = ''
  for (const grapheme of graphemesOf(text)) {
    left -= measure(grapheme)
    if (left < 0) break
    kept += grapheme
  }

  return kept.trimEnd() + ELLIPSIS
}

/** The text with spaces after it up to this many columns. */
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

/** The accents of Latin, Greek and Cyrillic combine everywhere. */
function widthApart(character: string): number {
  return /[\u0300-\u036F]/.test(character) ? 0 : Math.max(1, displayWidthOf(character))
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
