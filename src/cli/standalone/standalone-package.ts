import {type PJSON} from '@oclif/core/interfaces'

/**
 * package.json for the standalone program, with what a host brings itself: help, topics and what errors say. oclif loads
 * two modules by path; `bundle` is the file that holds both, if the program is bundled.
 */
export function standalonePackage(pjson: PJSON, bundle?: string): PJSON {
  const description = 'Scope Organization API tokens to Deployments'
  return {
    ...pjson,
    oclif: {
      ...pjson.oclif,
      additionalVersionFlags: ['-v'],
      commands: './commands',
      helpClass: {identifier: 'StandaloneHelp', target: bundle ?? './cli/standalone/help'},
      hooks: {
        command_not_found: {identifier: 'commandNotFound', target: bundle ?? './cli/standalone/command-not-found'},
      },
      topics: {...pjson.oclif.topics, deployment: {description}, 'deployment:token': {description}},
    },
  }
}
