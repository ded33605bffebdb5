import {expect} from 'chai'
import {mkdtempSync, readdirSync, readFileSync} from 'node:fs'
import {createServer} from 'node:http'
import {type AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {converse, type Env, envFor, runCli, runOnTerminal} from '../support/run-cli.js'
import {type Coverage, sourcesRun} from './support.js'

const {deployments, tokens} = ids
const LIST = ['deployment', 'organization-token', 'list']
const ADD = ['deployment', 'organization-token', 'add']
const ON_ETL = ['--deployment-id', deployments.etlProd]

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

type Run = (argv: readonly string[], env: Env) => Promise<unknown>

/** Which of the libraries had code that ran, by what Node's coverage says of the bundle. */
async function loaded(argv: readonly string[], env: Env, run: Run = runCli): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'astro-loaded-'))
  await run(argv, {...env, ASTRO_NO_CODE_CACHE: '1', NODE_V8_COVERAGE: folder})
  const reports = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Coverage)
  const sources = new Set(reports.flatMap((report) => sourcesRun(report)))
  expect([...sources]).to.include('src/cli/standalone/program.ts')
  return LATE.filter((part) =>
    [...sources].some((source) => `node_modules/${source}`.includes(`node_modules/${part}/`)),
  )
}

/** Takes the Deployment that the picker offers first. */
const pickTheFirst: Run = async (argv, env) => converse(argv, env, [[/etl-prod/, '\r']])

describe('what a run loads', function () {
  this.timeout(60_000)
  let api: AstroApi
  let env: Env

  beforeEach(async () => {
    api = await startAstroApi()
    env = envFor(api)
  })

  afterEach(async () => {
    await api.close()
  })

  it('is no library more for a version or for the help of a command', async () => {
    expect(await loaded(['--version'], env)).to.deep.equal([])
    expect(await loaded([...LIST, '--help'], env)).to.deep.equal([])
  })

  it('is the help for the command of that name, and likewise what completes a line', async () => {
    expect(await loaded(['help', ...LIST], env)).to.deep.equal(['@oclif/plugin-help'])
    expect(await loaded(['autocomplete', 'script', 'bash'], env)).to.deep.equal(['@oclif/plugin-autocomplete'])
  })

  it('is what colours an error for one that is found before any request', async () => {
    expect(await loaded([...LIST, '--nonsense'], env)).to.deep.equal(['chalk', 'fastest-levenshtein'])
    expect(await loaded(LIST, env)).to.deep.equal(['chalk'])
    expect(await loaded([...LIST, ...ON_ETL], {...env, ASTRO_API_TOKEN: 'not a token'})).to.deep.equal(['chalk'])
    expect(await loaded([...LIST, '--nonsense', '--json'], env)).to.deep.equal(['fastest-levenshtein'])
  })

  it('is the HTTP client at the first request, and YAML where a config file is read', async () => {
    expect(await loaded([...LIST, ...ON_ETL], env)).to.deep.equal(['got', 'yaml'])
    expect(await loaded([...LIST, ...ON_ETL, '--json'], env)).to.deep.equal(['got', 'yaml'])
  })

  it('is the table only on a terminal', async () => {
    const libraries = await loaded([...LIST, ...ON_ETL], env, runOnTerminal)
    expect(libraries).to.deep.equal(['@oclif/table', 'chalk', 'got', 'yaml'])
    expect(await loaded([...LIST, ...ON_ETL, '--json'], env, runOnTerminal)).to.deep.equal(['got', 'yaml'])
  })

  it('is what asks only where something is asked', async () => {
    expect(await loaded(LIST, env, pickTheFirst)).to.include('@inquirer/search')
    expect(await loaded([...LIST, ...ON_ETL], env, runOnTerminal)).not.to.include('@inquirer/search')
  })

  it('is the lock only to write', async () => {
    expect(await loaded([...ADD, tokens.dataQuality, ...ON_ETL], env)).to.deep.equal(['got', 'src/lib/locks', 'yaml'])
    expect(api.requests).to.have.length(2)
  })

  it('is the search for what was meant where a name is unknown', async () => {
    const libraries = await loaded([...ADD, '-n', 'deploy-bod', ...ON_ETL], env)
    expect(libraries).to.deep.equal(['chalk', 'fastest-levenshtein', 'got', 'yaml'])
  })

  it('is the support of proxies with a proxy, and no YAML where the environment says all', async () => {
    const proxy = createServer().on('connect', (_request, socket) => {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    })
    await new Promise<void>((resolve) => {
      proxy.listen(0, '127.0.0.1', resolve)
    })
    const HTTPS_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`

    const libraries = await loaded([...LIST, ...ON_ETL], {...env, ASTRO_DOMAIN: 'astronomer.io', HTTPS_PROXY})

    proxy.close()
    expect(libraries).to.deep.equal(['chalk', 'got', 'hpagent'])
  })
})
