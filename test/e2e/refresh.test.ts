import {expect} from 'chai'
import {chmod, lstat, mkdir, readdir, readFile, rename, stat, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {type Env, homeFor, runCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {until} from '../support/until.js'
import {changedKeys, configWith, type SavedLogin} from './saved-login.js'
import {startCli} from './support.js'

const {deployments} = ids
const LIST = ['deployment', 'organization-token', 'list', '--deployment-id', deployments.etlProd, '--json']

describe('the refresh of a saved login', function () {
  this.timeout(60_000)
  let api: AstroApi
  let env: Env
  let folder: string
  let file: string

  beforeEach(async () => {
    api = await startAstroApi()
    const home = homeFor(api)
    folder = join(home, '.astro')
    file = join(folder, 'config.yaml')
    env = {HOME: home, PATH: process.env.PATH}
  })

  afterEach(async () => {
    const {violations} = api
    await api.close()
    expect(violations).to.deep.equal([])
  })

  const operations = () => api.requests.map(({operationId}) => operationId)
  const refreshes = () => operations().filter((operation) => operation === 'renewAccessToken')
  const save = async (login: SavedLogin) => {
    const config = configWith(api, login)
    await writeFile(file, config, {mode: 0o600})
    return config
  }

  /** Saves a login whose token other values of the file depend on. */
  const saveAnchored = async ({accessToken, ...login}: SavedLogin) => {
    const config = configWith(api, {...login, accessToken}).replace(`Bearer ${accessToken}`, '&mine $&')
    await writeFile(file, `${config}x: *mine`)
    return readFile(file, 'utf8')
  }

  for (const [what, rotate, changed] of [
    ['two values of the file', false, ['expiresin', 'token']],
    ['three values of the file where the refresh token is used up', true, ['expiresin', 'refreshtoken', 'token']],
  ] as const) {
    it(`happens once for ten processes at once, and changes ${what}`, async () => {
      const before = await save(api.login({expiresInSeconds: -1, rotate}))
      await writeFile(join(folder, 'config.yaml.lock'), '')

      const runs = await Promise.all(Array.from({length: 10}, async () => runCli(LIST, env)))

      for (const run of runs) {
        expect(run).to.deep.include({exit: 0, stderr: ''})
        expect(json(run)).to.have.property('tokens').with.length(3)
      }

      expect(refreshes()).to.have.length(1)
      expect(operations().filter((operation) => operation === 'listApiTokens')).to.have.length(10)
      expect(changedKeys(before, await readFile(file, 'utf8'))).to.deep.equal(changed)
      expect((await stat(file)).mode.toString(8)).to.equal('100600')
      expect(await readdir(folder)).to.have.members(['config.yaml', 'config.yaml.lock'])
      expect((await lstat(join(folder, 'config.yaml.lock'))).isFile()).to.equal(true)
    })
  }

  it('comes before the first request, with nothing but what it takes, and lasts for the next command', async () => {
    const {refreshToken, ...login} = api.login({expiresInSeconds: 299})
    await save({...login, refreshToken})

    const first = await runCli(LIST, env)
    const second = await runCli(LIST, env)

    expect([first.exit, second.exit]).to.deep.equal([0, 0])
    expect(operations()).to.deep.equal(['getAuthConfig', 'renewAccessToken', 'listApiTokens', 'listApiTokens'])
    const [authConfig, refresh] = api.requests
    expect(refresh?.body).to.deep.equal({
      client_id: 'emulator-client',
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
    })
    expect(authConfig?.headers).not.to.have.property('authorization')
    expect(refresh?.headers).not.to.have.property('authorization')
  })

  it('comes once, for all of ten processes, when a token is refused that looked current', async () => {
    const login = api.login()
    const before = await save(login)
    api.revoke(login.accessToken)

    const runs = await Promise.all(Array.from({length: 10}, async () => runCli(LIST, env)))

    expect(runs.map(({exit, stderr}) => `${exit}${stderr}`)).to.deep.equal(Array.from({length: 10}, () => '0'))
    expect(refreshes()).to.have.length(1)
    expect(changedKeys(before, await readFile(file, 'utf8'))).to.deep.equal(['expiresin', 'token'])
  })

  it('repeats a write that was refused', async () => {
    const login = api.login()
    await save(login)
    api.inject({operationId: 'updateApiTokenRoles', action: {kind: 'status', status: 401}})
    const add = [
      'deployment',
      'organization-token',
      'add',
      ids.tokens.ciPipeline,
      '--deployment-id',
      deployments.reports,
    ]

    const run = await runCli(add, env)

    expect(run.exit).to.equal(0)
    expect(refreshes()).to.have.length(1)
    expect(operations().filter((operation) => operation === 'updateApiTokenRoles')).to.have.length(2)
  })

  it('leaves a symbolic link a link', async () => {
    const before = await save(api.login({expiresInSeconds: 0}))
    const elsewhere = join(folder, '..', 'dotfiles')
    await mkdir(elsewhere)
    await rename(file, join(elsewhere, 'astro.yaml'))
    await symlink('../dotfiles/astro.yaml', file)

    const run = await runCli(LIST, env)

    expect(run.exit).to.equal(0)
    expect((await lstat(file)).isSymbolicLink()).to.equal(true)
    expect(changedKeys(before, await readFile(file, 'utf8'))).to.deep.equal(['expiresin', 'token'])
    expect(await readdir(elsewhere)).to.deep.equal(['astro.yaml'])
    expect(await readdir(folder)).to.deep.equal(['config.yaml'])
  })

  it('says to log in again where it is refused, and leaves the file', async () => {
    const login = api.login({expiresInSeconds: -1})
    const before = await save(login)
    api.revoke(login.refreshToken)

    const run = await runCli(LIST, env)

    expect(run).to.deep.include({exit: 4, stderr: ''})
    expect(json(run)).to.have.nested.property('error.kind', 'unauthenticated')
    expect(json(run)).to.have.nested.property('error.hint', 'Log in again with the Astro CLI: astro login localhost')
    expect(run.stdout).not.to.contain(login.refreshToken)
    expect(await readFile(file, 'utf8')).to.equal(before)
    expect(await readdir(folder)).to.deep.equal(['config.yaml'])
  })

  for (const operationId of ['getAuthConfig', 'renewAccessToken'] as const) {
    for (const [what, action] of [
      ['is down', {kind: 'status', status: 503, headers: {'retry-after': '0'}}],
      ['answers a web page', {kind: 'body', body: '<html>', contentType: 'text/html'}],
    ] as const) {
      it(`is a network error, and no log-out, where ${operationId} ${what}`, async () => {
        const before = await save(api.login({expiresInSeconds: -1, rotate: true}))
        api.inject({operationId, times: Infinity, action})

        const failed = await runCli(LIST, env)
        const unchanged = await readFile(file, 'utf8')
        api.clearFaults()
        const later = await runCli(LIST, env)

        expect(failed.exit).to.equal(1)
        expect(json(failed)).to.have.nested.property('error.kind', 'network')
        if (operationId === 'getAuthConfig')
          expect(failed.stdout).to.contain('stays saved').and.not.contain('astro login')
        else expect(failed.stdout).to.contain('with the Astro CLI: astro login localhost').and.not.contain('stays')
        expect(unchanged).to.equal(before)
        expect(later.exit).to.equal(0)
      })
    }
  }

  it('does without, where the provider is down and the token is good for some minutes yet', async () => {
    const before = await save(api.login({expiresInSeconds: 200}))
    api.inject({operationId: 'renewAccessToken', action: {kind: 'status', status: 503}})

    const run = await runCli(LIST, env)

    expect(run).to.deep.include({exit: 0, stderr: ''})
    expect(await readFile(file, 'utf8')).to.equal(before)
  })

  it('sends the refresh token to no provider without https', async () => {
    await save(api.login({expiresInSeconds: -1}))
    const body = JSON.stringify({clientId: 'emulator-client', domainUrl: 'http://auth.astronomer.example/'})
    api.inject({operationId: 'getAuthConfig', action: {kind: 'body', body}})

    const run = await runCli(LIST, env)

    expect(run.exit).to.equal(1)
    expect(json(run)).to.have.nested.property('error.kind', 'api')
    expect(operations()).to.deep.equal(['getAuthConfig'])
  })

  it('does not happen for a token that no header can have, and nothing else is sent', async () => {
    const {accessToken, ...login} = api.login()
    const config = configWith(api, {...login, accessToken})
    await writeFile(file, config.replace(`Bearer ${accessToken}`, String.raw`"Bearer ${accessToken}\r\nx: y"`))

    const run = await runCli(LIST, env)

    expect(run.exit).to.equal(2)
    expect(json(run)).to.have.nested.property('error.kind', 'config')
    expect(api.requests).to.deep.equal([])
  })

  it('does not happen where ASTRO_API_TOKEN is set, however old the login is', async () => {
    const before = await save(api.login({expiresInSeconds: -1}))
    const {mtimeMs} = await stat(file)

    const good = await runCli(LIST, {...env, ASTRO_API_TOKEN: api.apiToken()})
    const refused = api.apiToken()
    api.revoke(refused)
    const bad = await runCli(LIST, {...env, ASTRO_API_TOKEN: refused})

    expect([good.exit, bad.exit]).to.deep.equal([0, 4])
    expect(refreshes()).to.deep.equal([])
    expect(await readFile(file, 'utf8')).to.equal(before)
    expect((await stat(file)).mtimeMs).to.equal(mtimeMs)
  })

  describe('where the new values could not be saved', () => {
    it('waits, and sends nothing, while the token is still valid', async () => {
      const before = await saveAnchored(api.login({expiresInSeconds: 200, rotate: true}))

      const run = await runCli(LIST, env)

      expect(run).to.deep.include({exit: 0, stderr: ''})
      expect(operations()).to.deep.equal(['listApiTokens'])
      expect(await readFile(file, 'utf8')).to.equal(before)
    })

    for (const rotate of [false, true]) {
      it(`warns once the token has expired, under --json too${rotate ? ', and says to log in' : ''}`, async () => {
        const before = await saveAnchored(api.login({expiresInSeconds: -1, rotate}))

        const asJson = await runCli(LIST, env)

        expect(asJson.exit).to.equal(0)
        expect(asJson.stderr)
          .to.contain('Warning: Could not save the refreshed login to localhost in')
          .and.contain(file)
        expect(asJson.stderr).to.contain('with the Astro CLI: astro login localhost')
        expect(await readFile(file, 'utf8')).to.equal(before)
      })
    }
  })

  it('does not claim that the login stays usable where the answer of the provider is lost', async () => {
    await save(api.login({expiresInSeconds: -1, rotate: true}))
    api.inject({operationId: 'renewAccessToken', action: {kind: 'dropAfter'}})

    const run = await runCli(LIST, env)

    expect(run.exit).to.equal(1)
    expect(json(run)).to.have.nested.property('error.kind', 'network')
    expect(run.stdout).to.contain('with the Astro CLI: astro login localhost').and.not.contain('stays')
  })

  it('warns where the answer of the provider is lost and the token is still valid', async () => {
    await save(api.login({expiresInSeconds: 200, rotate: true}))
    api.inject({operationId: 'renewAccessToken', action: {kind: 'dropAfter'}})

    const run = await runCli(LIST, env)

    expect(run.exit).to.equal(0)
    expect(run.stderr).to.match(/^Warning: Could not refresh the login to localhost: .*astro login localhost\n$/)
  })

  for (const signal of ['SIGINT', 'SIGHUP'] as const) {
    it(`is finished and saved before the command ends after ${signal}`, async () => {
      const before = await save(api.login({expiresInSeconds: -1, rotate: true}))
      api.inject({operationId: 'renewAccessToken', action: {kind: 'delay', ms: 300}})
      const {child, end} = startCli(LIST.slice(0, -1), env)
      await until(() => refreshes().length === 1)

      child.kill(signal)
      const run = await end
      const next = await runCli(LIST, env)

      expect(run).to.deep.equal({
        exit: 130,
        stdout: '',
        stderr: 'Waiting up to 10 seconds for the refreshed login to localhost to be saved.\nCancelled.\n',
      })
      expect(changedKeys(before, await readFile(file, 'utf8'))).to.deep.equal(['expiresin', 'refreshtoken', 'token'])
      expect(next.exit).to.equal(0)
      expect(await readdir(folder)).to.deep.equal(['config.yaml'])
    })
  }

  it('reports the signal alone where the refresh fails during that', async () => {
    const login = api.login({expiresInSeconds: -1})
    await save(login)
    api.revoke(login.refreshToken)
    api.inject({operationId: 'renewAccessToken', action: {kind: 'delay', ms: 300}})
    const {child, end} = startCli(LIST, env)
    await until(() => refreshes().length === 1)

    child.kill('SIGTERM')
    const run = await end

    expect(run.exit).to.equal(130)
    expect(json(run)).to.have.nested.property('error.kind', 'cancelled')
    expect(run.stdout).to.contain('The login to localhost was being refreshed and may be lost.')
  })

  // Whoever is root may write everywhere.
  if (process.getuid?.() !== 0) {
    it('goes on with a warning in a folder that is read-only', async () => {
      const before = await save(api.login({expiresInSeconds: -1}))
      await chmod(folder, 0o500)

      const run = await runCli(LIST.slice(0, -1), env)
      await chmod(folder, 0o700)

      expect(run.exit).to.equal(0)
      expect(run.stderr).to.contain('Warning:').and.contain('EACCES')
      expect(await readFile(file, 'utf8')).to.equal(before)
    })
  }
})
