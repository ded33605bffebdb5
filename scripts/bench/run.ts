import {spawn} from 'node:child_process'
import {performance} from 'node:perf_hooks'

import {type Env} from '../../test/support/run-cli.js'

export interface Timed {
  readonly exit: null | number
  /** Milliseconds from its start until it has ended and all that it wrote is read. */
  readonly ms: number
  readonly stdout: string
  /** What it wrote to its file descriptor 3. */
  readonly told: string
}

/** Runs a program with its output read as fast as it comes. */
export async function timed([file = '', ...argv]: readonly string[], env: Env): Promise<Timed> {
  const start = performance.now()
  const child = spawn(file, argv, {env, stdio: ['ignore', 'pipe', 'pipe', 'pipe']})
  const texts = {stdout: '', told: ''}
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    texts.stdout += text
  })
  child.stderr?.resume()
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

/** The same on a pseudo-terminal of 200 columns, by `script` of util-linux. */
export function onTerminal(command: readonly string[]): readonly string[] {
  const line = command.map((word) => `'${word}'`).join(' ')
  return ['script', '--quiet', '--return', '--command', `stty cols 200; exec ${line}`, '/dev/null']
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
