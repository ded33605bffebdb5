import {type Command, type Interfaces} from '@oclif/core'
import {dirname} from 'node:path'

/** The standalone program that the build creates: one file with every command. */
export interface Bundle {
  /** The path of the bundle. */
  readonly file: string
  readonly pjson: Interfaces.PJSON
  /** The manifest of the commands, by ID and sorted by ID. oclif reads it before it loads a command. */
  readonly commands: Readonly<Record<string, Command.Cached>>
  /** The code of each command, by ID. */
  readonly load: Readonly<Record<string, () => Promise<{readonly default: Command.Class}>>>
}

/** The IDs of the commands that this process has loaded. The code cache depends on them. */
export const loadedCommands: string[] = []

/**
 * Creates the plugin for oclif without its Plugin class, which is slow: that searches and imports files, and sets up
 * ICU to sort the commands.
 */
export function bundledPlugin({commands, file, load, pjson}: Bundle): Interfaces.Plugin {
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
    const module = await load[id]?.()
    if (!module) throw new Error(`The bundle has no command ${id}`)
    loadedCommands.push(id)
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
