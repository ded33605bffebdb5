import {expect} from 'chai'
import fs from 'node:fs'
import {SourceMap, type SourceMapPayload} from 'node:module'
import {join} from 'node:path'

import {ids} from '../astro-api/world.js'
import {placeDuring} from '../e2e/support.js'
import {converse, type Env, newFolder, runCli, startCli, type Turn} from '../support/run-cli.js'
import {until} from '../support/until.js'

/** Libraries, and a part of our own, that cost something to load, and that only some runs need. */
const LATE = '@inquirer/confirm @inquirer/search @oclif/table chalk fastest-levenshtein got src/lib/locks yaml'.split(
  ' ',
)
const COMMAND = 'deployment organization-token'
const ON_ETL = `--deployment-id ${ids.deployments.etlProd}`
const LIST = `${COMMAND} list ${ON_ETL}`.split(' ')

/** What Node.js writes with NODE_V8_COVERAGE, as far as it is read here. */
interface Coverage {
  readonly result: readonly {
    readonly url: string
    readonly functions: readonly {readonly ranges: readonly {readonly count: number; readonly endOffset: number}[]}[]
  }[]
}

const read = (path: string) => fs.readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
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
  const reports = fs
    .readdirSync(folder)
    .map((file) => JSON.parse(fs.readFileSync(join(folder, file), 'utf8')) as Coverage)
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
    ['nothing more for an error before any request', `${COMMAND} list`, []],
    ['color for an error on a terminal', `${COMMAND} list --role a`, ['chalk'], []],
    ['the search for similar flags', `${COMMAND} list --nonsense --json`, ['fastest-levenshtein']],
    ['a table on a terminal', `${COMMAND} list ${ON_ETL}`, ON_TERMINAL, []],
    ['a picker only for a prompt', `${COMMAND} list`, ['@inquirer/search', ...ON_TERMINAL], [[/etl-prod/, '\r']]],
    ['the lock only to write', `${COMMAND} add ${ids.tokens.dataQuality} ${ON_ETL}`, ['got', 'src/lib/locks', 'yaml']],
  ]

describe('the start of the program', function () {
  const place = placeDuring(this)

  for (const [title, line, libraries, turns] of RUNS) {
    it(`loads ${title}`, async () => {
      expect(await loaded(line, place.env, turns)).to.deep.equal(libraries)
    })
  }

  it('loads no YAML library where there is no config file', async () => {
    expect(await loaded(`${COMMAND} list ${ON_ETL}`, {HOME: newFolder(), PATH: process.env.PATH})).to.deep.equal([])
  })

  describe('has a cache of compiled code that', () => {
    let env: Env
    let folder: string

    beforeEach(() => {
      const XDG_CACHE_HOME = newFolder()
      env = {...place.env, XDG_CACHE_HOME}
      folder = join(XDG_CACHE_HOME, 'astro-plugin-organization-token', 'code')
    })

    /** The numbers of the files. A file that is replaced has another one. */
    const numbersOf = () => fs.readdirSync(folder).map((file) => fs.statSync(join(folder, file)).ino)

    it('two first runs at the same time write, the next reads, and a failed run writes again', async () => {
      const [one, other] = await Promise.all([runCli(LIST, env), runCli(LIST, env)])
      expect(one).to.deep.include({exit: 0, stderr: ''})
      expect(other).to.deep.equal(one)
      const written = numbersOf()
      expect(written).to.have.length(1)
      expect(await runCli(LIST, env)).to.deep.equal(one)
      expect(numbersOf()).to.deep.equal(written)
      await runCli([...LIST, '--nonsense'], env)
      expect(numbersOf()).to.have.length(1).and.not.to.deep.equal(written)
    })

    it('is off with NODE_DISABLE_COMPILE_CACHE, with DEBUG, and for a run that is interrupted', async () => {
      const offs = [{NODE_DISABLE_COMPILE_CACHE: '1'}, {DEBUG: 'x'}]
      const runs = await Promise.all(offs.map(async (off) => runCli(LIST, {...env, ...off})))
      place.api.inject({action: {kind: 'hang'}, times: Infinity})
      const {child, end} = startCli(LIST, env)
      await until(() => place.api.requests.length === 3)
      child.kill('SIGINT')
      expect([...runs, await end].map(({exit}) => exit)).to.deep.equal([0, 0, 130])
      expect(fs.existsSync(folder)).to.equal(false)
    })
  })
})
