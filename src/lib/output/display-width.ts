import stringWidth from 'string-width'

/** How many columns of a terminal a text takes. */
export type Measure = (text: string) => number

const ELLIPSIS = '…'

/** Characters that take one column each, and never combine. */
const PLAIN = /^[ -~…]*$/

/** Of characters that are shown as one. Looking them up takes a tenth of the time. */
const knownWidths = new Map<string, number>()

let segmenter: Intl.Segmenter | undefined

/** How many columns a text takes, as terminals show it that know the characters that combine. */
export function widthOf(text: string): number {
  return PLAIN.test(text) ? text.length : widthOfParts(graphemesOf(text), displayWidthOf)
}

/**
 * The most columns that a text takes if characters that combine are shown apart. Terminals, and the library that
 * prompts, differ in which ones they combine, and a line that they find too wide breaks a prompt.
 */
export function greatestWidthOf(text: string): number {
  return PLAIN.test(text) ? text.length : widthOfParts(graphemesOf(text), greatestOf)
}

/**
 * The text, or as much of it as fits into this many columns with an ellipsis at its end. Characters that are shown as
 * one, such as a letter with its accents or an emoji of several parts, are kept or cut as one. Empty for 0 columns.
 */
export function truncate(text: string, columns: number, measure: Measure = widthOf): string {
  if (measure(text) <= columns) return text
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
  return text + ' '.repeat(Math.max(0, columns - measure(text)))
}

function displayWidthOf(grapheme: string): number {
  const known = knownWidths.get(grapheme)
  if (known !== undefined) return known
  const width = stringWidth(grapheme)
  knownWidths.set(grapheme, width)
  return width
}

function greatestOf(grapheme: string): number {
  return Math.max(displayWidthOf(grapheme), widthOfParts(grapheme, widthApart))
}

/** The accents of Latin, Greek and Cyrillic combine everywhere. */
function widthApart(character: string): number {
  return /[\u0300-\u036F]/.test(character) ? 0 : Math.max(1, displayWidthOf(character))
}

function widthOfParts(parts: Iterable<string>, measure: Measure): number {
  let width = 0
  for (const part of parts) width += measure(part)
  return width
}

function* graphemesOf(text: string): Iterable<string> {
  segmenter ??= new Intl.Segmenter()
  for (const {segment} of segmenter.segment(text)) yield segment
}
