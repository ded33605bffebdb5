import {expect} from 'chai'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {type Host, makeHost, packPlugin, PLUGIN, ROOT} from '../support/host.js'
import {type Env, envFor} from '../support/run-cli.js'
import {json} from '../support/run-command.js'

const LIST = ['deployment', 'organization-token', 'list', '--deployment-id', ids.deployments.etlProd, '--json']

describe("the host's own commands for plugins", function () {
  this.timeout(120_000)
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

  /** Expects that the plugin runs, and that the host can uninstall it. */
  const expectInstalled = async (type: string) => {
    const {stdout} = await host.run(['plugins', 'inspect', PLUGIN, '--json'], env)
    expect((JSON.parse(stdout) as unknown[])[0]).to.include({name: PLUGIN, type})
    const run = await host.run(LIST, env)
    expect(run).to.deep.include({exit: 0, stderr: ''})
    expect(json(run)).to.have.property('tokens').with.length(2)

    const uninstalled = await host.run(['plugins', 'uninstall', PLUGIN], env)
    expect(uninstalled.stderr).to.equal(`mycli: Uninstalling ${PLUGIN}... done\n`)
    expect((await host.run(LIST, env)).stderr).to.contain('not found')
  }

  it('install the package from its tarball without a warning, and uninstall it', async () => {
    const {exit, stderr} = await host.run(['plugins', 'install', `file:${await packPlugin()}`], env)

    expect(stderr).to.match(/^mycli: Installing plugin \S+\.\.\. installed v[\d.]+\n$/)
    expect(exit).to.equal(0)
    await expectInstalled('user')
  })

  it('link a checkout without a warning, and uninstall it', async () => {
    const {exit, stderr} = await host.run(['plugins', 'link', '--no-install', ROOT], env)

    expect({exit, stderr}).to.deep.equal({exit: 0, stderr: `mycli: Linking plugin ${ROOT}... done\n`})
    await expectInstalled('link')
  })
})
