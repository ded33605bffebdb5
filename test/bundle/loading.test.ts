import {expect} from 'chai'
import {readdirSync, readFileSync} from 'node:fs'
import {SourceMap, type SourceMapPayload} from 'node:module'
import {join} from 'node:path'

import {startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {converse, type Env, envFor, newFolder, runCli, type Turn} from '../support/run-cli.js'

/** Libraries, and a part of our own, that cost something to load, and that only some runs need. */
const LATE = [
  '@inquirer/confirm',
  '@inquirer/search',
  '@oclif/table',
  'chalk',
  'fastest-levenshtein',
  'got',
  'src/lib/locks',
  'yaml',
]
const COMMAND = 'deployment organization-token'
const ON_ETL = `--deployment-id ${ids.deployments.etlProd}`

/** What Node.js writes with NODE_V8_COVERAGE, as far as it is read here. */
interface Coverage {
  readonly result: readonly {
    readonly url: string
    readonly functions: readonly {readonly ranges: readonly {readonly count: number; readonly endOffset: number}[]}[]
  }[]
}

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const map = new SourceMap(JSON.parse(read('tmp/program.cjs.map')) as SourceMapPayload)
const program = read('dist/program.cjs')

/** The source of the code before this place of the bundle. */
function sourceBefore(offset: number): string {
  const lines = program.slice(0, offset).split('\n')
  const entry = map.findEntry(lines.length - 1, (lines.at(-1)?.length ?? 0) - 1)
  return 'originalSource' in entry ? entry.originalSource : ''
}

/** Which of the libraries have code that the run called, by the coverage that Node.js reports for the bundle. */
async function loaded(line: string, env: Env, turns?: readonly Turn[]): Promise<readonly string[]> {
  const folder = newFolder()
  const more = {...env, NODE_DISABLE_COMPILE_CACHE: '1', NODE_V8_COVERAGE: folder}
  await (turns ? converse(line.split(' '), more, turns) : runCli(line.split(' '), more))
  const reports = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Coverage)
  const scripts = reports.flatMap(({result}) => result).filter(({url}) => url.endsWith('/dist/program.cjs'))
  const functions = scripts.flatMap((script) => script.functions.map(({ranges: [whole]}) => whole))
  const called = functions.flatMap((range) => (range && range.count > 0 ? [range.endOffset] : []))
  const sources = [...new Set(called.map((offset) => sourceBefore(offset)))]
  expect(sources).to.include('../src/standalone/program.ts')
  return LATE.filter((part) => sources.some((source) => source.includes(`/${part}/`)))
}

const ON_TERMINAL = ['@oclif/table', 'got', 'yaml']
const RUNS: readonly (readonly [title: string, line: string, libraries: readonly string[], turns?: readonly Turn[]])[] =
  [
    ['nothing more for the help of a command', `${COMMAND} list --help`, []],
    ['color for an error before any request', `${COMMAND} list`, ['chalk']],
    ['the search for similar flags', `${COMMAND} list --nonsense --json`, ['fastest-levenshtein']],
    ['a table on a terminal', `${COMMAND} list ${ON_ETL}`, ON_TERMINAL, []],
    ['a picker only for a prompt', `${COMMAND} list`, ['@inquirer/search', ...ON_TERMINAL], [[/etl-prod/, '\r']]],
    ['the lock only to write', `${COMMAND} add ${ids.tokens.dataQuality} ${ON_ETL}`, ['got', 'src/lib/locks', 'yaml']],
  ]

describe('what a run loads is', function () {
  this.timeout(60_000)

  for (const [title, line, libraries, turns] of RUNS) {
    it(title, async () => {
      const api = await startAstroApi()
      expect(await loaded(line, envFor(api), turns)).to.deep.equal(libraries)
      await api.close()
    })
  }
})
