import {type Config} from '@oclif/core/interfaces'
import {toConfiguredId} from '@oclif/core/util/ids'

import {AstroError} from '../lib/errors.js'
import {errorJson} from '../lib/output/result-json.js'
import {safeJson} from '../lib/output/safe-text.js'
import {printable, redactText} from './context.js'
import {withInstallation} from './other-astros.js'

/**
 * Converts any error to an AstroError. Recognizes errors of oclif's parser by their fields, because `instanceof` is
 * false for another copy of the core. A misspelled flag gets a suggestion from `flagNames`.
 */
export async function toAstroError(error: Error, flagNames: readonly string[]): Promise<AstroError> {
  if (error instanceof AstroError) return new AstroError(error.kind, withoutParserWords(error.message), error.details)
  if (!('oclif' in error)) {
    return new AstroError('internal', `Unexpected error: ${error.message}`, {
      hint: 'Run the command again with DEBUG=* and report its output',
    })
  }

  const flags = textsIn(error, 'flags').map((flag) => flag.replace(/=.*/s, ''))
  const known = flagNames.find((name) => flags[0] === `--${name}`)
  if (known !== undefined)
    return new AstroError('usage', `--${known} takes no value.`, {hint: `Pass --${known}, or omit it`})
  if (flags.length > 0) {
    return new AstroError('usage', `Unknown flag${flags.length > 1 ? 's' : ''}: ${flags.join(', ')}.`, {
      hint: await suggestFlag(flags[0] ?? '', flagNames),
    })
  }

  const surplus = textsIn(error, 'args')
  if (surplus.length > 0) return new AstroError('usage', `Unexpected argument: ${surplus.join(' ')}.`)
  const message = withoutParserWords(error.message)
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/^Flag (--\S+) expects a value$/, '$1 needs a value.')
    .replace(/^Flag (--\S+) can only be specified once$/, '$1 can be used only once.')
  return new AstroError('usage', message)
}

/** The texts in a field of an error of oclif's parser. */
function textsIn(error: object, field: string): string[] {
  const value: unknown = Reflect.get(error, field)
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : []
}

/** Removes what oclif's parser adds to the message of an error that a flag's `parse` throws. */
function withoutParserWords(message: string): string {
  const [words = ''] = message.split('\nSee more help with')
  return words.replace(/^Parsing --\S+ \n\t/, '')
}

async function suggestFlag(unknown: string, flagNames: readonly string[]): Promise<string | undefined> {
  const {closest} = await import('../lib/closest.js')
  const [likely] = closest(unknown.replace(/^-+/, ''), flagNames, (name) => [name])
  return likely === undefined ? undefined : `Did you mean --${likely}? See the flags: {{this}} --help`
}

/**
 * Replaces `{{list}}` and other placeholders in the hint with the commands as this host spells them. A hint that names
 * `astro login` also says how to get the Astro CLI, if it is not there.
 */
export function withCommandNames({details, kind, message}: AstroError, command: string, config: Config): AstroError {
  const hint = (details.hint ?? 'See the flags: {{this}} --help').replaceAll(
    /{{(add|list|remove|this|update)}}/g,
    (_, name: string) =>
      `${config.bin} ${toConfiguredId(`deployment:organization-token:${name === 'this' ? command : name}`, config)}`,
  )
  if (kind !== 'usage' && !details.hint) return new AstroError(kind, message, details)
  return new AstroError(kind, message, {...details, hint: withInstallation(hint, process.env)})
}

/** Prints an error as JSON on stdout or as text on stderr. If DEBUG asks for stack traces, prints the stack first. */
export async function printError(failure: AstroError, error: Error, isJson: boolean): Promise<void> {
  // DEBUG=astro logs requests, without stack traces.
  if (!['', 'astro'].includes(process.env.DEBUG ?? '')) process.stderr.write(`${stackOf(error)}\n`)
  await (isJson
    ? writeWhole(process.stdout, `${safeJson(errorJson(failure, redactText))}\n`)
    : writeWhole(process.stderr, `${(await failureLines(failure)).join('\n')}\n`))
}

/** The stack trace, with every line safe to print. */
function stackOf(error: Error): string {
  return (error.stack ?? error.message).replaceAll(/[^\n]+/g, (line) => printable(line))
}

async function failureLines({details, kind, message}: AstroError): Promise<string[]> {
  const {dim, red} = hasColors(process.stderr, process.env) ? await loadColors() : {dim: String, red: String}
  const lines = [`${kind === 'cancelled' ? '' : `${red('Error:')} `}${printable(message)}`]
  if (details.hint) lines.push(printable(details.hint))
  if (details.requestId) lines.push(dim(`Request ID: ${printable(details.requestId)}`))
  return lines
}

async function loadColors() {
  const {Chalk} = await import('chalk')
  return new Chalk({level: 1})
}

/** Writes the text. Waits while the stream is full, but not if it fails. */
export async function writeWhole(stream: NodeJS.WritableStream, text: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const hasRoom = stream.write(text, () => {
      resolve()
    })
    if (hasRoom) resolve()
  })
}

/** Node decides for a terminal, with NO_COLOR, FORCE_COLOR and TERM=dumb. A pipe has colors only with FORCE_COLOR. */
export function hasColors(
  stream: {readonly isTTY?: boolean; hasColors?(): boolean},
  {FORCE_COLOR = '0'}: Readonly<Record<string, string | undefined>>,
): boolean {
  return stream.isTTY ? (stream.hasColors?.() ?? false) : !['0', 'false'].includes(FORCE_COLOR)
}
