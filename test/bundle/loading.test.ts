import {expect} from 'chai'
import {readdirSync, readFileSync} from 'node:fs'
import {SourceMap, type SourceMapPayload} from 'node:module'
import {join} from 'node:path'

import {startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {jwt} from '../lib/support.js'
import {converse, type Env, envFor, newFolder, NO_WAITS, runCli} from '../support/run-cli.js'

/** Libraries, and a part of our own, that cost something to load, and that only some runs need. */
const LATE = [
  '@inquirer/confirm',
  '@inquirer/search',
  '@oclif/plugin-autocomplete',
  '@oclif/plugin-help',
  '@oclif/table',
  'chalk',
  'fastest-levenshtein',
  'got',
  'hpagent',
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

type Runner = (argv: readonly string[], env: Env) => Promise<unknown>

/** Which of the libraries have code that the run called, by the coverage that Node.js reports for the bundle. */
async function loaded(line: string, env: Env, run: Runner = runCli): Promise<readonly string[]> {
  const folder = newFolder()
  await run(line.split(' '), {...env, NODE_DISABLE_COMPILE_CACHE: '1', NODE_V8_COVERAGE: folder})
  const reports = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Coverage)
  const scripts = reports.flatMap(({result}) => result).filter(({url}) => url.endsWith('/dist/program.cjs'))
  const functions = scripts.flatMap((script) => script.functions.map(({ranges: [whole]}) => whole))
  const called = functions.flatMap((range) => (range && range.count > 0 ? [range.endOffset] : []))
  const sources = [...new Set(called.map((offset) => sourceBefore(offset)))]
  expect(sources).to.include('../src/standalone/program.ts')
  return LATE.filter((part) => sources.some((source) => source.includes(`/${part}/`)))
}

/** Picks the Deployment that the prompt offers first. */
const pickFirst: Runner = async (argv, env) => converse(argv, env, [[/etl-prod/, '\r']])

const ON_TERMINAL = ['@oclif/table', 'got', 'yaml']
const RUNS: readonly (readonly [title: string, line: string, libraries: readonly string[], run?: Runner])[] = [
  ['is nothing more for a version', '--version', []],
  ['is nothing more for the help of a command', `${COMMAND} list --help`, []],
  ['is the help command', `help ${COMMAND} list`, ['@oclif/plugin-help']],
  ['is completion for a shell', 'autocomplete script bash', ['@oclif/plugin-autocomplete']],
  ['is color for an error before any request', `${COMMAND} list`, ['chalk']],
  ['is the search for similar flags', `${COMMAND} list --nonsense --json`, ['fastest-levenshtein']],
  ['is the HTTP client', `${COMMAND} list ${ON_ETL}`, ['got', 'yaml']],
  ['is a table on a terminal', `${COMMAND} list ${ON_ETL}`, ON_TERMINAL, converse],
  ['is a picker only for a prompt', `${COMMAND} list`, ['@inquirer/search', ...ON_TERMINAL], pickFirst],
  ['is the lock only to write', `${COMMAND} add ${ids.tokens.dataQuality} ${ON_ETL}`, ['got', 'src/lib/locks', 'yaml']],
]

describe('what a run loads', function () {
  this.timeout(60_000)

  for (const [title, line, libraries, run] of RUNS) {
    it(title, async () => {
      const api = await startAstroApi()
      expect(await loaded(line, envFor(api), run)).to.deep.equal(libraries)
      await api.close()
    })
  }

  it('is the support of proxies with a proxy, and no YAML if the environment has everything', async () => {
    const HTTPS_PROXY = 'http://127.0.0.1:1'
    const env = {ASTRO_API_TOKEN: jwt({permissions: ['organizationId:o1']}), ASTRO_DOMAIN: 'astronomer.io', HTTPS_PROXY}
    const libraries = await loaded(`${COMMAND} list ${ON_ETL}`, {...env, ...NO_WAITS})
    expect(libraries).to.deep.equal(['chalk', 'got', 'hpagent'])
  })
})
