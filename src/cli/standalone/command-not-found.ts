import {type Hook} from '@oclif/core/hooks'

import {noSuchCommand} from './no-such-command.js'

export const commandNotFound: Hook.CommandNotFound = async ({config, id}) => {
  throw await noSuchCommand(id, config)
}
