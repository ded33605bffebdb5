import {fileURLToPath} from 'node:url'

import {bigWorld, bigWorldId} from '../../test/astro-api/big-world.js'
import {startAstroApi} from '../../test/astro-api/server.js'
import {BIN, envFor} from '../../test/support/run-cli.js'
import {inTerminal, median, runTimed} from './run.js'

export interface Scale {
  readonly tokens: number
  /** Milliseconds, the median of all rounds. */
  readonly ms: number
  /** The peak memory of all rounds. */
  readonly megabytes: number
  /** Milliseconds of a run on a terminal. */
  readonly terminalMs: number
}

const REPORT_MEMORY = fileURLToPath(new URL('report-memory.js', import.meta.url))
const LIST = ['deployment', 'organization-token', 'list', '--deployment-id', bigWorldId('deployment', 0)]

/** Lists this many tokens into a pipe and on a terminal. The times include the emulated API's own. */
export async function measureScale(node: string, tokens: number, rounds: number): Promise<Scale> {
  const api = await startAstroApi({world: bigWorld({tokens, deployments: 1, rolesPerToken: 1})})
  try {
    const env = envFor(api)
    const times: number[] = []
    let kilobytes = 0
    for (let round = 0; round <= rounds; round++) {
      const {ms, report, stdout} = await runTimed([node, '--import', REPORT_MEMORY, BIN, ...LIST], env)
      const lines = stdout.split('\n').length - 2
      if (lines !== tokens) throw new Error(`Printed ${lines} lines for ${tokens} tokens`)
      kilobytes = Math.max(kilobytes, Number(report))
      if (round > 0) times.push(ms)
    }

    const terminal = await runTimed(inTerminal([node, BIN, ...LIST]), {...env, TERM: 'xterm'})
    return {tokens, ms: median(times), megabytes: (kilobytes * 1024) / 1_000_000, terminalMs: terminal.ms}
  } finally {
    await api.close()
  }
}
