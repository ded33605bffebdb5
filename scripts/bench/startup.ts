import {bigWorld, bigWorldId} from '../../test/astro-api/big-world.js'
import {type AstroApi, startAstroApi} from '../../test/astro-api/server.js'
import {BIN, type Env, envFor} from '../../test/support/run-cli.js'
import {median, onTerminal, timed} from './run.js'

interface Row {
  readonly name: string
  readonly argv: readonly string[]
  /** The exit that it must end with; 0 unless given. */
  readonly exit?: number
  readonly terminal?: boolean
  /** The most that it may take, as a multiple of the first row, by Node's major version. */
  readonly target?: Readonly<Record<number, number>>
}

export interface Measured extends Row {
  /** Milliseconds, the median of all rounds. */
  readonly ms: number
}

const TOKENS = 20
/** The token that `add` gives a role on the Deployment; the others have one there. */
const TOKEN_ID = bigWorldId('token', TOKENS)
const ON_DEPLOYMENT = ['--deployment-id', bigWorldId('deployment', 0)]
const COMMAND = [BIN, 'deployment', 'organization-token']
const LIST = [...COMMAND, 'list', ...ON_DEPLOYMENT]

const ROWS: readonly Row[] = [
  {name: 'node -e 0', argv: ['-e', '0']},
  {name: '--help of a command', argv: [...COMMAND, 'list', '--help'], target: {20: 4.5, 24: 3.3}},
  {name: 'a usage error', argv: [...LIST, '--nonsense'], exit: 2, target: {20: 4.7, 24: 3.5}},
  {name: 'list, 20 tokens, into a pipe', argv: LIST, target: {20: 7, 24: 5}},
  {name: 'list --json, 20 tokens', argv: [...LIST, '--json'], target: {20: 7, 24: 5}},
  {name: 'add by ID', argv: [...COMMAND, 'add', TOKEN_ID, ...ON_DEPLOYMENT], target: {20: 7.2, 24: 5}},
  {name: 'list, 20 tokens, on a terminal', argv: LIST, target: {20: 14, 24: 10}, terminal: true},
  {name: '(node -e 0 on a terminal)', argv: ['-e', '0'], terminal: true},
]

/**
 * Runs each row once in every round, so that what else the machine does falls on all of them alike. The first round
 * fills caches and does not count.
 */
export async function measureStartup(node: string, rounds: number): Promise<readonly Measured[]> {
  const api = await startAstroApi({world: bigWorld({tokens: TOKENS + 1, deployments: 1, rolesPerToken: 1})})
  try {
    const env = envFor(api)
    const times = ROWS.map((): number[] => [])
    for (let round = 0; round <= rounds; round++) {
      for (const [index, row] of ROWS.entries()) {
        const ms = await runOnce(node, row, {api, env})
        if (round > 0) times[index]?.push(ms)
      }
    }

    return ROWS.map((row, index) => ({...row, ms: median(times[index] ?? [])}))
  } finally {
    await api.close()
  }
}

interface Bench {
  readonly api: AstroApi
  readonly env: Env
}

async function runOnce(node: string, {argv, exit = 0, name, terminal}: Row, {api, env}: Bench): Promise<number> {
  const token = api.world.tokens.find(({id}) => id === TOKEN_ID)
  if (token) token.roles = token.roles?.filter(({entityType}) => entityType !== 'DEPLOYMENT') ?? []
  const command = [node, ...argv]
  const run = terminal ? await timed(onTerminal(command), {...env, TERM: 'xterm'}) : await timed(command, env)
  if (run.exit !== exit) throw new Error(`"${name}" ended with ${run.exit}: ${run.stdout}`)
  return run.ms
}
