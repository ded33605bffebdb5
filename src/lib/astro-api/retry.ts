import {type Clock} from '../clock.js'
import {AstroError} from '../errors.js'

/** The number of attempts for a request or a write, including the first. */
export const TRIES = 4

/**
 * The longest accepted Retry-After, in milliseconds. For a longer one, the command fails and the error names the wait.
 */
export const LONGEST_RETRY_AFTER_MS = 60_000

/** Retries only after the first timeout, because timeouts are long. */
const MOST_TIMEOUTS = 2

/**
 * Calls `send` with the number of the attempt, up to four times while its error may be temporary: 408, 429, 5xx, and no
 * or an unreadable response. After a timeout, retries only once. Waits as long as Retry-After says, up to a minute.
 * Throws the last error.
 */
export async function retry<T>(
  send: (tries: number) => Promise<T>,
  {random, sleep}: Pick<Clock, 'random' | 'sleep'>,
): Promise<T> {
  let timeouts = 0
  for (let tries = 1; ; tries++) {
    try {
      return await send(tries)
    } catch (error) {
      if (!(error instanceof AstroError) || !isTemporary(error) || tries === TRIES) throw error
      if (isTimeout(error)) timeouts += 1
      if (timeouts === MOST_TIMEOUTS) throw error
      await sleep(error.details.retryAfterMs ?? fullJitter(tries, random))
    }
  }
}

/** A random wait in milliseconds, up to a limit that doubles with each attempt; at most ten seconds. */
export function fullJitter(tries: number, random: () => number): number {
  return random() * Math.min(500 * 2 ** tries, 10_000)
}

function isTemporary({details: {retryAfterMs = 0, status}, kind}: AstroError): boolean {
  if (retryAfterMs > LONGEST_RETRY_AFTER_MS) return false
  // No status means no response, or a damaged one.
  if (status === undefined) return kind === 'network' || kind === 'timeout' || kind === 'api'
  return status === 408 || status === 429 || status >= 500
}

function isTimeout({details: {status}, kind}: AstroError): boolean {
  return kind === 'timeout' && status === undefined
}
