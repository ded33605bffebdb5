import {expect} from 'chai'

import {readNamedDeployments} from '../../../src/lib/selection/named-deployments.js'
import {failureOf} from '../support.js'

/** What the flag, the variable and the project name. The project must not be read if `project` is omitted. */
interface Sources {
  readonly flag?: readonly string[]
  readonly variable?: string
  readonly project?: null | string
}

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
  const cases: readonly (readonly [title: string, sources: Sources, deploymentIds: string[], source: string])[] = [
    ['prefers the flag to the variable', {flag: ['d1'], variable: 'not an ID'}, ['d1'], '--deployment-id'],
    ['returns each Deployment once, in flag order', {flag: ['d2', ' D1', 'D2']}, ['d2', 'd1'], '--deployment-id'],
    ['prefers the variable to the project', {variable: ' D2 '}, ['d2'], 'ASTRO_DEPLOYMENT_ID'],
    ['takes an empty list of flags for none', {flag: [], variable: 'd2'}, ['d2'], 'ASTRO_DEPLOYMENT_ID'],
    ['reads the project last', {project: 'D3'}, ['d3'], '/p/config.yaml'],
    ['takes a blank variable for none', {variable: '  ', project: 'd3'}, ['d3'], '/p/config.yaml'],
  ]
  for (const [title, sources, deploymentIds, source] of cases) {
    it(title, async () => {
      expect(await read(sources)).to.deep.equal({deploymentIds, source})
    })
  }

  it('returns undefined if no source names a Deployment', async () => {
    expect(await read({project: null})).to.equal(undefined)
  })

  const failures: readonly (readonly [title: string, sources: Sources, kind: string, message: string])[] = [
    ['a flag that is not an ID', {flag: ['d1', 'd/2']}, 'usage', '--deployment-id is not an ID: "d/2".'],
    ['an empty flag', {flag: [''], variable: 'd2'}, 'usage', '--deployment-id is empty.'],
    ['a variable that is not an ID', {variable: 'my d'}, 'usage', 'ASTRO_DEPLOYMENT_ID is not an ID: "my d".'],
    [
      'a project that has no ID',
      {project: '../d'},
      'config',
      'project.deployment in /p/config.yaml is not an ID: "../d".',
    ],
  ]
  for (const [title, sources, kind, message] of failures) {
    it(`rejects ${title}`, async () => {
      expect(await failureOf(async () => read(sources))).to.include({kind, message})
    })
  }
})
