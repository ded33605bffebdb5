/**
 * What this build costs: `npm run bench` for the times of commands as multiples of what Node itself takes, and for lists
 * of up to 10,000 tokens; `npm run bench -- --install` for an installation by npx. `--node PATH`, which may be
 * repeated, measures under another Node than this one; `--rounds N` takes the median of N runs in place of 21.
 *
 * Figures depend on the machine and on what else it does. They are for people to read: nothing fails for them.
 */
import {execFileSync} from 'node:child_process'
import {parseArgs} from 'node:util'

import {measureInstall} from './bench/install.js'
import {measureScale} from './bench/scale.js'
import {measureStartup} from './bench/startup.js'

const {values} = parseArgs({
  options: {
    install: {type: 'boolean', default: false},
    node: {type: 'string', multiple: true, default: [process.execPath]},
    rounds: {type: 'string', default: '21'},
  },
})
const rounds = Number(values.rounds)
/** A list of 10,000 tokens may take so much longer than one of 20, in milliseconds, and so many megabytes. */
const MOST_MS_MORE = 2500
const MOST_MEGABYTES = 200

function print(...cells: (number | string)[]): void {
  const [name = '', ...others] = cells.map(String)
  process.stdout.write(`${name.padEnd(34)}${others.map((cell) => cell.padStart(12)).join('')}\n`)
}

function verdict(isMet: boolean): string {
  return isMet ? 'met' : 'MISSED'
}

async function startup(node: string, major: number): Promise<void> {
  const rows = await measureStartup(node, rounds)
  const base = rows[0]?.ms ?? Number.NaN
  print(`medians of ${rounds} rounds`, 'ms', 'ratio', 'target', '')
  for (const {ms, name, target} of rows) {
    const most = target?.[major]
    const ratio = ms / base
    print(name, ms.toFixed(0), ratio.toFixed(2), most ?? '', most === undefined ? '' : verdict(ratio <= most))
  }
}

async function scale(node: string): Promise<void> {
  print('list', 'ms', 'ms more', 'MB at most', 'terminal ms')
  let base: number | undefined
  for (const tokens of [20, 100, 1000, 10_000]) {
    const {megabytes, ms, terminalMs} = await measureScale(node, tokens, Math.min(rounds, 5))
    base ??= ms
    print(`${tokens} tokens`, ms.toFixed(0), (ms - base).toFixed(0), megabytes.toFixed(0), terminalMs.toFixed(0))
    if (tokens < 10_000) continue
    const isMet = ms - base <= MOST_MS_MORE && megabytes <= MOST_MEGABYTES
    process.stdout.write(`at most ${MOST_MS_MORE} ms more and ${MOST_MEGABYTES} MB: ${verdict(isMet)}\n`)
  }
}

async function install(node: string): Promise<void> {
  const {megabytes, ms, npxMs, packages} = await measureInstall(node, Math.min(rounds, 5))
  print('npx from an empty cache', 'packages', 'MB', 'ms', 'npx itself')
  print('', packages, megabytes.toFixed(2), ms.toFixed(0), npxMs.toFixed(0))
  const isMet = packages <= 3 && megabytes < 3 && ms < 2000
  process.stdout.write(`at most 3 packages, 3 MB and 2000 ms: ${verdict(isMet)}\n`)
}

for (const node of values.node) {
  const version = execFileSync(node, ['--version'], {encoding: 'utf8'}).trim()
  process.stdout.write(`\nNode.js ${version}\n\n`)
  if (values.install) await install(node)
  else {
    await startup(node, Number(version.slice(1).split('.')[0]))
    process.stdout.write('\n')
    await scale(node)
  }
}
