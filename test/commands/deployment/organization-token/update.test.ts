import {expect} from 'chai'

import {ids} from '../../../astro-api/world.js'
import {createEmulated, PAGE} from '../../emulated.js'

const {
  deployments: {billing, etlProd, mlTraining, reports, sandbox},
  tokens: {dataQuality, deployBot},
} = ids
const flagsFor = (...deploymentIds: string[]) => deploymentIds.flatMap((id) => ['--deployment-id', id])
const DEFAULT = 'No --role specified; updating to DEPLOYMENT_ADMIN.\n'

const on = createEmulated()

describe('deployment organization-token update', () => {
  before(on.start)

  afterEach(on.reset)

  after(on.stop)

  it('changes the role in its place and leaves everything else unchanged', async () => {
    const expected = on
      .roles(dataQuality)
      .map((entry) => (entry.entityId === mlTraining ? {...entry, role: 'DEPLOYMENT_ADMIN'} : entry))
    const run = await on.run('update', [dataQuality, ...flagsFor(mlTraining)])

    const stdout = `Updated data-quality (${dataQuality}) on Deployment ${mlTraining}: Deploy Reader → DEPLOYMENT_ADMIN.\n`
    expect(run).to.deep.include({exit: 0, stderr: DEFAULT, stdout})
    expect(on.roles(dataQuality)).to.deep.equal(expected)
  })

  it('looks for a name among the tokens of the Deployment', async () => {
    const [, document] = await on.runJson('update', ['-n', 'deploy-bot', ...flagsFor(reports), '-r', 'Log Reader'])

    const change = {role: 'Log Reader', previous_role: 'Deploy Operator', action: 'updated'}
    expect(document).to.have.deep.property('deployments', [{deployment_id: reports, ...change}])
    expect(on.sent()[0]).to.equal(`GET tokens?deploymentId=${reports}&${PAGE}`)
  })

  it('writes nothing if the token lacks a role on one of the Deployments, and names each of those', async () => {
    const run = await on.run('update', [deployBot, ...flagsFor(etlProd, billing, sandbox)])

    const command = `astro deployment organization-token add ${deployBot} --role DEPLOYMENT_ADMIN`
    const error =
      `Error: The token "deploy-bot" has no role on Deployments ${billing}, ${sandbox}.\n` +
      `To give it the role: ${command} ${flagsFor(billing, sandbox).join(' ')}\n`
    expect(run).to.deep.include({exit: 3, stdout: '', stderr: `${DEFAULT}${error}`})
    expect(on.sent().filter((line) => line.startsWith('POST'))).to.deep.equal([])
  })
})
