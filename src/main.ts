import {createRequire} from 'node:module'
import {homedir, userInfo} from 'node:os'
import {join} from 'node:path'

import {type HandOverFailure} from './cli/standalone/hand-over.js'
import {isOurs} from './cli/standalone/is-ours.js'
import {EXITS} from './lib/errors.js'

/** What the bundle exports; scripts/build.ts puts it together. */
interface Program {
  /** Runs the command line, or reports why it could not be handed over. */
  run(failure?: HandOverFailure): Promise<void>
  /** The IDs of the commands that have been loaded. */
  readonly loadedCommands: readonly string[]
}

/** The build replaces it with a hash of the bundle. */
declare const BUNDLE_HASH: string

/**
 * Starts the standalone program, or hands the command line to the next `astro` on PATH if it is not ours. Nothing of
 * oclif is loaded before the bundle is.
 */
export async function main(): Promise<void> {
  const handedOver = await tryHandOver(process.argv.slice(2))
  if (handedOver === true) return
  const home = findHome(process.env)
  const program = await loadProgram(join(import.meta.dirname, 'program.cjs'), process.env, home)
  await program.run(handedOver || undefined)
}

async function tryHandOver(argv: readonly string[]): Promise<boolean | HandOverFailure> {
  if (isOurs(argv)) return false
  const {handOver} = await import('./cli/standalone/hand-over.js')
  return handOver(argv)
}

/** The user's home; empty for a user that the system does not know, as in a container. oclif fails without one. */
function findHome(env: NodeJS.ProcessEnv): string {
  try {
    userInfo()
  } catch {
    env.SHELL ??= 'sh'
  }

  try {
    return homedir()
  } catch {
    env.HOME = '/'
    return ''
  }
}

/** Loads the bundle, with code that V8 compiled for earlier runs if there is any. */
async function loadProgram(file: string, env: NodeJS.ProcessEnv, home: string): Promise<Program> {
  const {cacheFolder, loadBundle} = await import('./cli/standalone/load-bundle.js')
  const folder = cacheFolder(env, process.platform, home)
  if (folder === undefined || env.ASTRO_NO_CODE_CACHE || env.DEBUG) {
    // Node.js follows the source map of a file only if it loads the file itself.
    if (env.DEBUG) process.setSourceMapsEnabled(true)
    return programOf(createRequire(file)(file))
  }

  const {exports, save} = loadBundle(file, {folder, hash: BUNDLE_HASH, owner: process.getuid?.()})
  const program = programOf(exports)
  process.once('exit', (code) => {
    if (code !== EXITS.cancelled) save(describeUse(program.loadedCommands, code))
  })
  return program
}

/** The exports of the bundle, which the build has type-checked. */
function programOf(exports: unknown): Program {
  return exports as Program
}

/** What decides which code a run needs, as far as it can be told in a few words. */
function describeUse(commands: readonly string[], exitCode: number): string {
  const flags = process.argv.flatMap((word) => /^(?:--[a-z-]+|-[a-z])/.exec(word) ?? [])
  const output = process.stdout.isTTY ? 'terminal' : 'pipe'
  const credential = process.env.ASTRO_API_TOKEN ? 'token' : 'login'
  // A failed run may have flags of any name.
  return [exitCode, output, credential, ...commands, ...(exitCode === 0 ? flags.toSorted() : [])].join(' ')
}
