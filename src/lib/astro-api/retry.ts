import {type Context} from '../context.js'
import {AstroError} from '../errors.js'

/** The number of attempts for a request or a write, including the first. */
export const TRIES = 4

/** For a longer one, the command fails and the error names the wait. */
export const LONGEST_RETRY_AFTER_MS = 60_000

const MOST_TIMEOUTS = 2

/** Calls `send` up to four times (after a timeout, twice) while its error may be temporary. Throws the last error. */
export async function retry<T>(
  send: (attempt: number) => Promise<T>,
  {clock, report}: Pick<Context, 'clock' | 'report'>,
): Promise<T> {
  let timeouts = 0
  let attempt = 1
  try {
    for (; ; attempt++) {
      try {
        return await send(attempt)
      } catch (error) {
        if (!(error instanceof AstroError)) throw error
        if (isTimeout(error)) timeouts += 1
        const isLast = attempt === TRIES || timeouts === MOST_TIMEOUTS
        if (isLast || !isTemporary(error)) throw afterAttempts(error, attempt)
        report.status(`retrying, ${attempt + 1} of ${TRIES}`)
        await clock.sleep(error.details.retryAfterMs ?? fullJitter(attempt, clock.random))
      }
    }
  } finally {
    if (attempt > 1) report.status('')
  }
}

/** Says in the message how many attempts were made, if there were several. */
export function afterAttempts(error: AstroError, attempts: number): AstroError {
  if (attempts === 1) return error
  return new AstroError(error.kind, `${error.message.replace(/\.$/, '')}, after ${attempts} attempts.`, error.details)
}

/** A random wait in milliseconds, up to a limit that doubles with each attempt; at most ten seconds. */
export function fullJitter(tries: number, random: () => number): number {
  return random() * Math.min(500 * 2 ** tries, 10_000)
}

function isTemporary({details: {mayRepeat, retryAfterMs = 0, status}, kind}: AstroError): boolean {
  if (mayRepeat === false || retryAfterMs > LONGEST_RETRY_AFTER_MS) return false
  // No status means no response, or a malformed one.
  if (status === undefined) return kind === 'network' || kind === 'timeout' || kind === 'api'
  return status === 408 || status === 429 || status >= 500
}

function isTimeout({details: {status}, kind}: AstroError): boolean {
  return kind === 'timeout' && status === undefined
}
