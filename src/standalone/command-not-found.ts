import {error} from '@oclif/core/errors'
import {type Hook} from '@oclif/core/hooks'
import {toConfiguredId} from '@oclif/core/util/ids'

import {closest} from '../lib/closest.js'

/** Says of a command that there is not what was likely meant. It ends as every usage error does. */
export const commandNotFound: Hook.CommandNotFound = async ({config, id}) => {
  const spelled = (one: string) => `${config.bin} ${toConfiguredId(one, config)}`
  const known = config.commands.filter(({hidden}) => !hidden).map((command) => command.id)
  const [likely] = closest(id, known, (one) => [one])
  error(`There is no command ${spelled(id)}`, {
    exit: 2,
    suggestions: [likely === undefined ? `${config.bin} --help` : spelled(likely)],
  })
}
