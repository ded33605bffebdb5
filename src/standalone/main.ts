import {createRequire} from 'node:module'
import {homedir, userInfo} from 'node:os'
import {join} from 'node:path'

import {EXITS} from '../lib/errors.js'
import {isOurs, kindOfRun} from './command-line.js'
import {type HandOverFailure} from './hand-over.js'
import {type Program} from './program.js'

/** A hash of the bundle, which the build inserts. */
declare const BUNDLE_HASH: string

/** Runs our own command lines and hands over any other. Decides this without oclif, to start fast. */
export async function main(): Promise<void> {
  const handedOver = await tryHandOver(process.argv.slice(2))
  if (handedOver === true) return
  const home = findHome(process.env)
  const program = await loadProgram(join(import.meta.dirname, 'program.cjs'), process.env, home)
  await program.run(handedOver || undefined)
}

async function tryHandOver(argv: readonly string[]): Promise<boolean | HandOverFailure> {
  if (isOurs(argv)) return false
  const {handOver} = await import('./hand-over.js')
  return handOver(argv)
}

/** Returns '' for an unknown user, as in a container, and sets SHELL and HOME, because oclif fails without them. */
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

async function loadProgram(file: string, env: NodeJS.ProcessEnv, home: string): Promise<Program> {
  const {codeCache, loadWithCache} = await import('./code-cache.js')
  const cache = codeCache(`${BUNDLE_HASH}-${kindOfRun(process.argv.slice(2))}`, env, home)
  // NODE_DISABLE_COMPILE_CACHE also turns off Node's own cache.
  if (cache === undefined || env.NODE_DISABLE_COMPILE_CACHE || env.DEBUG) {
    // Node.js uses the source map of a file only if it loads the file itself.
    if (env.DEBUG) process.setSourceMapsEnabled(true)
    return programOf(createRequire(file)(file))
  }

  const {exports, save} = loadWithCache(file, cache)
  const program = programOf(exports)
  process.once('exit', (code) => {
    if (code !== EXITS.cancelled) save(describeUse(program.loadedCommands, code))
  })
  return program
}

/** The exports of the bundle, which the type checker cannot see. */
function programOf(exports: unknown): Program {
  return exports as Program
}

/** Describes what a run used, because that decides which code it needs. */
function describeUse(commands: readonly string[], exitCode: number): string {
  const flags = process.argv.flatMap((word) => /^(?:--[a-z-]+|-[a-z])/.exec(word) ?? [])
  const output = process.stdout.isTTY ? 'terminal' : 'pipe'
  const credential = process.env.ASTRO_API_TOKEN ? 'token' : 'login'
  // A failed run may have unknown flags, and each of them would cause another write to the cache.
  return [exitCode, output, credential, ...commands, ...(exitCode === 0 ? flags.toSorted() : [])].join(' ')
}
