import {spawn} from 'node:child_process'
import {createHash} from 'node:crypto'
import {closeSync, openSync} from 'node:fs'
import {constants} from 'node:os'

import {isMisspelling} from './misspelling.js'
import {findOtherAstros, realPathOf} from './other-astros.js'

/** The environment variable with earlier attempts, for another run of this program through a shim. */
const TRIED = 'ASTRO_HANDED_OVER'

/** Stops a loop of shims that change the arguments. */
const MOST_ATTEMPTS = 16

const SIGNALS = ['SIGINT', 'SIGQUIT', 'SIGBREAK', 'SIGTERM', 'SIGHUP'] as const

/**
 * Why another program could not run. Not an AstroError, because the bundle that prints it has its own copy of the
 * class.
 */
export interface HandOverFailure {
  readonly message: string
  readonly hint: string
}

/** The hash of a command line, and a program that got it. */
type Attempt = readonly [line: string, realPath: string]

/**
 * Runs a command line of the Astro CLI with the next `astro` on PATH, and sets its exit code. Returns false if there is
 * no other `astro`, and for a misspelled command of ours.
 */
export async function handOver(argv: readonly string[]): Promise<boolean | HandOverFailure> {
  if (isMisspelling(argv)) return false
  const attempts = readAttempts(process.env[TRIED])
  if (attempts.length >= MOST_ATTEMPTS) return false
  // A command of the other astro may run this program with a different command line, which is not a loop.
  const line = createHash('sha256').update(JSON.stringify(argv)).digest('hex').slice(0, 16)
  const self = realPathOf(process.argv[1] ?? '')
  const tried = attempts.flatMap(([itsLine, realPath]) => (itsLine === line ? [realPath] : []))
  const [next] = findOtherAstros(process.env.PATH ?? '', new Set([self, ...tried]))
  if (!next) return false

  const all: Attempt[] = [...attempts, [line, self], [line, next.realPath]]
  const result = await run(next.file, argv, {...process.env, [TRIED]: JSON.stringify(all)})
  if (typeof result !== 'number') return result
  process.exitCode = result
  return true
}

function readAttempts(value = '[]'): readonly Attempt[] {
  try {
    const attempts: unknown = JSON.parse(value)
    return Array.isArray(attempts) ? attempts.filter((attempt) => isAttempt(attempt)) : []
  } catch {
    return []
  }
}

function isAttempt(value: unknown): value is Attempt {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string')
}

/** Runs another program and resolves to its exit code, or to 128 + n if signal n ended it. */
async function run(file: string, argv: readonly string[], env: NodeJS.ProcessEnv): Promise<HandOverFailure | number> {
  const forward = (signal: NodeJS.Signals) => {
    if (!reachesChild(signal)) child.kill(signal)
  }

  // Listens before the other program starts; otherwise a signal in between would end only this one.
  for (const signal of SIGNALS) process.on(signal, forward)
  const child = spawn(file, argv, {env, stdio: 'inherit'})
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const message = `Could not run ${file} (${error.code ?? error.message}).`
      resolve({message, hint: 'Repair that program, or remove it from PATH'})
    })
    child.once('exit', (code, signal) => {
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0))
    })
  })
}

/**
 * Whether the system also sends this signal to the other program, as for Ctrl-C on a terminal and always on Windows.
 */
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
