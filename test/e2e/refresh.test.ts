import {expect} from 'chai'
import {lstat, readdir, readFile, stat, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {ids} from '../astro-api/world.js'
import {type CliRun, runCli, startCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {until} from '../support/until.js'
import {changedKeys, configWith, type SavedLogin} from './saved-login.js'
import {command, createPlace} from './support.js'

const LIST = command('list', '--deployment-id', ids.deployments.etlProd)

describe('the refresh of a saved login', function () {
  this.timeout(60_000)
  const place = createPlace(undefined, {ASTRO_API_TOKEN: undefined, ASTRO_DOMAIN: undefined})

  beforeEach(place.open)

  afterEach(place.close)
  const folder = () => join(place.env.HOME ?? '', '.astro')
  const file = () => join(folder(), 'config.yaml')
  const read = async () => readFile(file(), 'utf8')
  const refreshes = () => place.operations().filter((operation) => operation === 'renewAccessToken')

  const save = async (login: SavedLogin) => {
    await writeFile(file(), configWith(place.api, login), {mode: 0o600})
    return read()
  }

  const runTenAtOnce = async (): Promise<CliRun[]> =>
    Promise.all(Array.from({length: 10}, async () => runCli([...LIST, '--json'], place.env)))

  const expectTenLists = (runs: readonly CliRun[]) => {
    for (const run of runs) {
      expect(run).to.deep.include({exit: 0, stderr: ''})
      expect(json(run)).to.have.property('tokens').with.length(3)
    }

    expect(refreshes()).to.have.length(1)
  }

  it('happens once for ten processes, changes three values, and leaves the lock file of the Astro CLI', async () => {
    const before = await save(place.api.login({expiresInSeconds: -1, rotate: true}))
    await writeFile(join(folder(), 'config.yaml.lock'), '')

    expectTenLists(await runTenAtOnce())

    expect(changedKeys(before, await read())).to.deep.equal(['expiresin', 'refreshtoken', 'token'])
    expect((await stat(file())).mode.toString(8)).to.equal('100600')
    expect(await readdir(folder())).to.have.members(['config.yaml', 'config.yaml.lock'])
    expect((await lstat(join(folder(), 'config.yaml.lock'))).isFile()).to.equal(true)
  })

  it('happens once for ten processes after the API refuses a token that looks current', async () => {
    const {api} = place
    const login = api.login()
    const before = await save(login)
    api.revoke(login.accessToken)

    expectTenLists(await runTenAtOnce())

    expect(changedKeys(before, await read())).to.deep.equal(['expiresin', 'token'])
  })

  it('comes before the first request, without the access token, and lasts for the next command', async () => {
    const {api, env, operations} = place
    const {refreshToken, ...login} = api.login({expiresInSeconds: 299})
    await save({...login, refreshToken})

    const runs = [await runCli(LIST, env), await runCli(LIST, env)]

    expect(runs.map(({exit}) => exit)).to.deep.equal([0, 0])
    expect(operations()).to.deep.equal(['getAuthConfig', 'renewAccessToken', 'listApiTokens', 'listApiTokens'])
    const [authConfig, refresh] = api.requests
    expect(refresh?.body).to.deep.equal({
      client_id: 'emulator-client',
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
    })
    for (const request of [authConfig, refresh]) expect(request?.headers).not.to.have.property('authorization')
  })

  /** Starts a command, sends the signal during its refresh, and returns its run. */
  const interrupt = async (signal: NodeJS.Signals, argv: readonly string[]): Promise<CliRun> => {
    const {api, env} = place
    api.inject({operationId: 'renewAccessToken', action: {kind: 'delay', ms: 300}})
    const {child, end} = startCli(argv, env)
    await until(() => refreshes().length === 1)
    child.kill(signal)
    return end
  }

  it('is saved before SIGHUP ends the command', async () => {
    const before = await save(place.api.login({expiresInSeconds: -1, rotate: true}))

    expect(await interrupt('SIGHUP', LIST)).to.deep.equal({
      exit: 130,
      stdout: '',
      stderr: 'Waiting up to 10 seconds for the refreshed login to localhost to be saved.\nCancelled.\n',
    })

    expect(changedKeys(before, await read())).to.deep.equal(['expiresin', 'refreshtoken', 'token'])
    expect(await readdir(folder())).to.deep.equal(['config.yaml'])
    expect(await runCli(LIST, place.env)).to.have.property('exit', 0)
  })

  it('may be lost if it fails after SIGTERM, which the error says', async () => {
    const {api} = place
    const login = api.login({expiresInSeconds: -1})
    await save(login)
    api.revoke(login.refreshToken)

    const run = await interrupt('SIGTERM', [...LIST, '--json'])

    expect(run.exit).to.equal(130)
    expect(json(run)).to.have.nested.property('error.kind', 'cancelled')
    expect(run.stdout).to.contain('The login to localhost was being refreshed and may be lost.')
  })
})
