import {spawn} from 'node:child_process'
import {performance} from 'node:perf_hooks'

import {type AstroApi} from '../../test/astro-api/server.js'
import {type Env, finished, onTerminal, shellWords} from '../../test/support/run-cli.js'

export interface Row {
  readonly command: readonly string[]
  /** Creates the environment of each run. */
  readonly env: () => Env
  /** The expected exit code; 0 by default. */
  readonly exit?: number
  readonly isOnTerminal?: boolean
}

/** The medians of all rounds. */
export interface Figures {
  readonly ms: number
  readonly requests: number
}

/**
 * Runs each row in every round, so that other load on the machine affects all rows alike. The first round fills the
 * caches and does not count.
 */
export async function measure<Name extends string>(
  rows: Readonly<Record<Name, Row>>,
  {api, rounds}: {readonly api?: AstroApi; readonly rounds: number},
): Promise<Record<Name, Figures>> {
  const runs = Object.entries<Row>(rows).map(([name, row]) => ({
    name,
    row,
    ms: [] as number[],
    requests: [] as number[],
  }))
  for (let round = 0; round <= rounds; round++) {
    for (const {ms, name, requests, row} of runs) {
      api?.reset()
      const time = await timeOf(name, row)
      if (round === 0) continue
      ms.push(time)
      requests.push(api?.requests.length ?? 0)
    }
  }

  const figures = runs.map(({ms, name, requests}) => [name, {ms: median(ms), requests: median(requests)}])
  return Object.fromEntries(figures) as Record<Name, Figures>
}

/** Runs a row; resolves to its milliseconds. Throws if it ends with another exit code than expected. */
async function timeOf(name: string, {command, env, exit = 0, isOnTerminal}: Row): Promise<number> {
  const terminal = ['script', ...onTerminal(`stty cols 200; exec ${shellWords(command)}`)]
  const [file = '', ...argv] = isOnTerminal ? terminal : command
  const environment = env()
  const start = performance.now()
  const run = await finished(spawn(file, argv, {env: environment, stdio: ['ignore', 'pipe', 'pipe']}))
  const ms = performance.now() - start
  if (run.exit !== exit) throw new Error(`"${name}" exited with code ${run.exit}: ${run.stdout}${run.stderr}`)
  return ms
}

/** The median, with one decimal. */
function median(values: readonly number[]): number {
  const middle = values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
  return Math.round(middle * 10) / 10
}
