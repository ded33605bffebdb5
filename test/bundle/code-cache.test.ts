import {expect} from 'chai'
import {spawn} from 'node:child_process'
import fs from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {BIN, type Env, envFor, finished, runCli} from '../support/run-cli.js'
import {until} from '../support/until.js'

const LIST = ['deployment', 'organization-token', 'list', '--deployment-id', ids.deployments.etlProd]

describe('the cache of compiled code', function () {
  this.timeout(60_000)
  let api: AstroApi
  let env: Env
  let folder: string

  beforeEach(async () => {
    const XDG_CACHE_HOME = fs.mkdtempSync(join(tmpdir(), 'astro-caches-'))
    folder = join(XDG_CACHE_HOME, 'astro-plugin-organization-token', 'code')
    api = await startAstroApi()
    env = envFor(api, {XDG_CACHE_HOME})
  })

  afterEach(async () => {
    await api.close()
  })

  const files = () => (fs.existsSync(folder) ? fs.readdirSync(folder).map((name) => join(folder, name)) : [])
  /** The number of the one cache file, which changes when it is replaced. */
  const fileNumber = () => {
    expect(files()).to.have.length(1)
    return fs.statSync(files()[0] ?? '').ino
  }

  it('is written by a first run, for the user only, and read by the next', async () => {
    const [exec, argv] = ['umask 0; exec "$@"', [process.execPath, BIN, ...LIST]]
    const first = await finished(spawn('sh', ['-c', exec, 'sh', ...argv], {env, stdio: 'pipe'}))
    const written = fileNumber()
    expect(await runCli(LIST, env)).to.deep.equal(first)
    expect(first).to.deep.include({exit: 0, stderr: ''})
    expect(fileNumber()).to.equal(written)
    expect([folder, ...files()].map((path) => fs.statSync(path).mode % 0o1000)).to.deep.equal([0o700, 0o600])
  })

  it('is written again by a run that uses other code', async () => {
    const numbers: number[] = []
    for (const argv of [[...LIST, '--help'], LIST, [...LIST, '--nonsense'], LIST]) {
      await runCli(argv, env)
      numbers.push(fileNumber())
    }

    expect(numbers.map((number, at) => number !== numbers[at - 1])).to.deep.equal([true, true, true, false])
  })

  it('serves two first runs at the same time', async () => {
    const [one, other] = await Promise.all([runCli(LIST, env), runCli(LIST, env)])
    expect(one).to.deep.include({exit: 0, stderr: ''})
    expect(other).to.deep.equal(one)
    expect(files()).to.have.length(1)
  })

  it('is off with ASTRO_NO_CODE_CACHE, with DEBUG, and for a run that is interrupted', async () => {
    const offs = [{ASTRO_NO_CODE_CACHE: '1'}, {DEBUG: 'x'}]
    const runs = await Promise.all(offs.map(async (off) => runCli(LIST, {...env, ...off})))
    api.inject({action: {kind: 'hang'}, times: Infinity})
    const child = spawn(process.execPath, [BIN, ...LIST], {env, stdio: ['ignore', 'pipe', 'pipe']})
    const end = finished(child)
    await until(() => api.requests.length === 3)
    child.kill('SIGINT')
    expect([...runs, await end].map(({exit}) => exit)).to.deep.equal([0, 0, 130])
    expect(files()).to.deep.equal([])
  })
})
