import {type Clock} from '../clock.js'
import {AstroError} from '../errors.js'
import {fullJitter, LONGEST_RETRY_AFTER_MS, TRIES} from './backoff.js'

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

function isTemporary({details: {retryAfterMs = 0, status}, kind}: AstroError): boolean {
  if (retryAfterMs > LONGEST_RETRY_AFTER_MS) return false
  // No status means no response, or a damaged one.
  if (status === undefined) return kind === 'network' || kind === 'timeout' || kind === 'api'
  return status === 408 || status === 429 || status >= 500
}

function isTimeout({details: {status}, kind}: AstroError): boolean {
  return kind === 'timeout' && status === undefined
}
