import {expect} from 'chai'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {type Context} from '../../../src/lib/context.js'
import {
  deploymentsOf,
  findNamedDeployments,
  listDeployments,
  readNamedDeployments,
} from '../../../src/lib/selection/deployments.js'
import {openInProcess} from '../../astro-api/in-process.js'
import {type WorldDeployment} from '../../astro-api/world.js'
import {newFolder} from '../../support/run-cli.js'
import {DAG, MEMBER, roleOnDeployment, tokenOf, worldWith} from '../roles/world.js'
import {fakeClock, fakeReport} from '../service-options.js'
import {failureOf} from '../support.js'

const NO_FLAGS = {ids: [], names: []}

function contextWith(variable?: string): Context {
  const env = {ASTRO_DEPLOYMENT_ID: variable}
  return {env, home: '', directory: undefined, userId: undefined, clock: fakeClock(), report: fakeReport()}
}

describe('the selection of Deployments', () => {
  describe('readNamedDeployments', () => {
    it('prefers the flags to the variable', async () => {
      const byName = {ids: [], names: ['etl']}
      expect(await readNamedDeployments(byName, contextWith('D2'))).to.deep.equal(byName)
      const both = await readNamedDeployments({ids: [' D1'], names: ['etl']}, contextWith('D2'))
      expect(both).to.deep.equal({ids: ['d1'], names: ['etl']})
    })

    it('uses the project, if there is one, without flags and variable, and checks its ID', async () => {
      expect(await readNamedDeployments(NO_FLAGS, contextWith(' '))).to.equal(undefined)
      const directory = newFolder('project')
      mkdirSync(join(directory, '.astro'))
      const path = join(directory, '.astro', 'config.yaml')
      const read = async (deployment: string) => {
        writeFileSync(path, `project: {deployment: ${deployment}}\n`)
        return readNamedDeployments(NO_FLAGS, {...contextWith(), directory, userId: process.getuid?.()})
      }

      expect(await read('D7')).to.deep.equal({ids: ['d7'], names: [], source: path})
      const message = `project.deployment in ${path} is not an ID: "my etl".`
      expect(await failureOf(async () => read('my etl'))).to.include({kind: 'config', message})
    })

    it('rejects a variable that is not an ID', async () => {
      const message = 'ASTRO_DEPLOYMENT_ID is not an ID: "a/b".'
      const failure = await failureOf(async () => readNamedDeployments(NO_FLAGS, contextWith('a/b')))
      expect(failure).to.include({kind: 'usage', message})
    })
  })

  describe('findNamedDeployments', () => {
    const world = worldWith([])
    const twin = {...world.deployments[3], id: 'd4', name: 'name-of-d1'} as WorldDeployment
    const {api, operations} = openInProcess({...world, deployments: [...world.deployments, twin]})

    it('finds all names with one request, after the IDs, each Deployment once', async () => {
      const named = {ids: ['d2', 'd9'], names: ['name-of-d9', 'name-of-d3']}
      const found = await findNamedDeployments(api, named, 'w2')
      expect(found.deploymentIds).to.deep.equal(['d2', 'd9', 'd3'])
      expect([...found.deploymentNames.values()]).to.deep.equal(['name-of-d9', 'name-of-d3'])
      expect(operations()).to.have.length(1)
    })

    for (const {names, workspaceId, kind, message, hint} of [
      {
        names: ['name-of-d2', 'name-of-dl', 'other'],
        kind: 'not_found',
        message: 'No Deployment in this Organization is named "name-of-dl", "other".',
        hint: 'Did you mean "name-of-d1" (d1) or "name-of-d2" (d2) or "name-of-d3" (d3)?',
      },
      {
        names: ['name-of-d1'],
        workspaceId: 'w9',
        kind: 'not_found',
        message: 'No Deployment in Workspace w9 is named "name-of-d1".',
        hint: 'List all Deployments with the Astro CLI: astro deployment list --all',
      },
      {
        names: ['name-of-d1'],
        kind: 'ambiguous',
        message: '2 Deployments are named "name-of-d1".',
        hint: 'Use --deployment-id: d1 in Workspace name-of-w1, d4 in Workspace name-of-w2',
      },
    ]) {
      it(`fails: ${message}`, async () => {
        const failure = await failureOf(async () => findNamedDeployments(api, {ids: [], names}, workspaceId))
        expect(failure).to.include({kind, message}).and.have.nested.property('details.hint', hint)
      })
    }
  })

  describe('listDeployments', () => {
    const {api} = openInProcess(worldWith([]))

    it('lists those of the Workspace, and fails if the credential sees none', async () => {
      expect((await listDeployments(api, 'w2')).map(({id}) => id)).to.deep.equal(['d3', 'd9'])
      expect(await listDeployments(api)).to.have.length(4)
      const message = 'There are no Deployments in Workspace w7, or the credential cannot see them.'
      expect(await failureOf(async () => listDeployments(api, 'w7'))).to.include({kind: 'not_found', message})
    })
  })

  describe('deploymentsOf', () => {
    const token = tokenOf('a', [MEMBER, DAG, roleOnDeployment('d1', 'r'), roleOnDeployment('d3', 'r')])
    const twin = tokenOf('b', [MEMBER, roleOnDeployment('d3', 'r'), roleOnDeployment('d2', 'r')])

    it('returns the Deployments on which any of the tokens has a role, each once, of all or of the known ones', () => {
      expect(deploymentsOf([token, twin])).to.deep.equal(['d1', 'd3', 'd2'])
      const known = worldWith([]).deployments.slice(2)
      expect(deploymentsOf([token, twin], known, 'w2')).to.deep.equal(['d3'])
    })

    for (const {roles, more} of [
      {roles: [MEMBER], more: ''},
      {roles: [MEMBER, DAG], more: ' It only has roles on DAGs, which stay.'},
    ]) {
      it(`fails if the token has no role on a Deployment.${more}`, async () => {
        const message = `The token "name-of-a" has no role on a Deployment in this Organization.${more}`
        expect(await failureOf(() => deploymentsOf([tokenOf('a', roles)]))).to.include({kind: 'not_found', message})
      })
    }
  })
})
