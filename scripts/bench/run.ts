import {spawn} from 'node:child_process'
import {performance} from 'node:perf_hooks'

import {type Env, onTerminal} from '../../test/support/run-cli.js'

export interface TimedRun {
  readonly exit: null | number
  /** Milliseconds from the start until the program has ended and all its output is read. */
  readonly ms: number
  readonly stdout: string
  readonly stderr: string
  /** The program's output on file descriptor 3. */
  readonly report: string
}

/**
 * Runs a program and measures its time. Reads the output immediately, so that the program never waits for a full pipe.
 */
export async function runTimed([file = '', ...argv]: readonly string[], env: Env): Promise<TimedRun> {
  const start = performance.now()
  const child = spawn(file, argv, {env, stdio: ['ignore', 'pipe', 'pipe', 'pipe']})
  const texts = {stdout: '', stderr: '', report: ''}
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    texts.stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    texts.stderr += text
  })
  child.stdio[3]?.on('data', (bytes: Buffer) => {
    texts.report += bytes.toString()
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exit) => {
      resolve({...texts, exit, ms: performance.now() - start})
    })
  })
}

/** Wraps the command in `script`, so that it runs on a pseudo-terminal with 200 columns. */
export function inTerminal(command: readonly string[]): readonly string[] {
  const words = command.map((word) => `'${word}'`).join(' ')
  return ['script', ...onTerminal(`stty cols 200; exec ${words}`)]
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
