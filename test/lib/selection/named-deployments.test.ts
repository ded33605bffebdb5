import {expect} from 'chai'

import {type NamedDeployments, readNamedDeployments} from '../../../src/lib/selection/named-deployments.js'
import {type ProjectDeployment} from '../../../src/lib/selection/project-config.js'
import {failureOf} from '../support.js'

const NOBODY_LOOKS = async (): Promise<never> => {
  throw new Error('the project was looked at')
}

const NOTHING_SAVED = async (): Promise<undefined> => {
  // No project names a Deployment.
}

const SAVED = async () => ({deploymentId: 'D3', path: '/p/config.yaml'})
const WRONGLY_SAVED = async () => ({deploymentId: '../d', path: '/p/config.yaml'})

/** What is selected where the project of the working directory, if it is looked at, names this. */
async function select(
  flag: readonly string[] | undefined,
  env: NodeJS.ProcessEnv,
  readProject: () => Promise<ProjectDeployment | undefined> = NOBODY_LOOKS,
): Promise<NamedDeployments | undefined> {
  return readNamedDeployments({flag, env, readProject})
}

describe('which Deployment', () => {
  describe('selectDeployments', () => {
    it('takes the flag before the environment', async () => {
      expect(await select(['d1'], {ASTRO_DEPLOYMENT_ID: 'd2'})).to.deep.equal({
        deploymentIds: ['d1'],
        source: '--deployment-id',
      })
    })

    it('does not look at the environment where there is the flag', async () => {
      expect(await select(['d1'], {ASTRO_DEPLOYMENT_ID: 'not an ID'})).to.have.deep.property('deploymentIds', ['d1'])
    })

    it('names each Deployment once, in the order of the flags', async () => {
      expect(await select(['d2', ' D1 ', 'D2', 'd1'], {})).to.have.deep.property('deploymentIds', ['d2', 'd1'])
    })

    it('takes the Deployment from ASTRO_DEPLOYMENT_ID before the project, and says so', async () => {
      const fromVariable = {deploymentIds: ['d2'], source: 'ASTRO_DEPLOYMENT_ID'}
      expect(await select(undefined, {ASTRO_DEPLOYMENT_ID: ' D2 '})).to.deep.equal(fromVariable)
      expect(await select([], {ASTRO_DEPLOYMENT_ID: 'd2'})).to.deep.equal(fromVariable)
    })

    it('refuses a flag that is no ID, though another one is', async () => {
      const failure = await failureOf(async () => select(['d1', 'd/2'], {}))
      expect(failure.kind).to.equal('usage')
      expect(failure.message).to.contain('--deployment-id').and.contain('"d/2"')
    })

    it('does not fall back on the environment from an empty flag', async () => {
      const failure = await failureOf(async () => select([''], {ASTRO_DEPLOYMENT_ID: 'd2'}))
      expect(failure).to.include({kind: 'usage', message: '--deployment-id is empty.'})
    })

    it('refuses a variable that is no ID, and names it', async () => {
      const failure = await failureOf(async () => select(undefined, {ASTRO_DEPLOYMENT_ID: 'my deployment'}))
      expect(failure.kind).to.equal('usage')
      expect(failure.message).to.contain('ASTRO_DEPLOYMENT_ID').and.contain('"my deployment"')
    })

    for (const env of [{}, {ASTRO_DEPLOYMENT_ID: ''}, {ASTRO_DEPLOYMENT_ID: '  '}]) {
      it(`takes what the project names, and says which file, where the environment is ${JSON.stringify(env)}`, async () => {
        expect(await select(undefined, env, SAVED)).to.deep.equal({deploymentIds: ['d3'], source: '/p/config.yaml'})
        expect(await select(undefined, env, NOTHING_SAVED)).to.equal(undefined)
      })
    }

    it('calls a project that names no ID a config error, and names its file', async () => {
      const failure = await failureOf(async () => select(undefined, {}, WRONGLY_SAVED))
      expect(failure.kind).to.equal('config')
      expect(failure.message).to.equal('project.deployment in /p/config.yaml is not an ID: "../d".')
    })
  })
})
