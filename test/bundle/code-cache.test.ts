import {expect} from 'chai'
import {spawn} from 'node:child_process'
import fs from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {makeHostWithPlugin, packPlugin, unpackPlugin} from '../support/host.js'
import {BIN, type CliRun, type Env, envFor, finished, runCli} from '../support/run-cli.js'
import {until} from '../support/until.js'

const COMMAND = ['deployment', 'organization-token']
const LIST = [...COMMAND, 'list', '--deployment-id', ids.deployments.etlProd]

describe('the cache of compiled code', function () {
  this.timeout(60_000)
  let api: AstroApi
  let env: Env
  let caches: string
  let folder: string

  beforeEach(async () => {
    api = await startAstroApi()
    caches = fs.mkdtempSync(join(tmpdir(), 'astro-caches-'))
    folder = join(caches, 'astro-plugin-organization-token', 'code')
    env = envFor(api, {XDG_CACHE_HOME: caches})
  })

  afterEach(async () => {
    await api.close()
  })

  /** Starts the program in a shell that has no umask. */
  const withoutUmask = async (argv: readonly string[]): Promise<CliRun> =>
    finished(spawn('sh', ['-c', 'umask 0; exec "$@"', 'sh', process.execPath, BIN, ...argv], {env, stdio: 'pipe'}))
  const files = () => (fs.existsSync(folder) ? fs.readdirSync(folder) : [])
  /** The number of the one cache file, which changes when it is replaced. */
  const fileNumber = () => {
    expect(files()).to.have.length(1)
    return fs.statSync(join(folder, files()[0] ?? '')).ino
  }

  it('is written at the end of the first run, for the user alone', async () => {
    const first = await withoutUmask(LIST)
    const written = fileNumber()
    const second = await runCli(LIST, env)

    expect(first).to.deep.include({exit: 0, stderr: ''})
    expect(second).to.deep.equal(first)
    expect(fileNumber()).to.equal(written)
    const modes = [folder, join(folder, files()[0] ?? '')].map((path) => fs.statSync(path).mode % 0o1000)
    expect(modes).to.deep.equal([0o700, 0o600])
  })

  it('is in the cache directory of the system unless XDG_CACHE_HOME is absolute', async () => {
    const home = {...env, XDG_CACHE_HOME: 'relative'}
    const local = process.platform === 'darwin' ? 'Library/Caches' : '.cache'
    await runCli(['--version'], home)
    expect(fs.readdirSync(join(env.HOME ?? '', local, 'astro-plugin-organization-token', 'code'))).to.have.length(1)
  })

  it('is written again by a run that uses other code', async () => {
    const numbers: number[] = []
    for (const argv of [[...LIST, '--help'], LIST, [...LIST, '--nonsense'], [...LIST, '--json']]) {
      await runCli(argv, env)
      const number = fileNumber()
      await runCli(argv, env)
      expect(fileNumber(), argv.join(' ')).to.equal(number)
      numbers.push(number)
    }

    for (const [index, number] of numbers.entries()) expect(number).not.to.equal(numbers[index - 1])
  })

  it('serves two first runs at once', async () => {
    const runs = await Promise.all([runCli(LIST, env), runCli([...LIST, '--json'], env), runCli(LIST, env)])
    expect(runs.map(({exit, stderr}) => ({exit, stderr}))).to.deep.equal(runs.map(() => ({exit: 0, stderr: ''})))
    expect(files()).to.have.length(1)
    expect(await runCli(LIST, env)).to.deep.equal(runs[0])
  })

  it('is replaced if it is damaged', async () => {
    const first = await runCli(LIST, env)
    const file = join(folder, files()[0] ?? '')
    const {size} = fs.statSync(file)
    fs.truncateSync(file, size / 2)
    expect(await runCli(LIST, env)).to.deep.equal(first)
    expect(fs.statSync(file).size).to.be.greaterThan(size / 2)
  })

  it('is missed by nobody where it cannot be written', async () => {
    fs.writeFileSync(join(caches, 'astro-plugin-organization-token'), 'a file')
    const run = await runCli([...LIST, '--nonsense'], env)
    expect(run).to.deep.include({exit: 2, stdout: ''})
    expect(run.stderr).to.contain('--nonsense')
  })

  it('is left alone with ASTRO_NO_CODE_CACHE and with DEBUG', async () => {
    for (const off of [{ASTRO_NO_CODE_CACHE: '1'}, {DEBUG: 'x'}]) {
      expect(await runCli(LIST, {...env, ...off})).to.include({exit: 0})
      expect(files()).to.deep.equal([])
    }
  })

  it('is not written by a run that is interrupted', async () => {
    api.inject({action: {kind: 'hang'}, times: Infinity})
    const child = spawn(process.execPath, [BIN, ...LIST], {env, stdio: ['ignore', 'pipe', 'pipe']})
    const end = finished(child)
    await until(() => api.requests.length === 1)
    child.kill('SIGINT')
    expect(await end).to.deep.include({exit: 130, stdout: ''})
    expect(files()).to.deep.equal([])
  })

  it('is not for a host', async () => {
    const host = await makeHostWithPlugin({topicSeparator: ' '})
    expect(await host.run(LIST, env)).to.include({exit: 0})
    expect(fs.existsSync(folder)).to.equal(false)
  })

  it('does not depend on NODE_ENV, which brings no warning either', async () => {
    const root = fs.mkdtempSync(join(tmpdir(), 'astro-installed-'))
    await unpackPlugin(await packPlugin(), root)
    const bin = join(root, 'bin', 'run.js')
    const run = async (argv: readonly string[]) =>
      finished(spawn(process.execPath, [bin, ...argv], {env: {...env, NODE_ENV: 'development'}, stdio: 'pipe'}))
    expect(await run(LIST)).to.deep.include({exit: 0, stderr: ''})
    expect(await run([...LIST, '--help'])).to.deep.include({exit: 0, stderr: ''})
    expect((await run([...COMMAND, 'lsit'])).stderr).to.match(/^Error: There is no command .*\nDid you mean: .*\n$/)
  })
})
