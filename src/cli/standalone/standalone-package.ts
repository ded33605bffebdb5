import {type PJSON} from '@oclif/core/interfaces'

/** package.json for the standalone program, with what a host brings itself: help, topics and what errors say. */
export function standalonePackage(pjson: PJSON): PJSON {
  const description = 'Scope Organization API tokens to Deployments'
  return {
    ...pjson,
    oclif: {
      ...pjson.oclif,
      additionalVersionFlags: ['-v'],
      commands: './commands',
      helpClass: {identifier: 'StandaloneHelp', target: './cli/standalone/help'},
      hooks: {command_not_found: {identifier: 'commandNotFound', target: './cli/standalone/command-not-found'}},
      topics: {...pjson.oclif.topics, deployment: {description}, 'deployment:token': {description}},
    },
  }
}
