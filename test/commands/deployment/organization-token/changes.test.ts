import {expect} from 'chai'

import {ids, roleOnDeployment} from '../../../astro-api/world.js'
import {json} from '../../../support/run-command.js'
import {createEmulated, PAGE} from '../../emulated.js'

const {
  deployments: {billing, etlProd, mlTraining, reports, sandbox},
  tokens: {ciPipeline, dataQuality, deployBot},
} = ids
const ADMIN = 'DEPLOYMENT_ADMIN'
const BY_DEFAULT = 'No --role specified; updating to DEPLOYMENT_ADMIN.\n'
const onThese = (...deploymentIds: string[]) => deploymentIds.flatMap((id) => ['--deployment-id', id])
const onEtl = onThese(etlProd)
const onTraining = [dataQuality, ...onThese(mlTraining)]

const on = createEmulated()

describe('deployment organization-token', () => {
  beforeEach(on.start)

  afterEach(on.stop)

  describe('add', () => {
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
      const [member, admin, staging] = on.roles(deployBot)
      const flags = onThese(etlProd, reports, sandbox, reports.toUpperCase())

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
  })

  describe('update', () => {
    it('changes the role in its place and leaves everything else unchanged', async () => {
      const expected = on
        .roles(dataQuality)
        .map((entry) => (entry.entityId === mlTraining ? {...entry, role: ADMIN} : entry))
      const run = await on.run('update', onTraining)

      const stdout = `Updated data-quality (${dataQuality}) on Deployment ${mlTraining}: Deploy Reader → DEPLOYMENT_ADMIN.\n`
      expect(run).to.deep.include({exit: 0, stderr: BY_DEFAULT, stdout})
      expect(on.roles(dataQuality)).to.deep.equal(expected)
    })

    it('looks for a name among the tokens of the Deployment', async () => {
      const [, document] = await on.runJson('update', ['-n', 'deploy-bot', ...onThese(reports), '-r', 'Log Reader'])

      const change = {role: 'Log Reader', previous_role: 'Deploy Operator', action: 'updated'}
      expect(document).to.have.deep.property('deployments', [{deployment_id: reports, ...change}])
      expect(on.sent()[0]).to.equal(`GET tokens?deploymentId=${reports}&${PAGE}`)
    })

    it('writes nothing if the token lacks a role on one of the Deployments, and names each of those', async () => {
      const run = await on.run('update', [deployBot, ...onThese(etlProd, billing, sandbox)])

      const command = `astro deployment organization-token add ${deployBot} --role DEPLOYMENT_ADMIN`
      const error =
        `Error: The token "deploy-bot" has no role on Deployments ${billing}, ${sandbox}.\n` +
        `To give it the role: ${command} ${onThese(billing, sandbox).join(' ')}\n`
      expect(run).to.deep.include({exit: 3, stdout: '', stderr: `${BY_DEFAULT}${error}`})
      expect(on.sent().filter((line) => line.startsWith('POST'))).to.deep.equal([])
    })
  })

  describe('remove', () => {
    it('removes the role, leaves every other one unchanged, and says that DAG roles stay', async () => {
      const others = on.roles(dataQuality).filter(({entityId}) => entityId !== mlTraining)

      expect(await on.run('remove', onTraining)).to.deep.include({
        exit: 0,
        stdout: `Removed data-quality (${dataQuality}) from Deployment ${mlTraining}, where its role was Deploy Reader.\n`,
        stderr: `data-quality keeps its roles on DAGs in Deployment ${mlTraining}.\n`,
      })
      expect(on.roles(dataQuality)).to.deep.equal(others)
    })

    it('prints the documented JSON', async () => {
      const document = {
        id: deployBot,
        name: 'deploy-bot',
        scope: 'ORGANIZATION',
        action: 'removed',
        deployment_id: etlProd,
        dry_run: false,
        deployments: [{deployment_id: etlProd, previous_role: ADMIN, action: 'removed'}],
      }
      expect(await on.runJson('remove', [deployBot, ...onEtl])).to.deep.equal([0, document])
    })

    it('says that Astro left DEPLOYMENT_ACCESSOR where the token has roles on DAGs, in both forms', async () => {
      on.api.world.addsAccessors = true
      const {roles} = on.token(dataQuality)
      const text = await on.run('remove', onTraining)
      Object.assign(on.token(dataQuality), {roles})
      const document = json(await on.run('remove', [...onTraining, '--json']))

      expect(text.exit).to.equal(0)
      expect(text.stdout).to.match(
        /Deploy Reader\. Astro left DEPLOYMENT_ACCESSOR there, which the token's roles on DAGs need\.\n$/,
      )
      expect(document).to.have.nested.property('deployments[0].role', 'DEPLOYMENT_ACCESSOR')
    })
  })
})
