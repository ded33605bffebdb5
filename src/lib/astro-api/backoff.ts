/** The number of attempts for a request or a write, including the first. */
export const TRIES = 4

/**
 * The longest accepted Retry-After, in milliseconds. For a longer one, the command fails and the error names the wait.
 */
export const LONGEST_RETRY_AFTER_MS = 60_000

/** A random wait in milliseconds, up to a limit that doubles with each attempt; at most ten seconds. */
export function fullJitter(tries: number, random: () => number): number {
  return random() * Math.min(500 * 2 ** tries, 10_000)
}
