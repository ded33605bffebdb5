import {type PJSON} from '@oclif/core/interfaces'

/** package.json for the standalone program, with what a host brings itself. */
export function standalonePackage(pjson: PJSON): PJSON {
  return {
    ...pjson,
    oclif: {
      ...pjson.oclif,
      commands: './commands',
      hooks: {command_not_found: {identifier: 'commandNotFound', target: './cli/standalone/command-not-found'}},
    },
  }
}
