import {type PJSON} from '@oclif/core/interfaces'

/**
 * Adds to package.json what a host would provide: help, topics and the hook for unknown commands. oclif loads the help
 * and the hook by path; in the built program, both are in the file `bundle`.
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
