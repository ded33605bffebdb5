import {expect} from 'chai'
import {spawn} from 'node:child_process'
import {existsSync, mkdtempSync} from 'node:fs'
import {readdir} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {stripVTControlCharacters} from 'node:util'

import {type FaultAction} from '../astro-api/faults.js'
import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {BIN, type CliRun, converse, type Env, envFor, finished} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {until} from '../support/until.js'

const ADD = [
  'deployment',
  'organization-token',
  'add',
  ids.tokens.ciPipeline,
  '--deployment-id',
  ids.deployments.reports,
]

describe('a command that is interrupted', function () {
  this.timeout(60_000)
  let api: AstroApi
  let env: Env
  let folder: string

  beforeEach(async () => {
    api = await startAstroApi()
    folder = mkdtempSync(join(tmpdir(), 'astro-signals-'))
    env = envFor(api, {ASTRO_LOCK_DIR: folder})
  })

  afterEach(async () => {
    await api.close()
  })

  /** Sends the signal when the API has as many requests and answers none of them; tells how long the end took, in ms. */
  const interrupted = async (argv: readonly string[], signal: NodeJS.Signals, requests: number) => {
    const child = spawn(process.execPath, [BIN, ...argv], {env, stdio: ['ignore', 'pipe', 'pipe']})
    const run = finished(child)
    await until(() => api.requests.length === requests)
    const start = performance.now()
    child.kill(signal)
    const ended = await run
    return {run: ended, took: performance.now() - start}
  }

  const hang = (operationId: 'getApiToken' | 'updateApiTokenRoles', action: FaultAction) => {
    api.inject({operationId, times: Infinity, action})
  }

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`ends at once after ${signal} before a write, says that nothing was written, and leaves no lock`, async () => {
      hang('getApiToken', {kind: 'hang'})

      const {run, took} = await interrupted(ADD, signal, 1)

      expect(run).to.deep.equal({
        exit: 130,
        stdout: '',
        stderr: 'Cancelled.\n',
      })
      expect(took).to.be.below(2000)
      expect(await locksIn(folder)).to.deep.equal([])
    })
  }

  it('says that the outcome is not known after Ctrl-C inside a write, and leaves no lock', async () => {
    hang('updateApiTokenRoles', {kind: 'hangAfter'})

    const {run, took} = await interrupted(ADD, 'SIGINT', 2)

    expect(run).to.deep.equal({
      exit: 130,
      stdout: '',
      stderr:
        'Cancelled during the update. Could not confirm whether the roles were updated.\n' +
        'Check the roles of the token: astro deployment organization-token list --all-deployments\n',
    })
    expect(took).to.be.below(2000)
    expect(await locksIn(folder)).to.deep.equal([])
  })

  it('says so as JSON too', async () => {
    hang('updateApiTokenRoles', {kind: 'hang'})

    const {run} = await interrupted([...ADD, '--json'], 'SIGINT', 2)

    expect(run.exit).to.equal(130)
    expect(run.stderr).to.equal('')
    expect(json(run)).to.deep.nested.include({'error.kind': 'cancelled', 'error.exit': 130})
  })

  it('says so on a terminal too, where a spinner is on the screen', async () => {
    hang('updateApiTokenRoles', {kind: 'hangAfter'})

    const run = await converse(ADD, env, [[/Adding the role\.\.\./, '\u0003']])

    expect(run.exit).to.equal(130)
    expect(stripVTControlCharacters(run.stdout)).to.match(
      /Cancelled during the update\. Could not confirm whether the roles were updated\.\nCheck the roles[^\n]+\n$/,
    )
  })

  it('says so once, however many signals come', async () => {
    hang('getApiToken', {kind: 'hang'})
    const child = spawn(process.execPath, [BIN, ...ADD], {env, stdio: ['ignore', 'pipe', 'pipe']})
    const run = finished(child)
    await until(() => api.requests.length === 1)

    child.kill('SIGINT')
    child.kill('SIGTERM')

    expect((await run).stderr.match(/Cancelled/g)).to.have.length(1)
  })

  it('ends quietly when whoever reads its output goes away', async () => {
    const [template] = api.world.tokens
    for (let index = 0; index < 3000; index++) {
      const roles = [{entityType: 'DEPLOYMENT', entityId: ids.deployments.billing, role: 'Log Reader'} as const]
      if (template) api.world.tokens.push({...template, id: `cl${String(index).padStart(23, '0')}`, roles})
    }

    const list = `'${process.execPath}' '${BIN}' deployment organization-token list`
    const command = `${list} --deployment-id ${ids.deployments.billing} | head -1`
    const run: CliRun = await finished(spawn('sh', ['-c', command], {env, stdio: ['ignore', 'pipe', 'pipe']}))

    expect(run).to.deep.equal({
      exit: 0,
      stdout: 'ID\tNAME\tDESCRIPTION\tSCOPE\tDEPLOYMENT_ROLE\tCREATED\tCREATED BY\n',
      stderr: '',
    })
  })

  if (existsSync('/dev/full')) {
    const list = ['deployment', 'organization-token', 'list', '--deployment-id', ids.deployments.reports]
    const ADD_JSON = [...ADD, '--json']
    for (const argv of [list, [...list, '--json'], ADD, ADD_JSON, ['help'], ['--version'], [...list, '--help']]) {
      it(`says in one line that its output cannot be written: ${argv.join(' ')}`, async () => {
        const words = [process.execPath, BIN, ...argv].map((word) => `'${word}'`)
        const command = `${words.join(' ')} >/dev/full`
        const run = await finished(spawn('sh', ['-c', command], {env, stdio: ['ignore', 'pipe', 'pipe']}))

        const outcome = argv === ADD || argv === ADD_JSON ? ' The roles were updated.' : ''
        expect(run).to.deep.equal({
          exit: 1,
          stdout: '',
          stderr: `Error: Could not write to stdout (ENOSPC).${outcome}\n`,
        })
      })
    }
  }
})

/** Everything that is left of locks in this folder. */
async function locksIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !name.endsWith('.roles'))
}
