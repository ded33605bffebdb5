/** Replaces two classes of Intl. Libraries create instances while they load, and the first of each takes 10 ms. */

// Destructured, because the build replaces the text `Intl.Segmenter`.
const {Segmenter: IntlSegmenter} = Intl
let segmenter: Intl.Segmenter | undefined

/** Joins words. got uses it in messages about wrong options. */
export class ListFormat {
  format(words: Iterable<string>): string {
    return [...words].join(', ')
  }
}

/** Splits a text into graphemes. Creates the real segmenter only for a text that is not ASCII. */
export class Segmenter {
  segment(text: string): Iterable<{readonly segment: string}> {
    if (/^[ -~]*$/.test(text)) return Array.from(text, (segment) => ({segment}))
    segmenter ??= new IntlSegmenter()
    return segmenter.segment(text)
  }
}
