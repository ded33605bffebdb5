import {expect} from 'chai'

import {type AuditFilter} from '../../../src/lib/roles/audit.js'
import {createTokenScoping} from '../../../src/lib/roles/token-scoping.js'
import {fakeAstroApi, organizationToken, roleOnDeployment} from '../fake-astro-api.js'
import {serviceOptions} from '../service-options.js'
import {failureOf} from '../support.js'

const ORGANIZATION = {entityType: 'ORGANIZATION', entityId: 'clorg1', role: 'ORGANIZATION_MEMBER'}
const DAG = {entityType: 'DAG', entityId: 'load', deploymentId: 'd1', role: 'DAG_VIEWER'}
const workspaceOf: Readonly<Record<string, string>> = {d1: 'w1', d2: 'w1', d3: 'w2'}
const deployments = ['d1', 'd2', 'd3'].map((id) => ({id, name: `name-of-${id}`, workspaceId: workspaceOf[id] ?? ''}))
const roles = ['DEPLOYMENT_ADMIN', 'Deploy Reader'].map((name) => ({name, scopeType: 'DEPLOYMENT'}))

function world() {
  const api = fakeAstroApi({
    deployments,
    roles,
    tokens: [
      organizationToken('a', [ORGANIZATION, roleOnDeployment('d3', 'r'), roleOnDeployment('d1', 's')], {name: 'etl'}),
      organizationToken('b', [ORGANIZATION, DAG], {name: 'dags'}),
      organizationToken('c', [roleOnDeployment('d2', 'r'), roleOnDeployment('gone', 's')], {name: 'old'}),
      organizationToken('d', [roleOnDeployment('d1', 'r')], {name: 'not ours', scope: 'WORKSPACE'}),
    ],
    listDeployments: async ({workspaceIds} = {}) =>
      deployments.filter(({workspaceId}) => workspaceIds?.includes(workspaceId) ?? true),
  })
  return {api, scoping: createTokenScoping(api, serviceOptions())}
}

/** The rows of an audit: token, Deployment, its name, role. */
async function rows(filter: AuditFilter): Promise<string[][]> {
  const {scoping} = world()
  const roles = await scoping.audit(filter)
  return roles.map(({deploymentId, deploymentName, role, token}) => [token.id, deploymentId, deploymentName, role])
}

describe('token scoping over all Deployments', () => {
  describe('audit', () => {
    it('shows each Organization token with its Deployments, by two requests', async () => {
      expect(await rows({})).to.deep.equal([
        ['a', 'd3', 'name-of-d3', 'r'],
        ['a', 'd1', 'name-of-d1', 's'],
        ['c', 'd2', 'name-of-d2', 'r'],
        ['c', 'gone', '', 's'],
      ])
      const {api, scoping} = world()
      await scoping.audit({})
      expect(api.calls).to.deep.equal([
        ['listTokens', {includeOnlyOrganizationTokens: true}],
        ['listDeployments', {}],
      ])
    })

    it('is narrowed by Workspace, role and name', async () => {
      expect(await rows({workspaceId: 'w1'})).to.deep.equal([
        ['a', 'd1', 'name-of-d1', 's'],
        ['c', 'd2', 'name-of-d2', 'r'],
      ])
      expect(await rows({role: 's', tokenName: 'etl'})).to.deep.equal([['a', 'd1', 'name-of-d1', 's']])
      expect(await rows({tokenName: 'nobody'})).to.deep.equal([])
    })
  })

  describe('a dry run', () => {
    it('reports what would change, and writes nothing', async () => {
      const {api, scoping} = world()
      const target = {tokenId: 'a', deploymentIds: ['d1', 'd2'], isDryRun: true}

      const added = await scoping.add({...target, role: 'Deploy Reader'})
      const removed = await scoping.remove({...target, deploymentIds: ['d1']})

      expect(added).to.deep.include({
        isDryRun: true,
        changes: [
          {deploymentId: 'd1', action: 'updated', previousRole: 's', role: 'Deploy Reader'},
          {deploymentId: 'd2', action: 'added', role: 'Deploy Reader'},
        ],
      })
      expect(removed.changes).to.deep.equal([{deploymentId: 'd1', action: 'removed', previousRole: 's'}])
      expect(api.calls.map(([operation]) => operation)).not.to.include('setTokenRoles')
    })

    it('fails as the real run would: unknown role, unknown Deployment, no role, the only role', async () => {
      const {scoping} = world()
      const target = {tokenId: 'a', deploymentIds: ['d2'], isDryRun: true}
      const kinds = await Promise.all(
        [
          async () => scoping.add({...target, role: 'Nobody'}),
          async () => scoping.add({...target, deploymentIds: ['d9'], role: 'Deploy Reader'}),
          async () => scoping.update({...target, role: 'Deploy Reader'}),
          async () => scoping.remove(target),
          async () => scoping.remove({...target, tokenId: 'c', deploymentIds: ['d2', 'gone']}),
        ].map(async (run) => (await failureOf(run)).kind),
      )
      expect(kinds).to.deep.equal(['not_found', 'not_found', 'not_found', 'not_found', 'conflict'])
    })

    it('needs no check of the role where nothing would change', async () => {
      const {api, scoping} = world()

      await scoping.add({tokenId: 'a', deploymentIds: ['d1'], isDryRun: true, role: 's'})

      expect(api.calls).to.deep.equal([['getToken', 'a']])
    })
  })
})
