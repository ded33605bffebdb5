import {expect} from 'chai'
import {lstat, readdir, readFile, stat, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {ids, type World} from '../astro-api/world.js'
import {type CliRun, runCli, startCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {until} from '../support/until.js'
import {command, configWith, createPlace} from './support.js'

const LIST = command('list', '--deployment-id', ids.deployments.etlProd)

describe('the refresh of a saved login', function () {
  this.timeout(60_000)
  const place = createPlace(undefined, {ASTRO_API_TOKEN: undefined, ASTRO_DOMAIN: undefined})

  beforeEach(place.open)

  afterEach(place.close)
  const folder = () => join(place.env.HOME ?? '', '.astro')
  const file = () => join(folder(), 'config.yaml')

  const save = async (options: Parameters<typeof place.api.login>[0]) => {
    const login = place.api.login(options)
    const text = configWith(place.api, login)
    await writeFile(file(), text, {mode: 0o600})
    return {...login, text}
  }

  /** The keys of the lines of the config file that differ from this text. No line is new or gone. */
  const changedKeys = async (text: string) => {
    const [before, after] = [text, await readFile(file(), 'utf8')].map((each) => each.split('\n'))
    expect(after).to.have.length(before?.length ?? 0)
    return after?.filter((line, index) => line !== before?.[index]).map((line) => line.trim().replace(/:.*/, ''))
  }

  for (const [title, expiresInSeconds, keys] of [
    ['after the access token expired', -1, ['expiresin', 'refreshtoken', 'token']],
    ['after the API refuses a token that looks current', 3600, ['expiresin', 'token']],
  ] as const) {
    it(`happens once for ten processes ${title}, and leaves the lock file of the Astro CLI`, async () => {
      const {api, env, operations} = place
      const {accessToken, text} = await save({expiresInSeconds, rotate: expiresInSeconds < 0})
      api.revoke(accessToken)
      await writeFile(join(folder(), 'config.yaml.lock'), '')

      const runs = await Promise.all(Array.from({length: 10}, async () => runCli([...LIST, '--json'], env)))

      for (const run of runs) {
        expect(run).to.deep.include({exit: 0, stderr: ''})
        expect(json(run)).to.have.property('tokens').with.length(2)
      }

      expect(operations().filter((operation) => operation === 'renewAccessToken')).to.have.length(1)
      expect(await changedKeys(text)).to.deep.equal(keys)
      expect((await stat(file())).mode.toString(8)).to.equal('100600')
      expect(await readdir(folder())).to.have.members(['config.yaml', 'config.yaml.lock'])
      expect((await lstat(join(folder(), 'config.yaml.lock'))).isFile()).to.equal(true)
    })
  }

  it('is saved although another request of the command fails meanwhile', async () => {
    const {api, env, operations} = place
    const {text} = await save({expiresInSeconds: 3600, rotate: true})
    api.inject({operationId: 'listApiTokens', action: {kind: 'status', status: 401}})
    const leave = async ({organizations}: World) => {
      await until(() => operations().includes('renewAccessToken'))
      organizations.length = 0
    }

    api.inject({operationId: 'listDeployments', action: {kind: 'act', run: leave}})
    api.inject({operationId: 'renewAccessToken', action: {kind: 'delay', ms: 500}})

    expect(await runCli(command('list', '--all-deployments'), env)).to.have.property('exit', 4)
    expect(await changedKeys(text)).to.deep.equal(['expiresin', 'refreshtoken', 'token'])
  })

  /** Starts a command, sends the signal during its refresh, and returns its run. */
  const interrupt = async (signal: NodeJS.Signals, argv: readonly string[]): Promise<CliRun> => {
    const {api, env, operations} = place
    api.inject({operationId: 'renewAccessToken', action: {kind: 'delay', ms: 60_000}})
    const {child, end} = startCli(argv, env)
    await until(() => operations().includes('renewAccessToken'))
    child.kill(signal)
    return end
  }

  it('may be lost if SIGTERM ends the command, which the error says, without waiting', async () => {
    const {text} = await save({expiresInSeconds: -1, rotate: true})

    const run = await interrupt('SIGTERM', [...LIST, '--json'])

    expect(run).to.deep.include({exit: 130, stderr: ''})
    const error = json(run)
    expect(error).to.have.nested.property('error.kind', 'cancelled')
    expect(error).to.have.nested.property('error.message', 'Cancelled. The login to localhost was being refreshed.')
    expect(error)
      .to.have.nested.property('error.hint')
      .that.matches(/If the next command is not authenticated, log in again with the Astro CLI: astro login localhost/)
    expect(await changedKeys(text)).to.deep.equal([])
  })

  it('lasts for the next command, which sends one request', async () => {
    const {text} = await save({expiresInSeconds: -1, rotate: true})
    for (const exit of [0, 0]) expect(await runCli(LIST, place.env)).to.have.property('exit', exit)
    expect(await changedKeys(text)).to.deep.equal(['expiresin', 'refreshtoken', 'token'])
    expect(place.operations()).to.deep.equal(['getAuthConfig', 'renewAccessToken', 'listApiTokens', 'listApiTokens'])
  })
})
