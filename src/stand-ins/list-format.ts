/**
 * Stands in for Intl.ListFormat. A library of got makes two of those for messages about wrong options, which sets up ICU
 * and takes 10 ms.
 */
export class ListFormat {
  /** The words with commas between them. */
  format(words: Iterable<string>): string {
    return [...words].join(', ')
  }
}
