import {expect} from 'chai'

import {type AuditFilter} from '../../../src/lib/roles/audit.js'
import {failureOf} from '../support.js'
import {DAG, MEMBER, roleOnDeployment, serviceFor, tokenOf, worldWith} from './world.js'

const [ADMIN, READER] = ['DEPLOYMENT_ADMIN', 'Deploy Reader']
const DAGS = [DAG, {...DAG, entityId: 'extract'}, {...DAG, deploymentId: 'd2'}]
const TOKENS = [
  tokenOf('a', [MEMBER, roleOnDeployment('d3', READER), roleOnDeployment('d1', ADMIN)], {name: 'etl'}),
  tokenOf('b', [MEMBER, ...DAGS, roleOnDeployment('d2', READER)]),
  tokenOf('c', [MEMBER, roleOnDeployment('gone', ADMIN)]),
]
const organization = (more: object = {}) => serviceFor(worldWith([], {tokens: TOKENS, ...more}))

describe('an audit', () => {
  const inW1 = [`a d1 name-of-d1 ${ADMIN}`, `b d2 name-of-d2 ${READER}`, 'b d1 name-of-d1 (none)']
  const all = [`a d3 name-of-d3 ${READER}`, ...inW1, `c gone  ${ADMIN}`]
  for (const {filter, query, rows, title} of [
    {title: 'all Deployments, even one that is gone', filter: {}, rows: all, query: {}},
    {title: 'the Deployments of a Workspace', filter: {workspaceId: 'w1'}, rows: inW1, query: {workspaceIds: 'w1'}},
  ]) {
    it(`lists with two requests the roles on ${title}`, async () => {
      const {operations, requests, service} = organization()
      const listed = await service.audit(filter)
      const texts = listed.map(
        ({deploymentId, deploymentName, role = '(none)', token}) =>
          `${token.id} ${deploymentId} ${deploymentName} ${role}`,
      )
      expect(texts).to.deep.equal(rows)
      expect(operations()).to.deep.equal(['listApiTokens', 'listDeployments'])
      expect(requests[0]?.query).to.include({includeOnlyOrganizationTokens: 'true'})
      expect(requests[1]?.query).to.include(query)
    })
  }

  it('ignores tokens of another scope, even if the API lists them', async () => {
    const {inject, service} = organization()
    const workspaceToken = tokenOf('w', [roleOnDeployment('d1', ADMIN)], {name: 'etl', scope: 'WORKSPACE'})
    const tokens = [...TOKENS, workspaceToken]
    const edit = (body: object) => ({...body, tokens, totalCount: tokens.length})
    inject({operationId: 'listApiTokens', action: {kind: 'edit', edit}})
    expect((await service.audit({tokenName: 'etl'})).map(({token}) => token.id)).to.deep.equal(['a', 'a'])
  })

  for (const {filter, requests, title} of [
    {title: 'a role that no token has', filter: {role: READER}, requests: 3},
    {title: 'a role that was deleted', filter: {workspaceId: 'w2', role: 'Old'}, requests: 2},
  ]) {
    it(`is empty for ${title}`, async () => {
      const tokens = [tokenOf('a', [MEMBER, roleOnDeployment('d1', 'Old')])]
      const {operations, service} = organization({tokens})
      expect(await service.audit(filter)).to.deep.equal([])
      expect(operations()).to.have.length(requests)
    })
  }

  const unknown: readonly {filter: AuditFilter; message: string; hint: string}[] = [
    {
      filter: {role: 'Deploy Raeder'},
      message: 'No Deployment role is named "Deploy Raeder".',
      hint: 'Did you mean "Deploy Reader"? Other Deployment roles: DEPLOYMENT_ACCESSOR, DEPLOYMENT_ADMIN',
    },
    {
      filter: {tokenName: 'etll', role: 'Deploy Raeder'},
      message: 'No Organization token is named "etll".',
      hint: 'Did you mean "etl" (a)?',
    },
    {
      filter: {workspaceId: 'name-of-w2x', tokenName: 'etll'},
      message: 'No Deployment is visible in a Workspace with the ID name-of-w2x.',
      hint: 'Did you mean w2 (name-of-w2) or w1 (name-of-w1)?',
    },
    {
      filter: {workspaceId: 'zzzzzzzzzzzzzzz'},
      message: 'No Deployment is visible in a Workspace with the ID zzzzzzzzzzzzzzz.',
      hint: 'List the Workspaces with the Astro CLI: astro workspace list',
    },
  ]
  for (const {filter, hint, message} of unknown) {
    it(`fails for a filter that names nothing: ${message}`, async () => {
      const failure = await failureOf(async () => organization().service.audit(filter))
      expect(failure).to.deep.nested.include({kind: 'not_found', message, 'details.hint': hint})
    })
  }
})
