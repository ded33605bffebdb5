import {expect} from 'chai'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {type Host, makeHost, packPlugin, PLUGIN, ROOT} from '../support/host.js'
import {type Env, envFor} from '../support/run-cli.js'
import {json} from '../support/run-command.js'

const LIST = ['deployment', 'organization-token', 'list', '--deployment-id', ids.deployments.etlProd, '--json']

describe("the host's own commands for plugins", function () {
  this.timeout(60_000)
  let host: Host
  let api: AstroApi
  let env: Env

  before(async () => {
    host = makeHost({topicSeparator: ' '})
    api = await startAstroApi()
    // The package needs nothing from a registry.
    env = envFor(api, {npm_config_offline: 'true'})
  })

  after(async () => {
    await api.close()
  })

  const expectType = async (type: string) => {
    const {stdout} = await host.run(['plugins', 'inspect', PLUGIN, '--json'], env)
    const [shown] = JSON.parse(stdout) as unknown[]
    expect(shown).to.include({name: PLUGIN, type})
  }

  const expectToRun = async () => {
    const run = await host.run(LIST, env)
    expect(run).to.deep.include({exit: 0, stderr: ''})
    expect(json(run)).to.have.property('tokens').with.length(2)
  }

  const expectUninstalled = async () => {
    const uninstalled = await host.run(['plugins', 'uninstall', PLUGIN], env)
    expect(uninstalled.stderr).to.equal(`mycli: Uninstalling ${PLUGIN}... done\n`)
    const {exit, stderr} = await host.run(LIST, env)
    expect(exit).not.to.equal(0)
    expect(stderr).to.contain('not found')
    expect(await host.run(['deployment', 'inspect'], env)).to.have.property('stdout', 'inspected by mycli\n')
  }

  it('install the package from its tarball without a warning, and uninstall it', async () => {
    const tarball = `file:${await packPlugin()}`

    const {exit, stderr} = await host.run(['plugins', 'install', tarball], env)

    expect(stderr).to.match(/^mycli: Installing plugin \S+\.\.\. installed v[\d.]+\n$/)
    expect(exit).to.equal(0)
    await expectType('user')
    await expectToRun()
    await expectUninstalled()
  })

  it('link a checkout without a warning, and uninstall it', async () => {
    const {exit, stderr} = await host.run(['plugins', 'link', '--no-install', ROOT], env)

    expect({exit, stderr}).to.deep.equal({exit: 0, stderr: `mycli: Linking plugin ${ROOT}... done\n`})
    await expectType('link')
    await expectToRun()
    await expectUninstalled()
  })
})
