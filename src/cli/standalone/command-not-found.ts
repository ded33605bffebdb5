import {type Hook} from '@oclif/core/hooks'
import {toConfiguredId} from '@oclif/core/util/ids'

import {closest} from '../../lib/closest.js'
import {AstroError, EXITS} from '../../lib/errors.js'
import {errorJson} from '../../lib/output/result-json.js'
import {safeJson} from '../../lib/output/safe-text.js'
import {failureLines} from '../render-error.js'

/** Says of a command that there is not what was likely meant. It ends as every usage error does, with `--json` too. */
export const commandNotFound: Hook.CommandNotFound = async ({config, id}) => {
  const spelled = (one: string) => `${config.bin} ${toConfiguredId(one, config)}`
  const known = config.commands.filter(({hidden}) => !hidden).map((command) => command.id)
  const [likely] = closest(id, known, (one) => [one])
  const failure = new AstroError('usage', `There is no command ${spelled(id)}.`, {
    hint: likely === undefined ? `See the commands: ${config.bin} --help` : `Did you mean: ${spelled(likely)}`,
  })
  if (process.argv.includes('--json')) process.stdout.write(`${safeJson(errorJson(failure))}\n`)
  else for (const line of await failureLines(failure)) process.stderr.write(`${line}\n`)
  throw Object.assign(new Error(failure.message), {oclif: {exit: EXITS.usage}, skipOclifErrorHandling: true})
}
