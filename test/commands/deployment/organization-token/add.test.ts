import {expect} from 'chai'

import {ids, roleOnDeployment} from '../../../astro-api/world.js'
import {createEmulated, PAGE} from '../../emulated.js'

const {
  deployments: {etlProd, reports, sandbox},
  tokens: {ciPipeline, dataQuality, deployBot},
} = ids
const ADMIN = 'DEPLOYMENT_ADMIN'
const onEtl = ['--deployment-id', etlProd]

const on = createEmulated()

describe('deployment organization-token add', () => {
  before(on.start)

  afterEach(on.reset)

  after(on.stop)

  it('sends every other role back exactly as it was read, and the new one after them', async () => {
    const before = on.roles(dataQuality)
    const [exit, document] = await on.runJson('add', [dataQuality, ...onEtl])

    expect(exit).to.equal(0)
    expect(on.sent()).to.deep.equal([`GET tokens/${dataQuality}`, `POST tokens/${dataQuality}/roles`])
    expect(on.api.requests[1]?.body).to.deep.equal({roles: [...before, roleOnDeployment(etlProd, ADMIN)]})
    expect(document).to.deep.equal({
      id: dataQuality,
      name: 'data-quality',
      description: '',
      scope: 'ORGANIZATION',
      kind: 'STANDARD',
      role: ADMIN,
      created_at: on.token(dataQuality).createdAt,
      created_by: 'Ada Byron',
      dry_run: false,
      deployments: [{deployment_id: etlProd, role: ADMIN, action: 'added'}],
    })
  })

  it('prints one line, and identifies itself and the caller to the API', async () => {
    const ASTRO_API_TOKEN = on.api.apiToken()
    const run = await on.run('add', [ciPipeline, ...onEtl, '-r', 'Deploy Reader'], {env: {ASTRO_API_TOKEN}})

    const stdout = `Added ci-pipeline (${ciPipeline}) to Deployment ${etlProd} as Deploy Reader.\n`
    expect(run).to.deep.include({exit: 0, stderr: '', stdout})
    const headers = on.api.requests[0]?.headers
    expect(headers).to.include({authorization: `Bearer ${ASTRO_API_TOKEN}`, accept: 'application/json'})
    expect(headers?.['user-agent']).to.match(/^astro-plugin-organization-token\/\d+\.\d+\.\d+ node\/\d+/)
  })

  it('finds a token by its exact name among the tokens of the Organization', async () => {
    on.token(deployBot).name = 'CI-pipeline'

    expect(await on.run('add', ['-n', 'ci-pipeline', ...onEtl])).to.include({exit: 0})
    expect(on.sent()).to.deep.equal([
      `GET tokens?includeOnlyOrganizationTokens=true&${PAGE}`,
      `GET tokens/${ciPipeline}`,
      `POST tokens/${ciPipeline}/roles`,
    ])
  })

  it('writes nothing if the token already has the role', async () => {
    const stdout = `deploy-bot (${deployBot}) already has DEPLOYMENT_ADMIN on Deployment ${etlProd}. Nothing changed.\n`
    expect(await on.run('add', [deployBot, ...onEtl])).to.deep.include({exit: 0, stdout})
    expect(on.sent()).to.deep.equal([`GET tokens/${deployBot}`])
  })

  it('changes several Deployments in one write, each once, and a different role in its place', async () => {
    const flags = [etlProd, reports, sandbox, reports.toUpperCase()].flatMap((id) => ['--deployment-id', id])
    const [member, admin, staging] = on.roles(deployBot)

    const [, document] = await on.runJson('add', [...flags, deployBot, '--role', ADMIN])

    expect(document).to.have.deep.property('deployments', [
      {deployment_id: etlProd, role: ADMIN, previous_role: ADMIN, action: 'unchanged'},
      {deployment_id: reports, role: ADMIN, previous_role: 'Deploy Operator', action: 'updated'},
      {deployment_id: sandbox, role: ADMIN, action: 'added'},
    ])
    const added = [reports, sandbox].map((id) => roleOnDeployment(id, ADMIN))
    expect(on.roles(deployBot)).to.deep.equal([member, admin, staging, ...added])
    expect(on.sent()).to.have.length(2)
  })

  it('names the source of the Deployment on stderr, with --json too, and says if --workspace-id has no effect', async () => {
    const env = {ASTRO_DEPLOYMENT_ID: etlProd}
    const source = `Deployment ${etlProd} (from ASTRO_DEPLOYMENT_ID)\n`
    const noEffect = '--workspace-id has no effect on a Deployment that is specified by its ID.\n'
    for (const [argv, options, stderr] of [
      [[], {env}, source],
      [['--json'], {env}, source],
      [['--workspace', 'w1'], {env}, `${source}${noEffect}`],
      [['--workspace', 'w1', '--deployment', etlProd], {}, noEffect],
    ] as const) {
      expect(await on.run('add', [deployBot, ...argv], options)).to.include({exit: 0, stderr})
    }
  })

  it('reads again after a write whose response shows other roles than were sent', async () => {
    const action = {kind: 'edit', edit: (body: object) => ({...body, deploymentRoles: null})} as const
    on.api.inject({operationId: 'updateApiTokenRoles', action})

    const [exit, document] = await on.runJson('add', [ciPipeline, ...onEtl])

    expect(exit).to.equal(0)
    expect(document).to.have.nested.property('deployments[0].action', 'added')
    expect(on.sent().filter((line) => line.startsWith('GET'))).to.have.length(2)
  })
})
