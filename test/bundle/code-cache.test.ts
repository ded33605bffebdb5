import {expect} from 'chai'
import {spawn} from 'node:child_process'
import fs from 'node:fs'
import {join} from 'node:path'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {BIN, type CliRun, type Env, envFor, finished, newFolder, runCli, startCli} from '../support/run-cli.js'
import {until} from '../support/until.js'

const LIST = ['deployment', 'organization-token', 'list', '--deployment-id', ids.deployments.etlProd]

describe('the cache of compiled code', function () {
  this.timeout(60_000)
  let api: AstroApi
  let env: Env
  let folder: string

  beforeEach(async () => {
    const XDG_CACHE_HOME = newFolder()
    folder = join(XDG_CACHE_HOME, 'astro-plugin-organization-token', 'code')
    api = await startAstroApi()
    env = envFor(api, {XDG_CACHE_HOME})
  })

  afterEach(async () => {
    await api.close()
  })

  it('is written by two first runs at the same time, read by the next, and written again for other code of the command', async () => {
    const [one, other] = await Promise.all([runCli(LIST, env), runCli(LIST, env)])
    expect(one).to.deep.include({exit: 0, stderr: ''})
    expect(other).to.deep.equal(one)
    const numbers: number[] = []
    for (const argv of [LIST, LIST, [...LIST, '--help'], [...LIST, '--nonsense'], LIST]) {
      await runCli(argv, env)
      const name = fs.readdirSync(folder).find((file) => file.includes('-list-')) ?? ''
      numbers.push(fs.statSync(join(folder, name)).ino)
    }

    // A file that is replaced has another number.
    const isWritten = numbers.map((number, at) => number !== numbers[at - 1])
    expect(isWritten).to.deep.equal([true, false, false, true, false])
    expect(fs.readdirSync(folder)).to.have.length(2)
  })

  it('is not shared by two Node.js binaries, or by one before and after an update', async () => {
    const copy = join(newFolder(), 'node')
    fs.copyFileSync(process.execPath, copy)
    const runs: CliRun[] = []
    for (const [node, time] of [[process.execPath], [copy, 1], [copy, 2]] as const) {
      if (time !== undefined) fs.utimesSync(copy, time, time)
      runs.push(await finished(spawn(node, [BIN, '--version'], {env, stdio: 'pipe'})))
    }

    expect(runs.map(({exit}) => exit)).to.deep.equal([0, 0, 0])
    expect(fs.readdirSync(folder)).to.have.length(3)
  })

  it('is not written, and delays nothing, if the home does not exist, is in procfs, or is a device', async () => {
    const limit = {timeout: 10_000, killSignal: 'SIGKILL'} as const
    for (const HOME of [join(newFolder(), 'none'), '/proc/none', '/dev/full']) {
      for (const XDG_CACHE_HOME of [HOME, undefined]) {
        const {end} = startCli(['--version'], {...env, HOME, XDG_CACHE_HOME}, limit)
        expect(await end).to.include({exit: 0, stderr: ''})
        expect(fs.existsSync(HOME)).to.equal(HOME === '/dev/full')
      }
    }
  })

  it('is off with NODE_DISABLE_COMPILE_CACHE, with DEBUG, and for a run that is interrupted', async () => {
    const offs = [{NODE_DISABLE_COMPILE_CACHE: '1'}, {DEBUG: 'x'}]
    const runs = await Promise.all(offs.map(async (off) => runCli(LIST, {...env, ...off})))
    api.inject({action: {kind: 'hang'}, times: Infinity})
    const {child, end} = startCli(LIST, env)
    await until(() => api.requests.length === 3)
    child.kill('SIGINT')
    expect([...runs, await end].map(({exit}) => exit)).to.deep.equal([0, 0, 130])
    expect(fs.existsSync(folder)).to.equal(false)
  })
})
