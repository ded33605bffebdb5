import {type Command, type Interfaces} from '@oclif/core'
import {run} from '@oclif/core/run'
import {settings} from '@oclif/core/settings'
import {dirname} from 'node:path'

import {redactText} from '../cli/context.js'
import {failUntilFinished, guardOutput} from '../cli/endings.js'
import {AstroError} from '../lib/errors.js'
import {ignore} from '../lib/helpers.js'
import {reportError} from './errors.js'
import {type HandOverFailure} from './hand-over.js'

export interface Bundle {
  readonly file: string
  readonly pjson: Interfaces.PJSON
  /** The manifest by ID and sorted by ID, which oclif reads before it loads a command. */
  readonly commands: Readonly<Record<string, Command.Cached>>
  readonly load: Readonly<Record<string, () => Promise<{readonly default: Command.Class}>>>
}

export interface Program {
  run(failure?: HandOverFailure): Promise<void>
  readonly loadedCommands: readonly string[]
}

export function createProgram(bundle: Bundle): Program {
  const loadedCommands: string[] = []
  return {
    loadedCommands,
    async run(failure) {
      const pjson = withHostParts(bundle.pjson, bundle.file)
      const plugin = createPlugin({...bundle, pjson}, loadedCommands)
      await runProgram({pjson, plugins: new Map([[pjson.name, plugin]]), root: plugin.root}, failure)
    },
  }
}

/** Runs the standalone program with this process's arguments, or reports that another `astro` could not run. */
export async function runProgram(loadOptions: Interfaces.Options, failure?: HandOverFailure): Promise<void> {
  guardOutput()
  const restoreExitCode = failUntilFinished(() => {
    reportError(new Error('the program exited before the command finished')).catch(ignore)
  })
  // oclif prints the command line for an unknown command, and always with DEBUG.
  process.argv = process.argv.map((word) => redactText(word))
  // With NODE_ENV=development, oclif would look for TypeScript sources, although the program is built.
  settings.enableAutoTranspile = false
  try {
    if (failure) throw new AstroError('config', failure.message, {hint: failure.hint})
    await run(process.argv.slice(2), loadOptions)
    restoreExitCode()
  } catch (error) {
    restoreExitCode()
    await reportError(error instanceof Error ? error : new Error(String(error)))
  }
}

/** Adds help, topics and a hook to package.json. oclif loads help and hook by path, if built from the file `bundle`. */
export function withHostParts(pjson: Interfaces.PJSON, bundle?: string): Interfaces.PJSON {
  const description = 'Assign Deployment roles to Organization API tokens'
  return {
    ...pjson,
    oclif: {
      ...pjson.oclif,
      additionalVersionFlags: ['-v'],
      commands: './commands',
      helpClass: {identifier: 'StandaloneHelp', target: bundle ?? './standalone/help'},
      hooks: {command_not_found: {identifier: 'commandNotFound', target: bundle ?? './standalone/errors'}},
      topics: {...pjson.oclif.topics, deployment: {description}, 'deployment:token': {description}},
    },
  }
}

/** Avoids oclif's Plugin class, which is slow: it searches and imports files, and sets up ICU to sort the commands. */
function createPlugin({commands, file, load, pjson}: Bundle, loaded: string[]): Interfaces.Plugin {
  const root = dirname(file)
  const plugin: Interfaces.Plugin = {
    _base: '',
    alias: pjson.name,
    commandIDs: Object.keys(commands),
    commands: [],
    commandsDir: undefined,
    findCommand,
    hasManifest: true,
    // oclif requires the file of a hook. This bundle is already loaded.
    hooks: {command_not_found: [{identifier: 'commandNotFound', target: file}]},
    isRoot: true,
    async load() {
      // There is nothing to read.
    },
    moduleType: 'commonjs',
    name: pjson.name,
    options: {isRoot: true, root},
    pjson,
    root,
    topics: Object.entries(pjson.oclif.topics ?? {}).map(([name, topic]) => ({...topic, name})),
    type: 'core',
    valid: true,
    version: pjson.version,
  }

  async function findCommand(id: string): Promise<Command.Class> {
    if (id.startsWith('autocomplete')) (await import('./completion.js')).fixCompletion()
    const module = await load[id]?.()
    if (!module) throw new Error(`The bundle has no command ${id}`)
    loaded.push(id)
    return Object.assign(module.default, {id, plugin})
  }

  plugin.commands = Object.values(commands).map((command) => ({
    ...command,
    load: async () => findCommand(command.id),
    pluginAlias: plugin.alias,
    pluginType: plugin.type,
  }))
  return plugin
}
