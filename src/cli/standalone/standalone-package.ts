import {type PJSON} from '@oclif/core/interfaces'

/** The modules that oclif loads by path: the help class and the hook. */
const MODULES = {help: './cli/standalone/help', commandNotFound: './cli/standalone/command-not-found'}

/**
 * package.json for the standalone program, with what a host brings itself: help, topics and what errors say. `file` is
 * the bundle that holds every module.
 */
export function standalonePackage(pjson: PJSON, file?: string): PJSON {
  const description = 'Scope Organization API tokens to Deployments'
  const {commandNotFound = MODULES.commandNotFound, help = MODULES.help} = file
    ? {help: file, commandNotFound: file}
    : {}
  return {
    ...pjson,
    oclif: {
      ...pjson.oclif,
      additionalVersionFlags: ['-v'],
      commands: './commands',
      helpClass: {identifier: 'StandaloneHelp', target: help},
      hooks: {command_not_found: {identifier: 'commandNotFound', target: commandNotFound}},
      topics: {...pjson.oclif.topics, deployment: {description}, 'deployment:token': {description}},
    },
  }
}
