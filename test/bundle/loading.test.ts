import {expect} from 'chai'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

import {startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {jwt} from '../lib/support.js'
import {type CliRun, converse, type Env, envFor, newFolder, NO_WAITS, runCli} from '../support/run-cli.js'
import {type Coverage, sourcesRun} from './support.js'

/** Libraries, and a part of our own, that cost something to load, and that only some runs need. */
const LATE = [
  '@inquirer/confirm',
  '@inquirer/search',
  '@oclif/plugin-autocomplete',
  '@oclif/plugin-help',
  '@oclif/table',
  'fastest-levenshtein',
  'got',
  'hpagent',
  'src/lib/locks',
  'yaml',
]
const COMMAND = 'deployment organization-token'
const ON_ETL = `--deployment-id ${ids.deployments.etlProd}`

type Runner = (argv: readonly string[], env: Env) => Promise<CliRun>

/** Which of the libraries have code that the run called, by the coverage that Node.js reports for the bundle. */
async function loaded(line: string, env: Env, run: Runner = runCli): Promise<readonly string[]> {
  const folder = newFolder()
  await run(line.split(' '), {...env, NODE_DISABLE_COMPILE_CACHE: '1', NODE_V8_COVERAGE: folder})
  const reports = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Coverage)
  const sources = [...new Set(reports.flatMap((report) => sourcesRun(report)))]
  expect(sources).to.include('src/standalone/program.ts')
  return LATE.filter((part) => sources.some((source) => `node_modules/${source}`.includes(`node_modules/${part}/`)))
}

const ON_TERMINAL = ['@oclif/table', 'got', 'yaml']
const RUNS: readonly (readonly [title: string, line: string, libraries: readonly string[], run?: Runner])[] = [
  ['is nothing more for a version', '--version', []],
  ['is nothing more for the help of a command', `${COMMAND} list --help`, []],
  ['is the help command', `help ${COMMAND} list`, ['@oclif/plugin-help']],
  ['is completion for a shell', 'autocomplete script bash', ['@oclif/plugin-autocomplete']],
  ['is nothing more for an error before any request', `${COMMAND} list`, []],
  ['is the search for similar flags', `${COMMAND} list --nonsense --json`, ['fastest-levenshtein']],
  ['is the HTTP client', `${COMMAND} list ${ON_ETL}`, ['got', 'yaml']],
  ['is a table on a terminal', `${COMMAND} list ${ON_ETL}`, ON_TERMINAL, converse],
  ['is a picker only for a prompt', `${COMMAND} list`, ['@inquirer/search', ...ON_TERMINAL], pickFirst],
  ['is the lock only to write', `${COMMAND} add ${ids.tokens.dataQuality} ${ON_ETL}`, ['got', 'src/lib/locks', 'yaml']],
]

/** Picks the Deployment that the prompt offers first. */
async function pickFirst(argv: readonly string[], env: Env) {
  return converse(argv, env, [[/etl-prod/, '\r']])
}

describe('what a run loads', function () {
  this.timeout(60_000)
  let results: readonly (readonly string[])[]

  before(async () => {
    const api = await startAstroApi()
    results = await Promise.all(RUNS.map(async ([, line, , run]) => loaded(line, envFor(api), run)))
    await api.close()
  })

  for (const [at, [title, , libraries]] of RUNS.entries()) {
    it(title, () => {
      expect(results[at]).to.deep.equal(libraries)
    })
  }

  it('is the support of proxies with a proxy, and no YAML if the environment has everything', async () => {
    const HTTPS_PROXY = 'http://127.0.0.1:1'
    const env = {ASTRO_API_TOKEN: jwt({permissions: ['organizationId:o1']}), ASTRO_DOMAIN: 'astronomer.io', HTTPS_PROXY}
    const libraries = await loaded(`${COMMAND} list ${ON_ETL}`, {...env, ...NO_WAITS})
    expect(libraries).to.deep.equal(['got', 'hpagent'])
  })
})
