import {type ChildProcess, spawn} from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'

import {type CliRun, type Env, finished} from './run-cli.js'

/** This project's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MODULES = join(ROOT, 'node_modules')

export const PLUGIN = 'astro-plugin-organization-token'

export interface HostOptions {
  readonly topicSeparator: ' ' | ':'
  /** Plugins that its package.json names, besides those that every host here has; they are the caller's to bring. */
  readonly plugins?: readonly string[]
  /** What its package.json says of exits. */
  readonly exitCodes?: Readonly<Record<string, number>>
}

/** A CLI of someone else: its bin is `mycli`, and it has a topic `deployment` and a help plugin of its own. */
export interface Host {
  readonly root: string
  start(argv: readonly string[], env: Env): {readonly child: ChildProcess; readonly end: Promise<CliRun>}
  run(argv: readonly string[], env: Env): Promise<CliRun>
  /** A command as one types it after the bin: its words, or one word with colons. */
  words(...command: readonly string[]): readonly string[]
}

/** Makes a host in a temporary folder, on a copy of @oclif/core that is no one else's. */
export function makeHost({exitCodes, plugins = [], topicSeparator}: HostOptions): Host {
  const root = mkdtempSync(join(tmpdir(), 'astro-host-'))
  const installed = ['autocomplete', 'commands', 'plugins'].map((name) => `@oclif/plugin-${name}`)
  writeHost(root, {
    dependencies: Object.fromEntries([...installed, ...plugins].map((name) => [name, '*'])),
    oclif: {...(exitCodes && {exitCodes}), topicSeparator},
  })
  copyCore(root)
  linkModule(root, '@oclif/plugin-help', join(root, 'help'))
  for (const name of installed) linkModule(root, name)

  const start = (argv: readonly string[], env: Env) => {
    const bin = join(root, 'bin', 'run.js')
    const child = spawn(process.execPath, [bin, ...argv], {env, stdio: ['ignore', 'pipe', 'pipe']})
    return {child, end: finished(child)}
  }

  return {
    root,
    start,
    run: async (argv, env) => start(argv, env).end,
    words: (...command) => (topicSeparator === ' ' ? command : [command.join(':')]),
  }
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly oclif: Readonly<Record<string, unknown>>
}

/**
 * Writes a host's own files: package.json, bin/run.js, the command `deployment inspect`, and a help plugin of the name
 * that most hosts' has. Every dependency, core but for, is a plugin; they are the caller's to bring.
 */
export function writeHost(root: string, {dependencies, oclif}: Manifest): void {
  const help = {'@oclif/plugin-help': 'file:./help'}
  const plugins = Object.keys({...help, ...dependencies}).filter((name) => name !== '@oclif/core')
  const manifest = {
    name: 'mycli',
    version: '1.2.3',
    type: 'module',
    dependencies: {...help, ...dependencies},
    oclif: {
      bin: 'mycli',
      commands: './commands',
      dirname: 'mycli',
      plugins,
      topics: {deployment: {description: 'Deployments of mycli'}},
      ...oclif,
    },
  }
  const files = {
    'package.json': JSON.stringify(manifest, undefined, 2),
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
    'help/package.json': JSON.stringify({
      name: '@oclif/plugin-help',
      version: '0.0.1',
      type: 'module',
      oclif: {commands: './commands'},
    }),
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

/** Makes a host that has this plugin among its own, packed as npm would publish it. */
export async function makeHostWithPlugin(options: HostOptions): Promise<Host> {
  const host = makeHost({...options, plugins: [PLUGIN]})
  await unpackPlugin(await packPlugin(), join(host.root, 'node_modules', PLUGIN))
  return host
}

/** Packs this project as npm would publish it, as last built; resolves to the tarball. */
export async function packPlugin(folder = mkdtempSync(join(tmpdir(), 'astro-pack-'))): Promise<string> {
  const args = ['pack', '--ignore-scripts', '--pack-destination', folder]
  const env = {HOME: folder, PATH: process.env.PATH}
  await succeeded(spawn('npm', args, {cwd: ROOT, env}))
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))
  if (!tarball) throw new Error('npm pack made no tarball')
  return join(folder, tarball)
}

/** Lays a packed plugin out in a folder, with the packages that its package.json asks for and no others. */
export async function unpackPlugin(tarball: string, folder: string): Promise<void> {
  mkdirSync(folder, {recursive: true})
  await succeeded(spawn('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']))
  for (const name of dependenciesOf(folder)) linkModule(folder, name)
}

/** A host's core is its own copy, whose dependencies are those of this project's. */
function copyCore(root: string): void {
  const ours = join(MODULES, '@oclif', 'core')
  const core = join(root, 'node_modules', '@oclif', 'core')
  const code = readdirSync(join(ours, 'lib'), {encoding: 'utf8', recursive: true}).filter((name) =>
    name.endsWith('.js'),
  )
  for (const file of ['package.json', ...code.map((name) => join('lib', name))]) {
    mkdirSync(dirname(join(core, file)), {recursive: true})
    copyFileSync(join(ours, file), join(core, file))
  }

  for (const name of dependenciesOf(core)) {
    const nested = join(ours, 'node_modules', name)
    linkModule(core, name, existsSync(nested) ? nested : join(MODULES, name))
  }
}

function linkModule(root: string, name: string, target = join(MODULES, name)): void {
  const link = join(root, 'node_modules', name)
  mkdirSync(dirname(link), {recursive: true})
  symlinkSync(target, link, 'junction')
}

function dependenciesOf(folder: string): string[] {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly dependencies?: Readonly<Record<string, string>>
  }
  return Object.keys(manifest.dependencies ?? {})
}

async function succeeded(child: ChildProcess): Promise<void> {
  const {exit, stderr} = await finished(child)
  if (exit !== 0) throw new Error(`${child.spawnargs.join(' ')} ended with ${exit ?? 'a signal'}: ${stderr}`)
}
