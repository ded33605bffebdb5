/** How many times a request or a write is tried in all. */
export const TRIES = 4

/** The longest wait that Retry-After may ask for, in milliseconds. Beyond that, the error says how long to wait. */
export const LONGEST_RETRY_AFTER_MS = 60_000

/** Milliseconds to wait after this many tries: anything up to a limit that doubles with each, at most ten seconds. */
export function fullJitter(tries: number, random: () => number): number {
  return random() * Math.min(500 * 2 ** tries, 10_000)
}
