import {expect} from 'chai'
import {readdir, readFile, stat, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {ids, type World} from '../astro-api/world.js'
import {runCli, startCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {until} from '../support/until.js'
import {command, configWith, placeDuring} from './support.js'

const LIST = command('list', '--deployment-id', ids.deployments.etlProd, '--json')

describe('the refresh of a saved login', function () {
  const place = placeDuring(this, undefined, {ASTRO_API_TOKEN: undefined, ASTRO_DOMAIN: undefined})
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

      const runs = await Promise.all(Array.from({length: 10}, async () => runCli(LIST, env)))

      for (const run of runs) {
        expect(run).to.deep.include({exit: 0, stderr: ''})
        expect(json(run)).to.have.property('tokens').with.length(2)
      }

      expect(operations().filter((operation) => operation === 'renewAccessToken')).to.have.length(1)
      expect(await changedKeys(text)).to.deep.equal(keys)
      expect((await stat(file())).mode.toString(8)).to.equal('100600')
      expect(await readdir(folder())).to.have.members(['config.yaml', 'config.yaml.lock'])
    })
  }

  it('is saved although another request of the command fails meanwhile', async () => {
    const {api, env, operations} = place
    const {text} = await save({expiresInSeconds: 3600, rotate: true})
    const leave = async ({organizations}: World) => {
      await until(() => operations().includes('renewAccessToken'))
      organizations.length = 0
    }

    api.inject({operationId: 'listApiTokens', action: {kind: 'status', status: 401}})
    api.inject({operationId: 'listDeployments', action: {kind: 'act', run: leave}})
    api.inject({operationId: 'renewAccessToken', action: {kind: 'delay', ms: 500}})

    expect(await runCli(command('list', '--all-deployments'), env)).to.have.property('exit', 4)
    expect(await changedKeys(text)).to.deep.equal(['expiresin', 'refreshtoken', 'token'])
  })

  it('may be lost if SIGTERM ends the command, which the error says', async () => {
    const {api, env, operations} = place
    const {text} = await save({expiresInSeconds: -1, rotate: true})
    api.inject({operationId: 'renewAccessToken', action: {kind: 'delay', ms: 60_000}})

    const {child, end} = startCli(LIST, env)
    await until(() => operations().includes('renewAccessToken'))
    child.kill('SIGTERM')
    const run = await end

    expect(run).to.deep.include({exit: 130, stderr: ''})
    const {error} = json(run) as {error: {hint: string; kind: string; message: string}}
    const message = 'Cancelled. The login to localhost was being refreshed.'
    expect(error).to.include({kind: 'cancelled', message})
    expect(error.hint).to.contain('If the next command is not authenticated, log in again')
    expect(await changedKeys(text)).to.deep.equal([])
  })
})
