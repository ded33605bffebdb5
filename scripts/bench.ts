/**
 * What this build costs: `npm run bench` for the times of commands as multiples of what Node itself takes, and for lists
 * of up to 10,000 tokens; `npm run bench -- --against PATH` for times beside those of another `astro`, such as the
 * official CLI; `npm run bench -- --install` for an installation by npx. `--node PATH`, which may be repeated, measures
 * under another Node than this one; `--rounds N` takes the median of N runs in place of 21.
 *
 * Figures depend on the machine and on what else it does. They are for people to read: nothing fails for them.
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
/** A list of 10,000 tokens may take so much longer than one of 20, in milliseconds, and so many megabytes. */
const MOST_MS_MORE = 2500
const MOST_MEGABYTES = 200

// What a company's certificates take is no part of what this program does.
delete process.env.NODE_EXTRA_CA_CERTS

function print(rows: readonly (readonly string[])[]): void {
  process.stdout.write(`${table(rows)}\n\n`)
}

/** Whether a figure is at most what it should be; empty where nothing is asked of it. */
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
