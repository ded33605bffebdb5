import {EXITS} from '../lib/errors.js'

/**
 * Makes the process exit with a failure until the returned function restores its exit code. Calls `report` if the event
 * loop empties before that, as it does when a promise never settles.
 */
export function failUntilFinished(report?: () => void): () => void {
  const {exitCode} = process
  process.exitCode = EXITS.internal
  if (report) process.once('beforeExit', report)
  return () => {
    if (report) process.off('beforeExit', report)
    process.exitCode = exitCode
  }
}
