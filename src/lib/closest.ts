import {distance} from 'fastest-levenshtein'

/** The number of suggestions in an error. */
const MOST = 3

/** Sorts items by how similar one of their texts is to the wanted one, ignoring case. */
export function byCloseness<T>(wanted: string, items: readonly T[], textsOf: (item: T) => string[]): T[] {
  return rank(wanted, items, textsOf).map(({item}) => item)
}

/** The few items, closest first, of which at most half of the letters differ, or one text contains the other. */
export function closest<T>(wanted: string, items: readonly T[], textsOf: (item: T) => string[]): T[] {
  return rank(wanted, items, textsOf)
    .filter(({score}) => score <= 0.5)
    .slice(0, MOST)
    .map(({item}) => item)
}

/** The closest of the words, if at most a third of the letters differ or two are swapped, ignoring case. */
export function mistypedWord(typed: string, words: readonly string[]): string | undefined {
  const isClose = (word: string) => {
    const [one, other] = [typed.toLowerCase(), word.toLowerCase()]
    const edits = distance(one, other)
    return edits <= Math.max(one.length, other.length) / 3 || (edits === 2 && lettersOf(one) === lettersOf(other))
  }

  const [likely] = byCloseness(typed, words, (word) => [word])
  return likely !== undefined && isClose(likely) ? likely : undefined
}

function lettersOf(word: string): string {
  return Buffer.from(word).toSorted().join(' ')
}

function rank<T>(wanted: string, items: readonly T[], textsOf: (item: T) => string[]): {item: T; score: number}[] {
  return items
    .map((item) => ({item, score: Math.min(...textsOf(item).map((text) => difference(wanted, text)))}))
    .toSorted((a, b) => a.score - b.score)
}

/** From 0 for equal texts to 1 for texts that share nothing. */
function difference(wanted: string, text: string): number {
  const [a, b] = [wanted.toLowerCase(), text.toLowerCase()]
  const share = distance(a, b) / Math.max(a.length, b.length, 1)
  const isContained = a.length > 2 && b.length > 2 && (a.includes(b) || b.includes(a))
  return isContained ? Math.min(share, 0.5) : share
}
