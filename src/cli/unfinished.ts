import {EXITS} from '../lib/errors.js'

/** The reports of what has not finished; that of a command comes after that of the program. */
const reports: (() => void)[] = []

/**
 * Makes the process exit with a failure until the returned function restores its exit code. Calls `report` if the event
 * loop empties before that, as it does when a promise never settles; only the last one reports.
 */
export function failUntilFinished(report: () => void): () => void {
  const {exitCode} = process
  process.exitCode = EXITS.internal
  const onEmpty = () => {
    if (reports.at(-1) === report) report()
  }

  reports.push(report)
  process.once('beforeExit', onEmpty)
  return () => {
    process.off('beforeExit', onEmpty)
    const index = reports.indexOf(report)
    if (index !== -1) reports.splice(index, 1)
    process.exitCode = exitCode
  }
}
