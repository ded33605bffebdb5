import {expect} from 'chai'

import {ids, roleOnDeployment} from '../../../astro-api/world.js'
import {json} from '../../../support/run-command.js'
import {createEmulated} from '../../emulated.js'

const {deployments, tokens} = ids
const {etlProd, mlTraining} = deployments
const argv = [tokens.dataQuality, '--deployment-id', mlTraining]

const on = createEmulated()

describe('deployment organization-token remove', () => {
  before(on.start)

  afterEach(on.reset)

  after(on.stop)

  it('removes the role, leaves every other one unchanged, and says that DAG roles stay', async () => {
    const others = on.roles(tokens.dataQuality).filter(({entityId}) => entityId !== mlTraining)

    const run = await on.run('remove', argv)

    expect(run).to.deep.include({
      exit: 0,
      stdout: `Removed data-quality (${tokens.dataQuality}) from Deployment ${mlTraining}, where its role was Deploy Reader.\n`,
      stderr: `data-quality keeps its roles on DAGs in Deployment ${mlTraining}.\n`,
    })
    expect(on.roles(tokens.dataQuality)).to.deep.equal(others)
  })

  it('prints the documented JSON', async () => {
    const [exit, document] = await on.runJson('remove', [tokens.deployBot, '--deployment-id', etlProd])

    expect(exit).to.equal(0)
    expect(document).to.deep.equal({
      id: tokens.deployBot,
      name: 'deploy-bot',
      scope: 'ORGANIZATION',
      action: 'removed',
      deployment_id: etlProd,
      dry_run: false,
      deployments: [{deployment_id: etlProd, previous_role: 'DEPLOYMENT_ADMIN', action: 'removed'}],
    })
  })

  describe('where the token has roles on DAGs', () => {
    it('says that Astro left DEPLOYMENT_ACCESSOR', async () => {
      on.api.world.addsAccessors = true

      const {exit, stdout} = await on.run('remove', argv)

      expect(exit).to.equal(0)
      expect(stdout).to.match(
        /Deploy Reader\. Astro left DEPLOYMENT_ACCESSOR there, which the token's roles on DAGs need\.\n$/,
      )
    })

    it('has that role in JSON', async () => {
      on.api.world.addsAccessors = true
      const run = await on.run('remove', [...argv, '--json'])
      expect(json(run)).to.have.nested.property('deployments[0].role', 'DEPLOYMENT_ACCESSOR')
    })

    it('hints at the update that keeps them if Astro rejects the removal', async () => {
      on.api.world.needsAccessors = true

      const [exit, document] = await on.runJson('remove', argv)

      const update = `astro deployment organization-token update ${tokens.dataQuality} --role DEPLOYMENT_ACCESSOR`
      expect(exit).to.equal(1)
      expect(document).to.deep.nested.include({
        'error.kind': 'invalid_request',
        'error.hint': `Roles on DAGs may need a role on the Deployment. To keep them: ${update} --deployment-id ${mlTraining}`,
      })
    })
  })

  it('never leaves a token without any role', async () => {
    on.token(tokens.dataQuality).roles = [roleOnDeployment(mlTraining, 'Deploy Reader')]

    const [exit, document] = await on.runJson('remove', argv)

    expect(exit).to.equal(5)
    expect(document).to.have.nested.property('error.kind', 'conflict')
    expect(on.sent()).to.have.length(1)
  })

  it('fails if the token only has DAG roles on the Deployment', async () => {
    on.token(tokens.dataQuality).roles = on.roles(tokens.dataQuality).filter(({entityId}) => entityId !== mlTraining)

    const [exit, document] = await on.runJson('remove', argv)

    expect(exit).to.equal(3)
    expect(document).to.have.nested.property(
      'error.message',
      `The token "data-quality" has no role on Deployment ${mlTraining}. It only has roles on DAGs there.`,
    )
  })
})
