import {execFile, spawn} from 'node:child_process'
import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'

import {type Env, finished, newFolder} from './run-cli.js'

/** This project's directory. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export const PLUGIN = 'astro-plugin-organization-token'

export type Host = ReturnType<typeof makeHost>

/**
 * Makes another CLI in a temporary directory: its bin is `mycli`, and it has a topic `deployment` and its own help plugin.
 * The plugin has a copy of @oclif/core in its bundle, so that the two never share one.
 */
export function makeHost(options: {readonly topicSeparator: ' ' | ':'; readonly exitCodes?: object}) {
  const root = newFolder('host')
  const installed = ['autocomplete', 'plugins'].map((name) => `@oclif/plugin-${name}`)
  writeHost(root, {dependencies: Object.fromEntries(installed.map((name) => [name, '*'])), oclif: {...options}})
  const modules = join(root, 'node_modules')
  mkdirSync(join(modules, '@oclif'), {recursive: true})
  symlinkSync(join(root, 'help'), join(modules, '@oclif', 'plugin-help'), 'junction')
  for (const name of ['@oclif/core', ...installed]) {
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name), 'junction')
  }

  const start = (argv: readonly string[], env: Env) => {
    const bin = join(root, 'bin', 'run.js')
    const child = spawn(process.execPath, [bin, ...argv], {env, stdio: ['ignore', 'pipe', 'pipe']})
    return {child, end: finished(child)}
  }

  return {
    start,
    run: async (argv: readonly string[], env: Env) => start(argv, env).end,
    /** A command as users type it after the bin: its words, or one word with colons. */
    words: (...command: readonly string[]) => (options.topicSeparator === ' ' ? command : [command.join(':')]),
  }
}

/**
 * Writes a host's own files: package.json, bin/run.js, the command `deployment inspect`, and a help plugin with the name
 * that most hosts' plugin has. Every dependency except core is a plugin. The caller installs them.
 */
export function writeHost(root: string, {dependencies, oclif}: {dependencies: object; oclif: object}): void {
  const help = {'@oclif/plugin-help': 'file:./help'}
  const plugins = Object.keys({...help, ...dependencies}).filter((name) => name !== '@oclif/core')
  const topics = {deployment: {description: 'Deployments of mycli'}}
  const files = {
    'package.json': JSON.stringify({
      name: 'mycli',
      version: '1.2.3',
      type: 'module',
      dependencies: {...help, ...dependencies},
      oclif: {bin: 'mycli', commands: './commands', dirname: 'mycli', plugins, topics, ...oclif},
    }),
    'bin/run.js': "#!/usr/bin/env node\nimport {execute} from '@oclif/core'\nawait execute({dir: import.meta.url})\n",
    'commands/deployment/inspect.js': `import {Command} from '@oclif/core'
export default class Inspect extends Command {
  static summary = 'Inspect a deployment of mycli'
  async run() {
    await this.parse(Inspect)
    this.log('inspected by mycli')
  }
}
`,
    'help/package.json':
      '{"name":"@oclif/plugin-help","version":"0.0.1","type":"module","oclif":{"commands":"./commands"}}',
    'help/commands/help.js': `import {Command, loadHelpClass} from '@oclif/core'
export default class Help extends Command {
  static strict = false
  static summary = 'Display help of mycli'
  async run() {
    await this.parse(Help)
    this.log("This is mycli's own help.")
    const HelpOfHost = await loadHelpClass(this.config)
    await new HelpOfHost(this.config).showHelp(this.argv)
  }
}
`,
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), {recursive: true})
    writeFileSync(join(root, path), text, {mode: 0o755})
  }
}

/** Packs this project as last built, as npm would publish it, and returns the tarball. */
export async function packPlugin(): Promise<string> {
  const folder = newFolder('pack')
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder]
  const {stdout} = await promisify(execFile)('npm', args, {cwd: ROOT, env: {HOME: folder, PATH: process.env.PATH}})
  return join(folder, stdout.trim())
}
