import {type Options} from '@oclif/core/interfaces'
import {run} from '@oclif/core/run'
import {settings} from '@oclif/core/settings'

import {AstroError} from '../../lib/errors.js'
import {guardOutput} from '../output-streams.js'
import {redactText} from '../redact-text.js'
import {failUntilFinished} from '../unfinished.js'
import {type HandOverFailure} from './hand-over.js'

/** Runs the standalone program with this process's arguments, or reports that another `astro` could not run. */
export async function runProgram(loadOptions: Options, failure?: HandOverFailure): Promise<void> {
  guardOutput()
  const restoreExitCode = failUntilFinished()
  // oclif prints the command line for an unknown command, and always with DEBUG.
  process.argv = process.argv.map((word) => redactText(word))
  // With NODE_ENV=development, oclif would look for TypeScript sources, although the program is built.
  settings.enableAutoTranspile = false
  try {
    if (failure) throw new AstroError('config', failure.message, {hint: failure.hint})
    await run(process.argv.slice(2), loadOptions)
    restoreExitCode()
  } catch (error) {
    const {reportError} = await import('./report-error.js')
    await reportError(error instanceof Error ? error : new Error(String(error)))
  }
}
