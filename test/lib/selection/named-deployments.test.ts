import {expect} from 'chai'

import {readNamedDeployments} from '../../../src/lib/selection/named-deployments.js'
import {failureOf} from '../support.js'
import {NAMED, type Sources, WRONG} from './named-deployments-table.js'

const read = async ({flag, project, variable}: Sources) =>
  readNamedDeployments({
    flag,
    env: {ASTRO_DEPLOYMENT_ID: variable},
    async readProject() {
      if (project === undefined) throw new Error('the project is read')
      return project === null ? undefined : {deploymentId: project, path: '/p/config.yaml'}
    },
  })

describe('readNamedDeployments', () => {
  for (const [title, sources, deploymentIds, source] of NAMED) {
    it(title, async () => {
      expect(await read(sources)).to.deep.equal({deploymentIds, source})
    })
  }

  it('returns undefined if no source names a Deployment', async () => {
    expect(await read({project: null})).to.equal(undefined)
  })

  for (const [title, sources, kind, message] of WRONG) {
    it(`rejects ${title}`, async () => {
      expect(await failureOf(async () => read(sources))).to.include({kind, message})
    })
  }
})
