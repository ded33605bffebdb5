import {expect} from 'chai'

import {ids} from '../../../astro-api/world.js'
import {json} from '../../../support/run-command.js'
import {createEmulated} from '../../emulated.js'

const {
  deployments: {etlProd, mlTraining},
  tokens: {dataQuality, deployBot},
} = ids
const argv = [dataQuality, '--deployment-id', mlTraining]

const on = createEmulated()

describe('deployment organization-token remove', () => {
  before(on.start)

  afterEach(on.reset)

  after(on.stop)

  it('removes the role, leaves every other one unchanged, and says that DAG roles stay', async () => {
    const others = on.roles(dataQuality).filter(({entityId}) => entityId !== mlTraining)

    expect(await on.run('remove', argv)).to.deep.include({
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
      deployments: [{deployment_id: etlProd, previous_role: 'DEPLOYMENT_ADMIN', action: 'removed'}],
    }
    expect(await on.runJson('remove', [deployBot, '--deployment-id', etlProd])).to.deep.equal([0, document])
  })

  it('says that Astro left DEPLOYMENT_ACCESSOR where the token has roles on DAGs, in both forms', async () => {
    on.api.world.addsAccessors = true
    const {roles} = on.token(dataQuality)
    const text = await on.run('remove', argv)
    Object.assign(on.token(dataQuality), {roles})
    const document = json(await on.run('remove', [...argv, '--json']))

    expect(text.exit).to.equal(0)
    expect(text.stdout).to.match(
      /Deploy Reader\. Astro left DEPLOYMENT_ACCESSOR there, which the token's roles on DAGs need\.\n$/,
    )
    expect(document).to.have.nested.property('deployments[0].role', 'DEPLOYMENT_ACCESSOR')
  })
})
