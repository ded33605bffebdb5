import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {type AstroApi} from '../../test/astro-api/server.js'
import {BIN, type Env} from '../../test/support/run-cli.js'
import {inTerminal, median, runTimed} from './run.js'
import {ADD_BY_ID, type Credential, environment, LIST, startWorld, undoAdd} from './world.js'

interface Row {
  readonly name: string
  readonly argv: readonly string[]
  /** Default: an API token. */
  readonly credential?: Credential
  /** The expected exit code; 0 by default. */
  readonly exit?: number
  readonly terminal?: boolean
  /** The target as a multiple of the first row, by Node's major version. */
  readonly target?: Readonly<Record<number, Times>>
}

interface Times {
  /** With the compiled code of earlier runs. */
  readonly warm: number
  /** Without that code. */
  readonly cold?: number
}

export interface Measured extends Row {
  /** Milliseconds, the medians of all rounds. Node itself has no cold run. */
  readonly ms: Times
}

const ROWS: readonly Row[] = [
  {name: 'node -e 0', argv: ['-e', '0']},
  {name: '--help of a command', argv: [BIN, ...LIST, '--help'], target: {20: {warm: 2.7}, 24: {warm: 2.5}}},
  {name: 'a usage error', argv: [BIN, ...LIST, '--nonsense'], exit: 2, target: {20: {warm: 3}, 24: {warm: 2.6}}},
  {
    name: 'list, 20 tokens, into a pipe',
    argv: [BIN, ...LIST],
    target: {20: {warm: 3.4, cold: 4.8}, 24: {warm: 3.2, cold: 4.6}},
  },
  {name: 'list --json', argv: [BIN, ...LIST, '--json'], target: {20: {warm: 3.4}, 24: {warm: 3.2}}},
  {
    name: 'list, saved login',
    argv: [BIN, ...LIST],
    credential: 'login',
    target: {20: {warm: 3.5}, 24: {warm: 3.2}},
  },
  {name: 'add by ID', argv: [BIN, ...ADD_BY_ID], target: {20: {warm: 3.9}, 24: {warm: 3.6}}},
  {name: 'list on a terminal', argv: [BIN, ...LIST], terminal: true, target: {20: {warm: 5.5}, 24: {warm: 4.5}}},
  {name: '(node -e 0 on a terminal)', argv: ['-e', '0'], terminal: true},
]

/**
 * Runs each row in every round, warm and cold, so that other load on the machine affects all rows alike. The first
 * round fills the caches and does not count.
 */
export async function measureStartup(node: string, rounds: number): Promise<readonly Measured[]> {
  const api = await startWorld()
  const folder = mkdtempSync(join(tmpdir(), 'astro-bench-'))
  const run = runner(node, api, folder)
  try {
    const times = ROWS.map((row) => ({row, warm: [] as number[], cold: [] as number[]}))
    for (let round = 0; round <= rounds; round++) {
      for (const {cold, row, warm} of times) {
        const ms = await run(row, 'caches')
        if (round > 0) warm.push(ms)
        if (!row.argv.includes(BIN)) continue
        const coldMs = await run(row, 'no-caches')
        rmSync(join(folder, 'no-caches'), {force: true, recursive: true})
        if (round > 0) cold.push(coldMs)
      }
    }

    return times.map(({cold, row, warm}) => ({
      ...row,
      ms: {warm: median(warm), ...(cold.length > 0 && {cold: median(cold)})},
    }))
  } finally {
    await api.close()
    rmSync(folder, {recursive: true})
  }
}

/** Creates a function that runs a row with this folder for its caches, and resolves to the milliseconds. */
function runner(node: string, api: AstroApi, folder: string): (row: Row, caches: string) => Promise<number> {
  const environments: Readonly<Record<Credential, Env>> = {
    login: environment(api, 'login'),
    token: environment(api, 'token'),
  }
  return async ({argv, credential = 'token', exit = 0, name, terminal}, caches) => {
    undoAdd(api)
    const command = [node, ...argv]
    const env = {...environments[credential], TMPDIR: folder, XDG_CACHE_HOME: join(folder, caches)}
    const run = await runTimed(terminal ? inTerminal(command) : command, env)
    if (run.exit !== exit) throw new Error(`"${name}" exited with code ${run.exit}: ${run.stdout}${run.stderr}`)
    return run.ms
  }
}
