import {expect} from 'chai'

import {bigWorld, bigWorldId} from '../astro-api/big-world.js'
import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {type World} from '../astro-api/world.js'
import {type Env, envFor, runCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {roleOn, rolesOf} from './support.js'

const COMMAND = ['deployment', 'organization-token']
const AUDIT = [...COMMAND, 'list', '--all-deployments']

/** What a command may use for its objects, in megabytes: a list that is copied without need would not fit. */
const HEAP = 128

describe('the program in a large Organization', function () {
  this.timeout(60_000)
  let api: AstroApi
  let env: Env

  const start = async (world: World) => {
    api = await startAstroApi({world})
    env = envFor(api, {NODE_OPTIONS: `--max-old-space-size=${HEAP}`})
  }

  afterEach(async () => {
    const {violations} = api
    await api.close()
    expect(violations).to.deep.equal([])
  })

  it('shows where 500 tokens are used over 200 Deployments by two requests', async () => {
    await start(bigWorld({tokens: 500, deployments: 200, rolesPerToken: 4}))

    const run = await runCli([...AUDIT, '--columns=name,deployment_name', '--no-header'], env)

    expect(run).to.deep.include({exit: 0, stderr: ''})
    expect(run.stdout.split('\n')).to.have.length(2000 + 1)
    expect(run.stdout).to.contain('token-00500\tdeployment-0103\n')
    expect(api.requests.map(({operationId}) => operationId)).to.have.members(['listApiTokens', 'listDeployments'])
  })

  describe('of 10,000 tokens, 2,000 Deployments, and a token on all of these', () => {
    beforeEach(async () => {
      const world = bigWorld({tokens: 10_000, deployments: 2000, rolesPerToken: 3})
      const [first] = world.tokens
      if (first) first.roles = world.deployments.map(({id}) => roleOn(id, 'DEPLOYMENT_ADMIN'))
      await start(world)
    })

    it('shows where they are used, as lines, CSV and JSON', async () => {
      const lines = await runCli([...AUDIT, '--sort=-created'], env)
      const csv = await runCli([...AUDIT, '--csv'], env)
      const document = json(await runCli([...AUDIT, '--json'], env))

      const rows = 2000 + 9999 * 3
      expect([lines.exit, csv.exit]).to.deep.equal([0, 0])
      expect(lines.stdout.split('\n')).to.have.length(1 + rows + 1)
      expect(csv.stdout.split('\r\n')).to.have.length(1 + rows + 1)
      expect(document).to.have.property('tokens').with.length(10_000)
      expect(api.requests).to.have.length(3 * (11 + 3))
    })

    it('lists those of one Deployment', async () => {
      const run = await runCli([...COMMAND, 'list', '--deployment-id', bigWorldId('deployment', 7)], env)

      expect(run.exit).to.equal(0)
      expect(run.stdout.trim().split('\n')).to.have.length(1 + 1 + 5 * 3)
    })

    it('changes one of 2,000 roles, and keeps the others as they are', async () => {
      const id = bigWorldId('token', 0)
      const deployment = bigWorldId('deployment', 1234)
      const before = rolesOf(api, id)

      const run = await runCli([...COMMAND, 'add', id, '--deployment-id', deployment, '-r', 'Deploy Reader'], env)

      expect(run.exit).to.equal(0)
      expect(rolesOf(api, id)).to.deep.equal(before.with(1234, roleOn(deployment, 'Deploy Reader')))
    })
  })
})
