import {type Config} from '@oclif/core/interfaces'
import {toConfiguredId} from '@oclif/core/util/ids'

import {AstroError, redact} from '../lib/errors.js'
import {safeText} from '../lib/output/safe-text.js'

/** Any error as one of ours. The parser's errors are known by what they hold: a host's core may be another copy. */
export function asFailure(error: Error): AstroError {
  if (error instanceof AstroError) return error
  if ('oclif' in error) {
    const [message] = error.message.split('\nSee more help with')
    return new AstroError('usage', (message ?? '').replaceAll(/\s*\n\s*/g, ' '))
  }

  return new AstroError('internal', `This should not happen: ${error.message}`, {
    hint: 'Run it again with DEBUG=* and report what it prints',
  })
}

/** The failure of a command, with `{{list}}` and its like in the hint as this host spells the command. */
export function spelledOut({details, kind, message}: AstroError, command: string, config: Config): AstroError {
  const hint = (details.hint ?? `See the flags: {{${command}}} --help`).replaceAll(
    /{{(add|list|remove|update)}}/g,
    (_, name: string) => `${config.bin} ${toConfiguredId(`deployment:organization-token:${name}`, config)}`,
  )
  return new AstroError(kind, message, kind === 'usage' || details.hint ? {...details, hint} : details)
}

/** Where an error comes from, safe to show line by line. */
export function stackOf(error: Error): string {
  const lines = redact(error.stack ?? error.message).split('\n')
  return lines.map((line) => `${safeText(line)}\n`).join('')
}

/** The failure for a person to read, in lines. */
export async function failureLines({details, message}: AstroError): Promise<string[]> {
  const {paintFor} = await import('../lib/output/colors.js')
  const paint = await paintFor(process.stderr)
  const lines = [`${paint.red('Error:')} ${safeText(redact(message))}`]
  if (details.hint) lines.push(safeText(redact(details.hint)))
  if (details.requestId) lines.push(paint.dim(`Request ID: ${safeText(redact(details.requestId))}`))
  return lines
}
