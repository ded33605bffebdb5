/**
 * Measures the performance of this build:
 *
 * - `npm run bench`: the times of commands, as multiples of Node's own start, and lists of up to 10,000 tokens
 * - `npm run bench -- --against PATH`: a comparison with another `astro`, such as the official CLI
 * - `npm run bench -- --install`: an installation with npx
 *
 * `--node PATH`, repeatable, measures with another version of Node. `--rounds N` sets the number of runs; the default
 * is 21, and each time is their median.
 *
 * The times depend on the machine and its load. A missed target is not an error.
 */
import {execFileSync} from 'node:child_process'
import {resolve} from 'node:path'
import {parseArgs} from 'node:util'

import {compare} from './bench/against.js'
import {measureInstall} from './bench/install.js'
import {measureScale} from './bench/scale.js'
import {measureStartup} from './bench/startup.js'
import {table} from './table.js'

const {values} = parseArgs({
  options: {
    against: {type: 'string'},
    install: {type: 'boolean', default: false},
    node: {type: 'string', multiple: true, default: [process.execPath]},
    rounds: {type: 'string', default: '21'},
  },
})
const rounds = Number(values.rounds)
/** The targets for a list of 10,000 tokens: the milliseconds beyond a list of 20, and the megabytes of memory. */
const MOST_MS_MORE = 2500
const MOST_MEGABYTES = 200

// Loading extra certificates takes time that does not belong to this program.
delete process.env.NODE_EXTRA_CA_CERTS

function print(rows: readonly (readonly string[])[]): void {
  process.stdout.write(`${table(rows)}\n\n`)
}

/** Compares a figure with its target; empty if there is no target. */
function verdict(figure: number | undefined, most: number | undefined): string {
  if (figure === undefined || most === undefined) return ''
  return figure <= most ? 'met' : 'MISSED'
}

function digits(figure: number | undefined, count: number): string {
  return figure?.toFixed(count) ?? ''
}

async function startup(node: string, major: number): Promise<void> {
  const measured = await measureStartup(node, rounds)
  const base = measured[0]?.ms.warm ?? Number.NaN
  print([
    [`medians of ${rounds} rounds`, 'ms', 'warm', 'target', '', 'cold', 'target', ''],
    ...measured.map(({ms, name, target}) => {
      const most = target?.[major]
      const warm = ms.warm / base
      const cold = ms.cold === undefined ? undefined : ms.cold / base
      const goals = [digits(most?.warm, 1), verdict(warm, most?.warm), digits(cold, 2), digits(most?.cold, 1)]
      return [name, digits(ms.warm, 0), digits(warm, 2), ...goals, verdict(cold, most?.cold)]
    }),
  ])
}

async function scale(node: string): Promise<void> {
  const rows = [['list', 'ms', 'ms more', 'MB at most', 'terminal ms', '']]
  let base: number | undefined
  for (const tokens of [20, 100, 1000, 10_000]) {
    const {megabytes, ms, terminalMs} = await measureScale(node, tokens, Math.min(rounds, 5))
    base ??= ms
    const isMet = tokens < 10_000 ? '' : verdict(Math.max((ms - base) / MOST_MS_MORE, megabytes / MOST_MEGABYTES), 1)
    rows.push([`${tokens} tokens`, ...[ms, ms - base, megabytes, terminalMs].map((one) => one.toFixed(0)), isMet])
  }

  print(rows)
}

async function against(node: string, other: string): Promise<void> {
  for (const latencyMs of [0, 40]) {
    const comparisons = await compare(node, other, {latencyMs, rounds})
    print([
      [`${latencyMs} ms of latency`, 'credential', 'ours, ms', 'requests', 'theirs, ms', 'requests', 'ratio', 'target'],
      ...comparisons.map(({command, credential, ours, target, theirs}) => {
        const ratio = ours.ms / theirs.ms
        const figures = [ours, theirs].flatMap(({ms, requests}) => [ms.toFixed(0), String(requests)])
        const most = latencyMs === 0 ? undefined : target
        return [command, credential, ...figures, ratio.toFixed(2), digits(most, 2), verdict(ratio, most)]
      }),
    ])
  }
}

async function install(node: string): Promise<void> {
  const {megabytes, ms, npxMs, packages} = await measureInstall(node, Math.min(rounds, 5))
  print([
    ['npx from an empty cache', 'packages', 'MB', 'ms', 'npx itself, ms', ''],
    [
      '',
      String(packages),
      megabytes.toFixed(2),
      ms.toFixed(0),
      npxMs.toFixed(0),
      verdict(Math.max(packages, megabytes / 2.2, ms / 2000), 1),
    ],
  ])
}

for (const node of values.node) {
  const version = execFileSync(node, ['--version'], {encoding: 'utf8'}).trim()
  process.stdout.write(`\nNode.js ${version}\n\n`)
  if (values.install) await install(node)
  else if (values.against) await against(node, resolve(values.against))
  else {
    await startup(node, Number(version.slice(1).split('.')[0]))
    await scale(node)
  }
}
