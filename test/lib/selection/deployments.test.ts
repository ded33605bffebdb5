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
import {type World, type WorldDeployment} from '../../astro-api/world.js'
import {newFolder} from '../../support/run-cli.js'
import {DAG, MEMBER, roleOnDeployment, tokenOf, worldWith} from '../roles/world.js'
import {fakeClock} from '../service-options.js'
import {failureOf} from '../support.js'

function contextWith(env: NodeJS.ProcessEnv): Context {
  const report = {warn() {}, debug() {}, status() {}}
  return {env, home: '', directory: undefined, userId: undefined, clock: fakeClock(), report}
}

describe('the selection of Deployments', () => {
  describe('readNamedDeployments', () => {
    const variable = {ASTRO_DEPLOYMENT_ID: ' D2 '}

    it('prefers the flags to the variable', async () => {
      const flags = {ids: [' D1'], names: ['etl']}
      expect(await readNamedDeployments(flags, contextWith(variable))).to.deep.equal({ids: ['d1'], names: ['etl']})
      expect(await readNamedDeployments({ids: [], names: ['etl']}, contextWith({}))).to.deep.equal({
        ids: [],
        names: ['etl'],
      })
    })

    it('uses the variable without flags', async () => {
      const named = {ids: ['d2'], names: [], source: 'ASTRO_DEPLOYMENT_ID'}
      expect(await readNamedDeployments({ids: [], names: []}, contextWith(variable))).to.deep.equal(named)
    })

    it('uses the project without flags and variable, and checks its ID', async () => {
      const directory = newFolder('project')
      mkdirSync(join(directory, '.astro'))
      const path = join(directory, '.astro', 'config.yaml')
      const read = async (deployment: string) => {
        writeFileSync(path, `project: {deployment: ${deployment}}\n`)
        return readNamedDeployments({ids: [], names: []}, {...contextWith({}), directory, userId: process.getuid?.()})
      }

      expect(await read('D7')).to.deep.equal({ids: ['d7'], names: [], source: path})
      const message = `project.deployment in ${path} is not an ID: "my etl".`
      expect(await failureOf(async () => read('my etl'))).to.include({kind: 'config', message})
    })

    it('returns undefined if nothing names a Deployment', async () => {
      expect(await readNamedDeployments({ids: [], names: []}, contextWith({ASTRO_DEPLOYMENT_ID: ' '}))).to.equal(
        undefined,
      )
    })

    for (const {ids, env, message} of [
      {ids: ['My etl'], env: {}, message: '--deployment-id is not an ID: "My etl".'},
      {ids: [], env: {ASTRO_DEPLOYMENT_ID: 'a/b'}, message: 'ASTRO_DEPLOYMENT_ID is not an ID: "a/b".'},
    ]) {
      it(`fails: ${message}`, async () => {
        const failure = await failureOf(async () => readNamedDeployments({ids, names: []}, contextWith(env)))
        expect(failure).to.include({kind: 'usage', message})
      })
    }
  })

  describe('findNamedDeployments', () => {
    const world = worldWith([])
    const twin = {...world.deployments[0], ...world.deployments[3], name: 'name-of-d1', id: 'd4'}
    const twins = {...world, deployments: [...world.deployments, twin as WorldDeployment]}

    interface More {
      readonly ids?: readonly string[]
      readonly workspaceId?: string | undefined
      readonly from?: undefined | World
    }

    async function find(names: readonly string[], {ids = [], from = world, workspaceId}: More = {}) {
      const {api, operations} = openInProcess(from)
      const {deploymentIds, deploymentNames} = await findNamedDeployments(api, {ids, names}, workspaceId)
      return {
        ids: deploymentIds.join(' '),
        names: [...deploymentNames.values()].join(' '),
        requests: operations().length,
      }
    }

    it('returns IDs without a request, each once', async () => {
      expect(await find([], {ids: ['d9', 'd7', 'd9']})).to.deep.equal({ids: 'd9 d7', names: '', requests: 0})
    })

    it('finds all names with one request, after the IDs', async () => {
      const found = {ids: 'd2 d3 d1', names: 'name-of-d3 name-of-d1', requests: 1}
      expect(await find(['name-of-d3', 'name-of-d1'], {ids: ['d2', 'd3']})).to.deep.equal(found)
    })

    it('searches the Workspace only', async () => {
      expect(await find(['name-of-d1'], {workspaceId: 'w2', from: twins})).to.deep.include({ids: 'd4'})
    })

    for (const {title, names, from, workspaceId, expected} of [
      {
        title: 'an unknown name',
        names: ['name-of-d1', 'name-of-dl', 'other'],
        expected: {
          kind: 'not_found',
          message: 'No Deployment in this Organization is named "name-of-dl", "other".',
          hint: 'Did you mean "name-of-d1" (d1) or "name-of-d2" (d2) or "name-of-d3" (d3)?',
        },
      },
      {
        title: 'a name from another Workspace',
        names: ['name-of-d1'],
        workspaceId: 'w9',
        expected: {
          kind: 'not_found',
          message: 'No Deployment in Workspace w9 is named "name-of-d1".',
          hint: 'List all Deployments with the Astro CLI: astro deployment list --all',
        },
      },
      {
        title: 'a name that two Deployments have',
        names: ['name-of-d1'],
        from: twins,
        expected: {
          kind: 'ambiguous',
          message: '2 Deployments are named "name-of-d1".',
          hint: 'Use --deployment-id: d1 in Workspace name-of-w1, d4 in Workspace name-of-w2',
        },
      },
    ]) {
      it(`rejects ${title}`, async () => {
        const failure = await failureOf(async () => find(names, {from, workspaceId}))
        expect({kind: failure.kind, message: failure.message, hint: failure.details.hint}).to.deep.equal(expected)
        expect(failure.details.candidates?.[0]?.name ?? 'name-of-d1').to.equal('name-of-d1')
      })
    }
  })

  describe('listDeployments', () => {
    it('lists those of the Workspace', async () => {
      const {api} = openInProcess(worldWith([]))
      expect((await listDeployments(api, 'w2')).map(({id}) => id)).to.deep.equal(['d3', 'd9'])
      expect(await listDeployments(api)).to.have.length(4)
    })

    it('fails if the credential sees none', async () => {
      const {api} = openInProcess(worldWith([]))
      expect(await failureOf(async () => listDeployments(api, 'w7'))).to.include({
        kind: 'not_found',
        message: 'There are no Deployments in Workspace w7, or the credential cannot see them.',
      })
    })
  })

  describe('deploymentsOf', () => {
    const token = tokenOf('a', [MEMBER, DAG, roleOnDeployment('d1', 'r'), roleOnDeployment('d3', 'r')])
    const twin = tokenOf('b', [MEMBER, roleOnDeployment('d3', 'r'), roleOnDeployment('d2', 'r')])

    it('returns the Deployments on which any of the tokens has a role, each once', () => {
      expect(deploymentsOf([token, twin])).to.deep.equal(['d1', 'd3', 'd2'])
    })

    it('keeps the known ones', () => {
      const known = worldWith([]).deployments.slice(2)
      expect(deploymentsOf([token, twin], known, 'w2')).to.deep.equal(['d3'])
    })

    for (const {roles, message} of [
      {roles: [MEMBER], message: 'The token "name-of-a" has no role on a Deployment in this Organization.'},
      {
        roles: [MEMBER, DAG],
        message:
          'The token "name-of-a" has no role on a Deployment in this Organization. It only has roles on DAGs, which stay.',
      },
    ]) {
      it(`fails: ${message}`, async () => {
        const failure = await failureOf(() => deploymentsOf([tokenOf('a', roles)]))
        expect(failure).to.include({kind: 'not_found', message})
      })
    }
  })
})
