import {type ChildProcess, spawn} from 'node:child_process'
import {closeSync, openSync} from 'node:fs'
import {constants} from 'node:os'

import {findOtherAstros, ourPath} from '../cli/other-astros.js'
import {errorCode} from '../lib/helpers.js'

/** The environment variable that lists the programs tried, for another run of this program through a shim. */
const TRIED = 'ASTRO_HANDED_OVER'

const SIGNALS = ['SIGINT', 'SIGQUIT', 'SIGBREAK', 'SIGTERM', 'SIGHUP'] as const

/** Not an AstroError, because the bundle that prints it has its own copy of that class. */
export interface HandOverFailure {
  readonly message: string
  readonly hint: string
}

/** Runs the next `astro` on PATH and sets the exit code. Returns false if there is no other `astro`. */
export async function handOver(argv: readonly string[]): Promise<boolean | HandOverFailure> {
  const tried = [...readTried(process.env[TRIED]), ourPath()]
  const [next] = findOtherAstros(process.env, tried)
  if (!next) return false

  const env = {...process.env, [TRIED]: JSON.stringify([...tried, next.realPath])}
  try {
    process.exitCode = await run(next.file, argv, env)
    return true
  } catch (error) {
    const message = `Could not run ${next.file} (${errorCode(error) ?? String(error)}).`
    return {message, hint: 'Repair that program, or remove it from PATH'}
  }
}

function readTried(value = '[]'): readonly string[] {
  try {
    const paths: unknown = JSON.parse(value)
    return Array.isArray(paths) ? paths.filter((path) => typeof path === 'string') : []
  } catch {
    return []
  }
}

/** Runs another program and resolves to its exit code, or to 128 + n if signal n ended it. */
async function run(file: string, argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  let child: ChildProcess | undefined
  // Listens before the other program starts; otherwise a signal in between would end only this one.
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (!reachesChild(signal)) child?.kill(signal)
    })
  }

  return new Promise((resolve, reject) => {
    child = spawn(file, argv, {env, stdio: 'inherit'})
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0))
    })
  })
}

/** Whether the other program gets the signal too, as for Ctrl-C on a terminal and always on Windows. */
function reachesChild(signal: NodeJS.Signals): boolean {
  if (process.platform === 'win32') return true
  return (signal === 'SIGINT' || signal === 'SIGQUIT') && hasTerminal()
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}
