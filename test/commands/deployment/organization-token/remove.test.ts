import {expect} from 'chai'

import {ids} from '../../../astro-api/world.js'
import {roleOnDeployment} from '../../../lib/fake-astro-api.js'
import {createEmulated} from '../../emulated.js'

const {deployments, tokens} = ids
const {etlProd} = deployments
const argv = [tokens.dataQuality, '--deployment-id', etlProd]

const on = createEmulated()

describe('deployment organization-token remove', () => {
  before(on.start)

  afterEach(on.reset)

  after(on.stop)

  it('removes the role, leaves every other one unchanged, and says that DAG roles stay', async () => {
    const others = on.roles(tokens.dataQuality)
    on.token(tokens.dataQuality).roles = [...others, roleOnDeployment(etlProd, 'Deploy Reader')]

    const run = await on.run('remove', argv)

    expect(run).to.deep.include({
      exit: 0,
      stdout: `Removed data-quality (${tokens.dataQuality}) from Deployment ${etlProd}, where its role was Deploy Reader.\n`,
      stderr: `data-quality keeps its roles on DAGs in Deployment ${etlProd}.\n`,
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
      dry_run: false,
      deployment_id: etlProd,
      deployments: [{deployment_id: etlProd, previous_role: 'DEPLOYMENT_ADMIN', action: 'removed'}],
    })
  })

  it('never leaves a token without any role', async () => {
    on.token(tokens.dataQuality).roles = [roleOnDeployment(etlProd, 'Deploy Reader')]

    const [exit, document] = await on.runJson('remove', argv)

    expect(exit).to.equal(5)
    expect(document).to.have.nested.property('error.kind', 'conflict')
    expect(on.sent()).to.have.length(1)
  })

  it('fails if the token only has DAG roles on the Deployment', async () => {
    const [exit, document] = await on.runJson('remove', argv)

    expect(exit).to.equal(3)
    expect(document).to.have.nested.property(
      'error.message',
      `The token "data-quality" has no role on Deployment ${etlProd}. It only has roles on DAGs there.`,
    )
  })
})
