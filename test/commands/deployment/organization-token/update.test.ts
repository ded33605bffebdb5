import {expect} from 'chai'

import {ids} from '../../../astro-api/world.js'
import {createEmulated, PAGE} from '../../emulated.js'

const {deployments, tokens} = ids
const flagsFor = (...deploymentIds: string[]) => deploymentIds.flatMap((id) => ['--deployment-id', id])

const on = createEmulated()

describe('deployment organization-token update', () => {
  before(on.start)

  afterEach(on.reset)

  after(on.stop)

  it('changes the role in its place and leaves everything else unchanged', async () => {
    const before = on.roles(tokens.dataQuality)

    const run = await on.run('update', [tokens.dataQuality, ...flagsFor(deployments.mlTraining)])

    expect(run).to.deep.include({
      exit: 0,
      stderr: 'No --role specified; updating to DEPLOYMENT_ADMIN.\n',
      stdout: `Updated data-quality (${tokens.dataQuality}) on Deployment ${deployments.mlTraining}: Deploy Reader → DEPLOYMENT_ADMIN.\n`,
    })
    const expected = before.map((entry) =>
      entry.entityId === deployments.mlTraining ? {...entry, role: 'DEPLOYMENT_ADMIN'} : entry,
    )
    expect(on.roles(tokens.dataQuality)).to.deep.equal(expected)
  })

  it('looks for a name among the tokens of the Deployment', async () => {
    const argv = ['-n', 'deploy-bot', ...flagsFor(deployments.reports), '-r', 'Log Reader']

    const [, document] = await on.runJson('update', argv)

    const change = {role: 'Log Reader', previous_role: 'Deploy Operator', action: 'updated'}
    expect(document).to.have.deep.property('deployments', [{deployment_id: deployments.reports, ...change}])
    expect(on.sent()[0]).to.equal(`GET tokens?deploymentId=${deployments.reports}&${PAGE}`)
  })

  it('writes nothing if the token lacks a role on one of the Deployments, and names each of those', async () => {
    const {billing, etlProd, sandbox} = deployments

    const run = await on.run('update', [tokens.deployBot, ...flagsFor(etlProd, billing, sandbox)])

    const command = `astro deployment organization-token add ${tokens.deployBot} --role DEPLOYMENT_ADMIN`
    expect(run).to.deep.include({
      exit: 3,
      stdout: '',
      stderr:
        'No --role specified; updating to DEPLOYMENT_ADMIN.\n' +
        `Error: The token "deploy-bot" has no role on Deployments ${billing}, ${sandbox}.\n` +
        `To give it the role: ${command} ${flagsFor(billing, sandbox).join(' ')}\n`,
    })
    expect(on.sent().filter((line) => line.startsWith('POST'))).to.deep.equal([])
  })
})
