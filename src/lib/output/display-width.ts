import stringWidth from 'string-width'

export type Measure = (text: string) => number

const ELLIPSIS = '…'
/** Characters that take one column each. To split such a text into graphemes is slow. */
const ONLY_PLAIN = /^[ -~…]*$/

const graphemeWidth = remember(stringWidth)
const greatestGraphemeWidth = remember((text) => Math.max(graphemeWidth(text), sum(text, widthApart)))

let segmenter: Intl.Segmenter | undefined

/** The number of columns that a text takes on terminals that support combining characters. */
export function widthOf(text: string): number {
  return ONLY_PLAIN.test(text) ? text.length : sum(graphemesOf(text), graphemeWidth)
}

/** The most columns that a text takes: terminals and the prompt library differ in the characters that they combine. */
export function greatestWidthOf(text: string): number {
  return ONLY_PLAIN.test(text) ? text.length : sum(graphemesOf(text), greatestGraphemeWidth)
}

/** Truncates a text to this many columns, with an ellipsis at its end. Never cuts within a grapheme. */
export function truncate(text: string, columns: number, measure: Measure = widthOf): string {
  if (measure(text) <= columns) return text
  if (columns < 1) return ''
  let left = columns - 1
  let kept = ''
  for (const grapheme of graphemesOf(text)) {
    left -= measure(grapheme)
    if (left < 0) break
    kept += grapheme
  }

  return kept.trimEnd() + ELLIPSIS
}

export function pad(text: string, columns: number, measure: Measure = widthOf): string {
  return text + ' '.repeat(Math.max(0, columns - measure(text)))
}

/** A measure of graphemes that is ten times as fast, because it remembers each. */
function remember(measure: Measure): Measure {
  const known = new Map<string, number>()
  return (text) => {
    const width = known.get(text) ?? measure(text)
    known.set(text, width)
    return width
  }
}

/** The width of a single character. The accents of Latin, Greek and Cyrillic combine on every terminal. */
function widthApart(character: string): number {
  return /[\u0300-\u036F]/.test(character) ? 0 : Math.max(1, graphemeWidth(character))
}

function sum(parts: Iterable<string>, measure: Measure): number {
  let width = 0
  for (const part of parts) width += measure(part)
  return width
}

function* graphemesOf(text: string): Iterable<string> {
  segmenter ??= new Intl.Segmenter()
  for (const {segment} of segmenter.segment(text)) yield segment
}
