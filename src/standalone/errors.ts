import {type Hook} from '@oclif/core/hooks'
import {type Config} from '@oclif/core/interfaces'
import {exit} from 'node:process'

import {AstroError, EXITS} from '../lib/errors.js'
import {commandWords} from './command-line.js'

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
  const [{requestsJson}, {printError, toAstroError}] = await Promise.all([
    import('../cli/flags.js'),
    import('../cli/render-error.js'),
  ])
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

export const commandNotFound: Hook.CommandNotFound = async ({config, id}) => {
  throw await noSuchCommand(id, config)
}

/** The error for an unknown command or topic, with a suggestion for its first unknown word. */
export async function noSuchCommand(id: string, {bin, commands, topics}: Config): Promise<AstroError> {
  const known = [...commands, ...topics].filter(({hidden}) => !hidden)
  const paths = known.map((one) => ('id' in one ? one.id : one.name).split(':'))
  const words = id.split(':')
  const startingWith = (start: readonly string[]) =>
    paths.filter((path) => start.every((word, index) => word === path[index]))
  const unknown = words.findIndex((_, index) => startingWith(words.slice(0, index + 1)).length === 0)
  const before = words.slice(0, unknown)

  const {mistypedWord} = await import('../lib/closest.js')
  const siblings = startingWith(before).flatMap((path) => path[unknown] ?? [])
  const likely = mistypedWord(words[unknown] ?? '', siblings)
  return new AstroError('usage', `There is no command ${[bin, ...words.slice(0, unknown + 1)].join(' ')}.`, {
    hint:
      likely === undefined ? `See the commands: ${bin} --help` : `Did you mean: ${[bin, ...before, likely].join(' ')}`,
  })
}
