import {fileURLToPath} from 'node:url'

import {bigWorld, bigWorldId} from '../../test/astro-api/big-world.js'
import {startAstroApi} from '../../test/astro-api/server.js'
import {BIN, envFor} from '../../test/support/run-cli.js'
import {inTerminal, median, timed} from './run.js'

export interface Scale {
  readonly tokens: number
  /** Milliseconds, the median of all rounds. */
  readonly ms: number
  /** The most that any round had, in megabytes. */
  readonly megabytes: number
  /** Milliseconds of a run on a terminal. */
  readonly terminalMs: number
}

const REPORT_MEMORY = fileURLToPath(new URL('report-memory.js', import.meta.url))
const LIST = ['deployment', 'organization-token', 'list', '--deployment-id', bigWorldId('deployment', 0)]

/** Lists so many tokens into a pipe, and on a terminal. The emulated API's own time is part of it. */
export async function measureScale(node: string, tokens: number, rounds: number): Promise<Scale> {
  const api = await startAstroApi({world: bigWorld({tokens, deployments: 1, rolesPerToken: 1})})
  try {
    const env = envFor(api)
    const times: number[] = []
    let kilobytes = 0
    for (let round = 0; round <= rounds; round++) {
      const {ms, stdout, told} = await timed([node, '--import', REPORT_MEMORY, BIN, ...LIST], env)
      const lines = stdout.split('\n').length - 2
      if (lines !== tokens) throw new Error(`${lines} lines for ${tokens} tokens`)
      kilobytes = Math.max(kilobytes, Number(told))
      if (round > 0) times.push(ms)
    }

    const terminal = await timed(inTerminal([node, BIN, ...LIST]), {...env, TERM: 'xterm'})
    return {tokens, ms: median(times), megabytes: (kilobytes * 1024) / 1_000_000, terminalMs: terminal.ms}
  } finally {
    await api.close()
  }
}
