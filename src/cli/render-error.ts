import {type Config} from '@oclif/core/interfaces'
import {toConfiguredId} from '@oclif/core/util/ids'

import {AstroError} from '../lib/errors.js'
import {errorJson} from '../lib/output/result-json.js'
import {safeJson, safeText} from '../lib/output/safe-text.js'
import {writeWhole} from './output-streams.js'
import {redactText} from './redact-text.js'

/**
 * Any error as one of ours. Errors of oclif's parser are recognised by their fields, since a host's core may be another
 * copy. `flagNames` are the flags of the command, for a suggestion.
 */
export async function asFailure(error: Error, flagNames: readonly string[]): Promise<AstroError> {
  if (error instanceof AstroError) return new AstroError(error.kind, withoutParserWords(error.message), error.details)
  if ('oclif' in error) {
    const message = withoutParserWords(error.message).replaceAll(/\s*\n\s*/g, ' ')
    return new AstroError('usage', message, {hint: await suggestionFor(error, flagNames)})
  }

  return new AstroError('internal', `Unexpected error: ${error.message}`, {
    hint: 'Run it again with DEBUG=* and report what it prints',
  })
}

/** The parser wraps the message of an error that a flag's own `parse` throws. */
function withoutParserWords(message: string): string {
  const [words = ''] = message.split('\nSee more help with')
  return words.replace(/^Parsing --\S+ \n\t/, '')
}

async function suggestionFor(error: object, flagNames: readonly string[]): Promise<string | undefined> {
  const flags: readonly unknown[] = 'flags' in error && Array.isArray(error.flags) ? error.flags : []
  const [unknown] = flags
  if (typeof unknown !== 'string' || !unknown.startsWith('--')) return undefined
  const {closest} = await import('../lib/closest.js')
  const [likely] = closest(unknown.slice(2), flagNames, (name) => [name])
  return likely === undefined ? undefined : `Did you mean --${likely}? See the flags: {{this}} --help`
}

/** The failure of a command, with `{{list}}` and the like in the hint as this host spells that command. */
export function spelledOut({details, kind, message}: AstroError, command: string, config: Config): AstroError {
  const hint = (details.hint ?? 'See the flags: {{this}} --help').replaceAll(
    /{{(add|list|remove|this|update)}}/g,
    (_, name: string) =>
      `${config.bin} ${toConfiguredId(`deployment:organization-token:${name === 'this' ? command : name}`, config)}`,
  )
  return new AstroError(kind, message, kind === 'usage' || details.hint ? {...details, hint} : details)
}

/** Prints a failure, as JSON on stdout or for a person on stderr; before it the stack of its error, if DEBUG asks for it. */
export async function printFailure(failure: AstroError, error: Error, isJson: boolean): Promise<void> {
  // `astro` alone asks for a line per request, not for a stack.
  if (!['', 'astro'].includes(process.env.DEBUG ?? '')) process.stderr.write(stackOf(error))
  await (isJson
    ? writeWhole(process.stdout, `${safeJson(errorJson(failure, redactText))}\n`)
    : writeWhole(process.stderr, (await failureLines(failure)).map((line) => `${line}\n`).join('')))
}

/** Where an error comes from, safe to show line by line. */
function stackOf(error: Error): string {
  const lines = redactText(error.stack ?? error.message).split('\n')
  return lines.map((line) => `${safeText(line)}\n`).join('')
}

/** The failure for a person to read, in lines. */
async function failureLines({details, kind, message}: AstroError): Promise<string[]> {
  const {paintFor} = await import('../lib/output/colors.js')
  const paint = await paintFor(process.stderr, process.env)
  const lines = [`${kind === 'cancelled' ? '' : `${paint.red('Error:')} `}${safeText(redactText(message))}`]
  if (details.hint) lines.push(safeText(redactText(details.hint)))
  if (details.requestId) lines.push(paint.dim(`Request ID: ${safeText(redactText(details.requestId))}`))
  return lines
}
