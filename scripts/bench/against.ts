import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {type AstroApi} from '../../test/astro-api/server.js'
import {BIN, type Env} from '../../test/support/run-cli.js'
import {median, runTimed} from './run.js'
import {ADD_BY_ID, ADD_BY_NAME, type Credential, environment, LIST, startWorld, undoAdd} from './world.js'

const COMMANDS = {list: LIST, 'add by ID': ADD_BY_ID, 'add by name': ADD_BY_NAME} as const

export interface Comparison {
  readonly credential: Credential
  readonly command: keyof typeof COMMANDS
  readonly ours: Side
  readonly theirs: Side
  /** The target for our time as a multiple of theirs, with realistic latency. */
  readonly target: number | undefined
}

export interface Side {
  /** Milliseconds, the median of all rounds. */
  readonly ms: number
  /** How many requests one run sends. */
  readonly requests: number
}

/** With a saved login, the official CLI sends one request less than with an API token. */
const TARGETS: Readonly<Record<Credential, Readonly<Partial<Record<Comparison['command'], number>>>>> = {
  token: {list: 1, 'add by ID': 1, 'add by name': 1},
  login: {list: 1.7, 'add by name': 1.45},
}

/** Alternates between this program and another `astro`, with the same emulated API. Ignores the first round. */
export async function compare(
  node: string,
  other: string,
  {latencyMs, rounds}: {readonly latencyMs: number; readonly rounds: number},
): Promise<readonly Comparison[]> {
  const api = await startWorld(latencyMs)
  const folder = mkdtempSync(join(tmpdir(), 'astro-against-'))
  try {
    const comparisons: Comparison[] = []
    for (const credential of ['token', 'login'] as const) {
      // Each program has its own home, because the official CLI writes to its config file.
      const programs = [[node, BIN], [other]].map((program, index) => ({
        program,
        env: {...environment(api, credential), TMPDIR: folder, XDG_CACHE_HOME: join(folder, `${credential}-${index}`)},
      }))
      for (const command of Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]) {
        const [ours, theirs] = await alternate(api, programs, COMMANDS[command], rounds)
        if (ours && theirs) comparisons.push({credential, command, ours, theirs, target: TARGETS[credential][command]})
      }
    }

    return comparisons
  } finally {
    await api.close()
    rmSync(folder, {recursive: true})
  }
}

interface Program {
  readonly program: readonly string[]
  readonly env: Env
}

async function alternate(
  api: AstroApi,
  programs: readonly Program[],
  argv: readonly string[],
  rounds: number,
): Promise<readonly Side[]> {
  const sides = programs.map((program) => ({...program, times: [] as number[], requests: 0}))
  for (let round = 0; round <= rounds; round++) {
    for (const side of sides) {
      undoAdd(api)
      api.requests.length = 0
      const {exit, ms, stderr, stdout} = await runTimed([...side.program, ...argv], side.env)
      const line = [...side.program, ...argv].join(' ')
      if (exit !== 0) throw new Error(`${line} exited with code ${exit}: ${stdout}${stderr}`)
      side.requests = api.requests.length
      if (round > 0) side.times.push(ms)
    }
  }

  return sides.map(({requests, times}) => ({ms: median(times), requests}))
}
