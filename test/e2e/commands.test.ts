import {expect} from 'chai'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {ids} from '../astro-api/world.js'
import {BIN, newFolder, NO_WAITS, runCli, runShell, shellWords} from '../support/run-cli.js'
import {command, createPlace, roleOnDeployment, rolesOf, tokenOf} from './support.js'

const {deployments, tokens} = ids
const LIST = command('list', '--deployment-id', deployments.etlProd)

describe('the program against the API', function () {
  this.timeout(60_000)
  const place = createPlace()

  beforeEach(place.open)

  afterEach(place.close)

  it('lists in one request, without a line on stderr', async () => {
    const run = await place.run('list', '--deployment-id', deployments.etlProd)

    expect(run).to.deep.include({exit: 0, stderr: ''})
    expect(run.stdout.split('\n').map((line) => line.split('\t').slice(0, 5))).to.deep.equal([
      ['ID', 'NAME', 'DESCRIPTION', 'SCOPE', 'DEPLOYMENT_ROLE'],
      [tokens.terraform, 'terraform', 'Made by another token', 'ORGANIZATION', 'Log Reader'],
      [tokens.deployBot, 'deploy-bot', 'Deploys everywhere', 'ORGANIZATION', 'DEPLOYMENT_ADMIN'],
      [tokens.dataQuality, 'data-quality', '', 'ORGANIZATION', ''],
      [''],
    ])
    expect(place.operations()).to.deep.equal(['listApiTokens'])
  })

  it('adds by ID in two requests, under its alias too', async () => {
    const {api, env, operations} = place
    const before = rolesOf(api, tokens.dataQuality)
    const add = ['organization-token', 'add', tokens.dataQuality, '--deployment-id', deployments.etlProd]

    const run = await runCli(['deployment', 'token', ...add], env)

    expect(run).to.deep.equal({
      exit: 0,
      stderr: '',
      stdout: `Added data-quality (${tokens.dataQuality}) to Deployment ${deployments.etlProd} as DEPLOYMENT_ADMIN.\n`,
    })
    expect(operations()).to.deep.equal(['getApiToken', 'updateApiTokenRoles'])
    expect(rolesOf(api, tokens.dataQuality)).to.deep.equal([
      ...before,
      roleOnDeployment(deployments.etlProd, 'DEPLOYMENT_ADMIN'),
    ])
    expect(api.requests[1]?.body).to.deep.equal({roles: rolesOf(api, tokens.dataQuality)})
  })

  it('adds by name in three requests over one connection', async () => {
    const {api, operations, run} = place
    const {exit} = await run('add', '-n', 'ci-pipeline', '--deployment-id', deployments.reports, '-r', 'Deploy Reader')

    expect(exit).to.equal(0)
    expect(operations()).to.deep.equal(['listApiTokens', 'getApiToken', 'updateApiTokenRoles'])
    expect(new Set(api.requests.map(({connection}) => connection)).size).to.equal(1)
    expect(rolesOf(api, tokens.ciPipeline)).to.deep.include(roleOnDeployment(deployments.reports, 'Deploy Reader'))
  })

  it('leaves stdin to the loop that it runs in', async () => {
    const {api, env} = place
    const add = shellWords([process.execPath, BIN, ...command('add', '-n', 'ci-pipeline')])
    const ids = [deployments.reports, deployments.billing]

    const run = await runShell(
      `echo '${ids.join('\n')}' | while read -r id; do ${add} --deployment-id "$id"; done`,
      env,
    )

    expect(run).to.deep.include({exit: 0, stderr: ''})
    for (const id of ids)
      expect(rolesOf(api, tokens.ciPipeline)).to.deep.include(roleOnDeployment(id, 'DEPLOYMENT_ADMIN'))
  })

  it('requests the pages after the first side by side', async () => {
    const {api, run} = place
    const template = tokenOf(api, tokens.deployBot)
    for (let index = 0; index < 3400; index++)
      api.world.tokens.push({...template, id: `cl${String(index).padStart(23, '0')}`})

    api.inject({operationId: 'listApiTokens', skip: 1, times: 3, action: {kind: 'delay', ms: 200}})
    const {stdout} = await run('list', '--deployment-id', deployments.etlProd)

    expect(stdout.split('\n')).to.have.length(3 + 3400 + 2)
    expect(api.requests.map(({query}) => query.offset)).to.have.members(['0', '999', '1998', '2997'])
    const [, ...others] = api.requests
    const latestStart = Math.max(...others.map(({startedAt}) => startedAt))
    const earliestEnd = Math.min(...others.map(({endedAt}) => endedAt ?? 0))
    expect(latestStart).to.be.below(earliestEnd)
  })

  it('works with the token of a user, which names no Organization', async () => {
    const {api, env, operations} = place

    const run = await runCli(LIST, {...env, ASTRO_API_TOKEN: api.login().accessToken})

    expect(run).to.deep.include({exit: 0, stderr: ''})
    expect(operations()).to.deep.equal(['listOrganizations', 'listApiTokens'])
  })

  describe('in a project', () => {
    let project: string
    let file: string

    beforeEach(() => {
      project = newFolder('project')
      file = join(project, '.astro', 'config.yaml')
      mkdirSync(join(project, '.astro'))
    })

    it('uses its Deployment, and says so', async () => {
      writeFileSync(file, `project: {deployment: ${deployments.billing}}\n`)

      const run = await runCli(command('list'), place.env, project)

      expect(run).to.deep.include({exit: 0, stderr: `Deployment ${deployments.billing} (from ${file})\n`})
      expect(run.stdout).to.contain('nightly')
    })

    it('sends no token to the address in its config file, if HOME is empty or ASTRO_HOME is relative', async () => {
      const {api, env} = place
      writeFileSync(file, `context: localhost\nlocal: {core: "${api.url}"}\ncontexts: {localhost: {token: Bearer x}}\n`)

      for (const home of [{HOME: ''}, {ASTRO_HOME: '.'}]) {
        // A proxy that is down stands between the program and the real Astro.
        const more = {...NO_WAITS, ASTRO_DOMAIN: undefined, HTTPS_PROXY: 'http://127.0.0.1:1', ...home}
        const withToken = await runCli(LIST, {...env, ...more}, project)
        const withoutToken = await runCli(LIST, {...env, ...more, ASTRO_API_TOKEN: undefined}, project)

        expect([withToken.exit, withoutToken.exit]).to.deep.equal([1, 4])
        expect(withToken.stderr).to.contain('127.0.0.1:1')
      }

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
