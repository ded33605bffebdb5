import {expect} from 'chai'

import {selectDeployments} from '../../src/lib/deployments.js'
import {failureOf} from './support.js'

describe('selectDeployments', () => {
  it('takes the flag before the environment', () => {
    expect(selectDeployments(['d1'], {ASTRO_DEPLOYMENT_ID: 'd2'})).to.deep.equal({
      deploymentIds: ['d1'],
      source: '--deployment-id',
    })
  })

  it('does not look at the environment where there is the flag', () => {
    expect(selectDeployments(['d1'], {ASTRO_DEPLOYMENT_ID: 'not an ID'}).deploymentIds).to.deep.equal(['d1'])
  })

  it('names each Deployment once, in the order of the flags', () => {
    expect(selectDeployments(['d2', ' D1 ', 'D2', 'd1'], {}).deploymentIds).to.deep.equal(['d2', 'd1'])
  })

  it('takes the Deployment from ASTRO_DEPLOYMENT_ID, and says so', () => {
    const fromVariable = {deploymentIds: ['d2'], source: 'ASTRO_DEPLOYMENT_ID'}
    expect(selectDeployments(undefined, {ASTRO_DEPLOYMENT_ID: ' D2 '})).to.deep.equal(fromVariable)
    expect(selectDeployments([], {ASTRO_DEPLOYMENT_ID: 'd2'})).to.deep.equal(fromVariable)
  })

  it('refuses a flag that is no ID, though another one is', async () => {
    const failure = await failureOf(() => selectDeployments(['d1', 'd/2'], {}))
    expect(failure.kind).to.equal('usage')
    expect(failure.message).to.contain('--deployment-id').and.contain('"d/2"')
  })

  it('does not fall back on the environment from an empty flag', async () => {
    const failure = await failureOf(() => selectDeployments([''], {ASTRO_DEPLOYMENT_ID: 'd2'}))
    expect(failure).to.include({kind: 'usage', message: '--deployment-id is empty.'})
  })

  it('refuses a variable that is no ID, and names it', async () => {
    const failure = await failureOf(() => selectDeployments(undefined, {ASTRO_DEPLOYMENT_ID: 'my deployment'}))
    expect(failure.kind).to.equal('usage')
    expect(failure.message).to.contain('ASTRO_DEPLOYMENT_ID').and.contain('"my deployment"')
  })

  for (const env of [{}, {ASTRO_DEPLOYMENT_ID: ''}, {ASTRO_DEPLOYMENT_ID: '  '}]) {
    it(`says how to name one where the environment is ${JSON.stringify(env)}`, async () => {
      const failure = await failureOf(() => selectDeployments(undefined, env))
      expect(failure.kind).to.equal('usage')
      expect(failure.details.hint).to.contain('--deployment-id').and.contain('ASTRO_DEPLOYMENT_ID')
    })
  }
})
