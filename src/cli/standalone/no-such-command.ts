import {type Config} from '@oclif/core/interfaces'
import {toConfiguredId} from '@oclif/core/util/ids'

import {AstroError} from '../../lib/errors.js'

/** The error for an unknown command or topic, with a suggestion. */
export async function noSuchCommand(id: string, config: Config): Promise<AstroError> {
  const {closest} = await import('../../lib/closest.js')
  const spell = (one: string) => `${config.bin} ${toConfiguredId(one, config)}`
  const known = [...config.commands, ...config.topics].filter(({hidden}) => !hidden)
  const [likely] = closest(
    id,
    known.map((one) => ('id' in one ? one.id : one.name)),
    (one) => [one],
  )
  return new AstroError('usage', `There is no command ${spell(id)}.`, {
    hint: likely === undefined ? `See the commands: ${config.bin} --help` : `Did you mean: ${spell(likely)}`,
  })
}
