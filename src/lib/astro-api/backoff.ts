/** How often something that may pass is tried in all. */
export const TRIES = 4

/** The longest wait that an answer may ask for, in milliseconds; for one that is longer, the user decides. */
export const LONGEST_RETRY_AFTER_MS = 60_000

/** Milliseconds to wait before a try, by how many were made: any time up to a limit that doubles, at most ten seconds. */
export function fullJitter(tries: number): number {
  return Math.random() * Math.min(500 * 2 ** tries, 10_000)
}
