import {exit} from 'node:process'

import {AstroError, EXITS} from '../../lib/errors.js'
import {requestsJson} from '../flags.js'
import {printError, toAstroError} from '../render-error.js'
import {commandWords} from './is-ours.js'

/** The fields that oclif and our commands add to an error. */
interface OclifError extends Error {
  readonly code?: string
  readonly oclif?: {readonly exit?: number}
  readonly skipOclifErrorHandling?: boolean
}

/** Prints an error of the standalone program, unless a command has already printed it, and sets the exit code. */
export async function reportError(error: OclifError): Promise<void> {
  // Our commands may have open connections, which would keep the process running.
  if (error.skipOclifErrorHandling || error.code === 'EEXIT') exit(error.oclif?.exit)
  const failure = withHint(await toAstroError(error, []))
  process.exitCode = EXITS[failure.kind]
  await printError(failure, error, requestsJson(process.argv))
}

/** Adds a hint to usage errors of `help` and `autocomplete`, which have none. */
function withHint(failure: AstroError): AstroError {
  const {details, kind, message} = failure
  if (kind !== 'usage' || details.hint) return failure
  const [command = ''] = commandWords(process.argv.slice(2))
  const help = command === 'autocomplete' ? 'astro autocomplete --help' : 'astro --help'
  return new AstroError(kind, message, {...details, hint: `See the help: ${help}`})
}
