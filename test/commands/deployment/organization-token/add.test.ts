import {expect} from 'chai'

import {ids, roleOnDeployment} from '../../../astro-api/world.js'
import {createEmulated, PAGE} from '../../emulated.js'

const {deployments, tokens} = ids
const ADMIN = 'DEPLOYMENT_ADMIN'
const onEtl = ['--deployment-id', deployments.etlProd]

const on = createEmulated()
const withoutDeploymentRoles = (body: object) => ({...body, deploymentRoles: null})

describe('deployment organization-token add', () => {
  before(on.start)

  afterEach(on.reset)

  after(on.stop)

  it('sends every other role back exactly as it was read, and the new one after them', async () => {
    const before = on.roles(tokens.dataQuality)

    const [exit, document] = await on.runJson('add', [tokens.dataQuality, ...onEtl])

    expect(exit).to.equal(0)
    expect(on.sent()).to.deep.equal([`GET tokens/${tokens.dataQuality}`, `POST tokens/${tokens.dataQuality}/roles`])
    expect(on.api.requests[1]?.body).to.deep.equal({roles: [...before, roleOnDeployment(deployments.etlProd, ADMIN)]})
    expect(document).to.deep.equal({
      id: tokens.dataQuality,
      name: 'data-quality',
      description: '',
      scope: 'ORGANIZATION',
      kind: 'STANDARD',
      role: ADMIN,
      created_at: on.token(tokens.dataQuality).createdAt,
      created_by: 'Ada Byron',
      dry_run: false,
      deployments: [{deployment_id: deployments.etlProd, role: ADMIN, action: 'added'}],
    })
  })

  it('prints one line, and identifies itself and the caller to the API', async () => {
    const ASTRO_API_TOKEN = on.api.apiToken()
    const argv = [tokens.ciPipeline, ...onEtl, '-r', 'Deploy Reader']

    const run = await on.run('add', argv, {env: {ASTRO_API_TOKEN}})

    expect(run).to.deep.include({
      exit: 0,
      stderr: '',
      stdout: `Added ci-pipeline (${tokens.ciPipeline}) to Deployment ${deployments.etlProd} as Deploy Reader.\n`,
    })
    const headers = on.api.requests[0]?.headers
    expect(headers).to.include({authorization: `Bearer ${ASTRO_API_TOKEN}`, accept: 'application/json'})
    expect(headers?.['user-agent']).to.match(/^astro-plugin-organization-token\/\d+\.\d+\.\d+ node\/\d+/)
  })

  it('says that --workspace-id has no effect if a Deployment is named', async () => {
    const argv = [tokens.ciPipeline, '--deployment', deployments.etlProd, '--workspace', 'w1']
    const byFlag = await on.run('add', argv)
    const byVariable = await on.run('list', argv.slice(3), {env: {ASTRO_DEPLOYMENT_ID: deployments.etlProd}})

    expect(byFlag).to.include({
      exit: 0,
      stderr: '--workspace-id has no effect on a Deployment that is specified by its ID.\n',
    })
    expect(byVariable.stderr).to.contain(
      '\n--workspace-id has no effect on a Deployment that is specified by its ID.\n',
    )
  })

  it('finds a token by its exact name among the tokens of the Organization', async () => {
    on.token(tokens.deployBot).name = 'CI-pipeline'

    const run = await on.run('add', ['-n', 'ci-pipeline', ...onEtl])

    expect(run.exit).to.equal(0)
    expect(on.sent()).to.deep.equal([
      `GET tokens?includeOnlyOrganizationTokens=true&${PAGE}`,
      `GET tokens/${tokens.ciPipeline}`,
      `POST tokens/${tokens.ciPipeline}/roles`,
    ])
  })

  it('writes nothing if the token already has the role', async () => {
    const run = await on.run('add', [tokens.deployBot, ...onEtl])

    expect(run).to.deep.include({
      exit: 0,
      stdout: `deploy-bot (${tokens.deployBot}) already has DEPLOYMENT_ADMIN on Deployment ${deployments.etlProd}. Nothing changed.\n`,
    })
    expect(on.sent()).to.deep.equal([`GET tokens/${tokens.deployBot}`])
  })

  it('changes several Deployments in one write, each once, and a different role in its place', async () => {
    const {etlProd, reports, sandbox} = deployments
    const flags = [etlProd, reports, sandbox, reports.toUpperCase()].flatMap((id) => ['--deployment-id', id])
    const [member, admin, staging] = on.roles(tokens.deployBot)

    const [, document] = await on.runJson('add', [...flags, tokens.deployBot, '--role', 'DEPLOYMENT_ADMIN'])

    expect(document).to.have.deep.property('deployments', [
      {deployment_id: etlProd, role: ADMIN, previous_role: ADMIN, action: 'unchanged'},
      {deployment_id: reports, role: ADMIN, previous_role: 'Deploy Operator', action: 'updated'},
      {deployment_id: sandbox, role: ADMIN, action: 'added'},
    ])
    const added = [reports, sandbox].map((id) => roleOnDeployment(id, ADMIN))
    expect(on.roles(tokens.deployBot)).to.deep.equal([member, admin, staging, ...added])
    expect(on.sent()).to.have.length(2)
  })

  it('names the source of the Deployment on stderr, with --json too', async () => {
    const env = {ASTRO_DEPLOYMENT_ID: deployments.etlProd}
    for (const argv of [[tokens.deployBot], [tokens.deployBot, '--json']]) {
      const {stderr} = await on.run('add', argv, {env})
      expect(stderr).to.equal(`Deployment ${deployments.etlProd} (from ASTRO_DEPLOYMENT_ID)\n`)
    }
  })

  it('reads again after a write whose response shows other roles than were sent', async () => {
    on.api.inject({operationId: 'updateApiTokenRoles', action: {kind: 'edit', edit: withoutDeploymentRoles}})

    const [exit, document] = await on.runJson('add', [tokens.ciPipeline, ...onEtl])

    expect(exit).to.equal(0)
    expect(document).to.have.nested.property('deployments[0].action', 'added')
    expect(on.sent().filter((line) => line.startsWith('GET'))).to.have.length(2)
  })

  it('lists the roles that exist if the API rejects the role', async () => {
    const [exit, document] = await on.runJson('add', [tokens.ciPipeline, ...onEtl, '--role', 'Deploy Raeder'])

    expect(exit).to.equal(3)
    expect(document).to.deep.equal({
      error: {
        kind: 'not_found',
        message: 'No Deployment role is named "Deploy Raeder".',
        exit: 3,
        hint: 'Did you mean "Deploy Reader"? Other Deployment roles: DEPLOYMENT_ACCESSOR, DEPLOYMENT_ADMIN, Deploy Operator, Log Reader',
        status: 400,
        request_id: 'emulator-000002',
        candidates: [
          {name: 'Deploy Reader'},
          {name: 'Deploy Operator'},
          {name: 'Log Reader'},
          {name: 'DEPLOYMENT_ACCESSOR'},
          {name: 'DEPLOYMENT_ADMIN'},
        ],
      },
    })
    expect(on.sent().at(-1)).to.equal('GET roles?includeDefaultRoles=true&limit=1000&scopeTypes=DEPLOYMENT&offset=0')
  })
})
