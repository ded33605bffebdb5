/**
 * Measures the performance of this build:
 *
 * - `npm run bench`: the times of commands, as multiples of Node's own start, and lists of up to 10,000 tokens
 * - `npm run bench -- --against PATH`: a comparison with another `astro`, such as the official CLI
 * - `npm run bench -- --install`: an installation with npx
 *
 * `--node PATH`, repeatable, measures with another version of Node. `--rounds N` sets the number of runs; the default
 * is 21, and each time is their median. The times depend on the machine and its load. A missed target is not an error.
 */
import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {dirname, join, resolve} from 'node:path'
import {parseArgs} from 'node:util'

import {packPlugin} from '../test/support/host.js'
import {BIN, newFolder} from '../test/support/run-cli.js'
import {measure, type Row} from './bench/measure.js'
import {COMMANDS, environment, startWorld} from './bench/world.js'

interface Start extends Pick<Row, 'exit' | 'isOnTerminal'> {
  readonly argv: readonly string[]
  readonly credential?: 'login' | 'token'
  /** Without the compiled code of earlier runs. */
  readonly isCold?: boolean
  readonly targets?: readonly number[]
}

const {list} = COMMANDS
/** What the times of start-up are, as multiples of `node -e 0`; `targets` are those of Node.js 20 and 24. */
const STARTUP: Readonly<Record<string, Start>> = {
  'node -e 0': {argv: ['-e', '0']},
  '--help of a command': {argv: [BIN, ...list, '--help'], targets: [2, 1.9]},
  'a usage error': {argv: [BIN, ...list, '--nonsense'], exit: 2, targets: [2, 1.9]},
  'list, 20 tokens, into a pipe': {argv: [BIN, ...list], targets: [2.8, 2.7]},
  'cold list': {argv: [BIN, ...list], isCold: true, targets: [4.6, 4.4]},
  'list --json': {argv: [BIN, ...list, '--json']},
  'list, saved login': {argv: [BIN, ...list], credential: 'login'},
  'add by ID': {argv: [BIN, ...COMMANDS['add by ID']], targets: [3, 3]},
  'list on a terminal': {argv: [BIN, ...list], isOnTerminal: true, targets: [4, 3.8]},
  '(node -e 0 on a terminal)': {argv: ['-e', '0'], isOnTerminal: true},
}

const {values} = parseArgs({
  options: {
    against: {type: 'string'},
    install: {type: 'boolean', default: false},
    node: {type: 'string', multiple: true, default: [process.execPath]},
    rounds: {type: 'string', default: '21'},
  },
})
const rounds = Number(values.rounds)

function verdict(figure: number, most: number | undefined): string {
  if (most === undefined) return ''
  return figure <= most ? `met (${most})` : `MISSED (${most})`
}

async function startup(node: string, isNode20: boolean): Promise<void> {
  const api = await startWorld()
  const envs = {login: environment(api, 'login'), token: environment(api, 'token')}
  const rows = Object.entries(STARTUP).map(([name, {argv, credential = 'token', isCold, ...row}]) => {
    const env = () => ({...envs[credential], ...(isCold && {XDG_CACHE_HOME: newFolder('cold')})})
    return [name, {...row, command: [node, ...argv], env}] as const
  })
  const figures = await measure(Object.fromEntries(rows), {api, rounds})
  await api.close()
  const base = figures['node -e 0']?.ms ?? Number.NaN
  const table = Object.entries(STARTUP).map(([name, {targets}]) => {
    const ms = figures[name]?.ms ?? Number.NaN
    const target = verdict(ms / base, targets?.[isNode20 ? 0 : 1])
    return [name, {ms: Math.round(ms), multiple: Number((ms / base).toFixed(2)), target}]
  })
  console.table(Object.fromEntries(table))
}

/** Writes the peak memory of the process, in kilobytes, to a file. */
function reportMemory(file: string): string {
  const write = `writeFileSync(${JSON.stringify(file)}, String(process.resourceUsage().maxRSS))`
  const source = `import {writeFileSync} from 'node:fs'; process.once('exit', () => ${write})`
  return `--import=data:text/javascript,${encodeURIComponent(source)}`
}

async function scale(node: string): Promise<void> {
  const table = []
  for (const tokens of [20, 100, 1000, 10_000]) {
    const api = await startWorld({tokens})
    const token = environment(api, 'token')
    const memory = join(newFolder(), 'memory')
    const command = [node, reportMemory(memory), BIN, ...list]
    const rows = {pipe: {command, env: () => token}, terminal: {command, env: () => token, isOnTerminal: true}}
    const {pipe, terminal} = await measure(rows, {api, rounds: Math.min(rounds, 5)})
    await api.close()
    const megabytes = (Number(readFileSync(memory, 'utf8')) * 1024) / 1e6
    table.push({tokens, ms: Math.round(pipe.ms), 'terminal ms': Math.round(terminal.ms), MB: Math.round(megabytes)})
  }

  console.table(table)
  process.stdout.write('Targets for 10,000 tokens: 2,500 ms more than 20 tokens take, and 200 MB.\n')
}

async function against(node: string, other: string): Promise<void> {
  for (const latencyMs of [0, 40]) {
    const api = await startWorld({latencyMs})
    const table = []
    for (const credential of ['token', 'login'] as const) {
      // Each program has its own home, because the official CLI writes to its config file.
      const [ours, theirs] = [environment(api, credential), environment(api, credential)]
      for (const [command, argv] of Object.entries(COMMANDS)) {
        const rows = {
          ours: {command: [node, BIN, ...argv], env: () => ours},
          theirs: {command: [other, ...argv], env: () => theirs},
        }
        const figures = await measure(rows, {api, rounds})
        const ratio = figures.ours.ms / figures.theirs.ms
        const target = verdict(ratio, credential === 'token' && latencyMs > 0 ? 1 : undefined)
        const [ms, requests] = (['ms', 'requests'] as const).map((key) =>
          [figures.ours, figures.theirs].map((side) => Math.round(side[key])).join(' / '),
        )
        table.push({latencyMs, command, credential, ms, requests, ratio: Number(ratio.toFixed(2)), target})
      }
    }

    await api.close()
    console.table(table)
  }
}

async function install(node: string): Promise<void> {
  const tarball = await packPlugin()
  const PATH = `${dirname(node)}:${process.env.PATH ?? ''}`
  const env = () => ({HOME: newFolder('home'), PATH})
  const rows = {
    'the tarball, from an empty cache': {command: ['npx', '--yes', `file:${tarball}`, '--version'], env},
    'npx itself': {command: ['npx', '--version'], env},
  }
  const figures = await measure(rows, {rounds: Math.min(rounds, 5)})
  console.table(figures, ['ms'])
}

// Loading extra certificates takes time that does not belong to this program.
delete process.env.NODE_EXTRA_CA_CERTS
for (const node of values.node) {
  const version = execFileSync(node, ['--version'], {encoding: 'utf8'}).trim()
  process.stdout.write(`\nNode.js ${version}, medians of ${rounds} rounds (lists and installations: at most 5)\n`)
  if (values.install) await install(node)
  else if (values.against) await against(node, resolve(values.against))
  else {
    await startup(node, version.startsWith('v20.'))
    await scale(node)
  }
}
