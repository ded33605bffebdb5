import {expect} from 'chai'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {bigWorld, bigWorldId} from '../astro-api/big-world.js'
import {ids} from '../astro-api/world.js'
import {BIN, newFolder, runCli, runShell, shellWords} from '../support/run-cli.js'
import {command, createPlace, roleOnDeployment, rolesOf} from './support.js'

const {deployments, tokens} = ids

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

  it('uses the Deployment of the project in the working directory, and names the file on stderr', async () => {
    const project = newFolder('project')
    const file = join(project, '.astro', 'config.yaml')
    mkdirSync(join(project, '.astro'))
    writeFileSync(file, `project: {deployment: ${deployments.billing}}\n`)

    const run = await runCli(command('list'), place.env, project)

    expect(run).to.deep.include({exit: 0, stderr: `Deployment ${deployments.billing} (from ${file})\n`})
    expect(run.stdout).to.contain('nightly')
  })

  it('works for a user that the system does not know, without HOME and SHELL', async () => {
    const {HOME, ...env} = place.env
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(UNKNOWN_USER)}`

    const list = command('list', '--deployment-id', deployments.etlProd)
    const run = await runCli(list, {...env, ASTRO_HOME: HOME, NODE_OPTIONS})

    expect(run).to.deep.include({exit: 0, stderr: ''})
  })

  it('changes and lists 2,000 Deployments with one write in little memory, in an Organization of 10,000 tokens', async () => {
    const {api, operations} = place
    const {deployments: all, tokens: many} = bigWorld({tokens: 10_000, deployments: 2000, rolesPerToken: 3})
    Object.assign(api.world, {deployments: all, tokens: many})
    const id = bigWorldId('token', 0)
    const before = rolesOf(api, id)
    // In megabytes: a list that is copied needlessly does not fit.
    const env = {...place.env, NODE_OPTIONS: '--max-old-space-size=128'}

    const add = await runCli(command('add', id, '--all-deployments', '--yes', '--role', 'Log Reader'), env)
    const list = await runCli(command('list', '--all-deployments', '--csv'), env)

    expect([add.exit, list.exit]).to.deep.equal([0, 0])
    const others = before.filter(({entityType}) => entityType !== 'DEPLOYMENT')
    const given = all.map((deployment) => roleOnDeployment(deployment.id, 'Log Reader'))
    expect(textsOf(rolesOf(api, id))).to.deep.equal(textsOf([...others, ...given]))
    expect(operations().filter((operation) => operation === 'updateApiTokenRoles')).to.have.length(1)
    expect(list.stdout.split('\r\n')).to.have.length(1 + 2000 + 9999 * 3 + 1)
  })
})

/** Comparing them is faster than deep members. */
function textsOf(roles: readonly unknown[]): string[] {
  return roles.map((role) => JSON.stringify(role)).toSorted()
}
