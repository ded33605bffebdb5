import {expect} from 'chai'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {ids} from '../astro-api/world.js'
import {BIN, newFolder, NO_WAITS, runCli, runShell, shellWords} from '../support/run-cli.js'
import {command, createPlace, roleOnDeployment, rolesOf} from './support.js'

const {deployments, tokens} = ids
const LIST = command('list', '--deployment-id', deployments.etlProd)

/** What Node's functions do for a user ID without a name, as in many containers. */
const UNKNOWN_USER = `
  import {syncBuiltinESMExports} from 'node:module'
  import os from 'node:os'
  const unknown = () => {
    throw new Error('no such user')
  }
  os.homedir = () => process.env.HOME ?? unknown()
  os.userInfo = unknown
  syncBuiltinESMExports()`

describe('the program against the API', function () {
  this.timeout(60_000)
  const place = createPlace()

  beforeEach(place.open)

  afterEach(place.close)

  it('leaves stdin to the loop that it runs in, and sends all requests of a run over one connection', async () => {
    const {api, env, operations} = place
    const argv = ['deployment', 'token', 'organization-token', 'add', '-n', 'ci-pipeline', '--deployment-id']
    const add = shellWords([process.execPath, BIN, ...argv])
    const two = [deployments.reports, deployments.billing]

    const run = await runShell(`echo '${two.join('\n')}' | while read -r id; do ${add} "$id"; done`, env)

    expect(run).to.deep.include({exit: 0, stderr: ''})
    expect(rolesOf(api, tokens.ciPipeline).slice(1)).to.deep.equal(
      two.map((id) => roleOnDeployment(id, 'DEPLOYMENT_ADMIN')),
    )
    const requests = ['listApiTokens', 'getApiToken', 'updateApiTokenRoles']
    expect(operations()).to.deep.equal([...requests, ...requests])
    expect(new Set(api.requests.map(({connection}) => connection)).size).to.equal(2)
  })

  describe('in a project', () => {
    let project: string
    let file: string

    beforeEach(() => {
      project = newFolder('project')
      file = join(project, '.astro', 'config.yaml')
      mkdirSync(join(project, '.astro'))
    })

    it('uses its Deployment, and names the file on stderr', async () => {
      writeFileSync(file, `project: {deployment: ${deployments.billing}}\n`)

      const run = await runCli(command('list'), place.env, project)

      expect(run).to.deep.include({exit: 0, stderr: `Deployment ${deployments.billing} (from ${file})\n`})
      expect(run.stdout).to.contain('nightly')
    })

    it('sends no token to the address in its config file, if HOME is empty or ASTRO_HOME is relative', async () => {
      const {api, env} = place
      writeFileSync(file, `context: localhost\nlocal: {core: "${api.url}"}\ncontexts: {localhost: {token: Bearer x}}\n`)
      // A proxy that is down stands between the program and the real Astro.
      const away = {...env, ...NO_WAITS, ASTRO_DOMAIN: undefined, HTTPS_PROXY: 'http://127.0.0.1:1'}
      const none = {ASTRO_API_TOKEN: undefined}
      const cases = [{HOME: ''}, {ASTRO_HOME: '.'}, {HOME: '', ...none}, {ASTRO_HOME: '.', ...none}]

      const runs = await Promise.all(cases.map(async (more) => runCli(LIST, {...away, ...more}, project)))

      expect(runs.map(({exit}) => exit)).to.deep.equal([1, 1, 4, 4])
      for (const {stderr} of runs.slice(0, 2)) expect(stderr).to.contain('127.0.0.1:1')
      expect(api.requests).to.deep.equal([])
    })
  })

  it('works for a user that the system does not know, without HOME and SHELL', async () => {
    const {HOME, ...env} = place.env
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(UNKNOWN_USER)}`

    const run = await runCli(LIST, {...env, ASTRO_HOME: HOME, NODE_OPTIONS})

    expect(run).to.deep.include({exit: 0, stderr: ''})
  })
})
