import {distance} from 'fastest-levenshtein'

/** How many likely candidates are worth reading. */
const MOST = 3

/**
 * Sorts items by how close any of their texts is to what was asked for, closest first; case does not count.
 * `textsOf` gives the texts by which an item may be meant, such as its name and its ID.
 */
export function byCloseness<T>(wanted: string, items: readonly T[], textsOf: (item: T) => string[]): T[] {
  return ranked(wanted, items, textsOf).map(({item}) => item)
}

/**
 * The few items that are close enough to be what was meant, closest first: at most half of the letters differ, or the
 * one text holds the other.
 */
export function closest<T>(wanted: string, items: readonly T[], textsOf: (item: T) => string[]): T[] {
  return ranked(wanted, items, textsOf)
    .filter(({score}) => score <= 0.5)
    .slice(0, MOST)
    .map(({item}) => item)
}

function ranked<T>(wanted: string, items: readonly T[], textsOf: (item: T) => string[]): {item: T; score: number}[] {
  return items
    .map((item) => ({item, score: Math.min(...textsOf(item).map((text) => difference(wanted, text)))}))
    .toSorted((a, b) => a.score - b.score)
}

/** 0 for equal texts, 1 for texts that share nothing. */
function difference(wanted: string, text: string): number {
  const [a, b] = [wanted.toLowerCase(), text.toLowerCase()]
  const share = distance(a, b) / Math.max(a.length, b.length, 1)
  const contained = a.length > 2 && b.length > 2 && (a.includes(b) || b.includes(a))
  return contained ? Math.min(share, 0.5) : share
}
