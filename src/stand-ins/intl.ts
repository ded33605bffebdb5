/** Stand-ins for two classes of Intl. Libraries make them when they are loaded, and the first of a kind takes 10 ms. */

// Not by its full name, which the build replaces.
const {Segmenter: IntlSegmenter} = Intl
let segmenter: Intl.Segmenter | undefined

/** Joins words for messages of got about wrong options. */
export class ListFormat {
  format(words: Iterable<string>): string {
    return [...words].join(', ')
  }
}

/** Splits a text into what readers see as characters. */
export class Segmenter {
  segment(text: string): Iterable<{readonly segment: string}> {
    if (/^[ -~]*$/.test(text)) return Array.from(text, (segment) => ({segment}))
    segmenter ??= new IntlSegmenter()
    return segmenter.segment(text)
  }
}
