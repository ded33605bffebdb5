import {spawn} from 'node:child_process'
import {performance} from 'node:perf_hooks'

import {type Env, onTerminal} from '../../test/support/run-cli.js'

export interface Timed {
  readonly exit: null | number
  /** Milliseconds from its start until it has ended and all that it wrote is read. */
  readonly ms: number
  readonly stdout: string
  readonly stderr: string
  /** What it wrote to its file descriptor 3. */
  readonly told: string
}

/** Runs a program with its output read as fast as it comes. */
export async function timed([file = '', ...argv]: readonly string[], env: Env): Promise<Timed> {
  const start = performance.now()
  const child = spawn(file, argv, {env, stdio: ['ignore', 'pipe', 'pipe', 'pipe']})
  const texts = {stdout: '', stderr: '', told: ''}
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    texts.stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    texts.stderr += text
  })
  child.stdio[3]?.on('data', (bytes: Buffer) => {
    texts.told += bytes.toString()
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exit) => {
      resolve({...texts, exit, ms: performance.now() - start})
    })
  })
}

/** The command on a pseudo-terminal of 200 columns, by `script`. */
export function inTerminal(command: readonly string[]): readonly string[] {
  const words = command.map((word) => `'${word}'`).join(' ')
  return ['script', ...onTerminal(`stty cols 200; exec ${words}`)]
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
