import {expect} from 'chai'

import {type AuditFilter} from '../../../src/lib/roles/audit.js'
import {failureOf} from '../support.js'
import {DAG, MEMBER, roleOnDeployment, serviceFor, tokenOf, worldWith} from './world.js'

const [ADMIN, READER] = ['DEPLOYMENT_ADMIN', 'Deploy Reader']
const TOKENS = [
  tokenOf('a', [MEMBER, roleOnDeployment('d3', READER), roleOnDeployment('d1', ADMIN)], {name: 'etl'}),
  tokenOf('b', [
    MEMBER,
    DAG,
    {...DAG, entityId: 'extract'},
    roleOnDeployment('d2', READER),
    {...DAG, deploymentId: 'd2'},
  ]),
  tokenOf('c', [MEMBER, roleOnDeployment('gone', ADMIN)]),
  tokenOf('d', [roleOnDeployment('d1', READER)], {scope: 'WORKSPACE'}),
]
const organization = (more: object = {}) => serviceFor(worldWith([], {tokens: TOKENS, ...more}))

describe('an audit', () => {
  const [etlOnD3, etlOnD1] = [`a d3 name-of-d3 ${READER}`, `a d1 name-of-d1 ${ADMIN}`]
  const [bOnD2, bOnD1] = [`b d2 name-of-d2 ${READER}`, 'b d1 name-of-d1 (none)']
  const onGone = `c gone  ${ADMIN}`
  const filters: readonly {title: string; filter: AuditFilter; rows: string[]; query?: object}[] = [
    {title: 'every Organization token', filter: {}, rows: [etlOnD3, etlOnD1, bOnD2, bOnD1, onGone]},
    {title: 'a Workspace', filter: {workspaceId: 'w1'}, rows: [etlOnD1, bOnD2, bOnD1], query: {workspaceIds: 'w1'}},
    {title: 'a role', filter: {role: ADMIN}, rows: [etlOnD1, onGone]},
  ]
  for (const {filter, query = {}, rows, title} of filters) {
    it(`shows the access of ${title} with two requests`, async () => {
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
    inject({operationId: 'listApiTokens', action: {kind: 'edit', edit: withWorkspaceTokens}})
    expect((await service.audit({tokenName: 'etl'})).map(({token}) => token.id)).to.deep.equal(['a', 'a'])
  })

  for (const {filter, requests, title} of [
    {title: 'a role that no token has', filter: {role: 'Deploy Writer'}, requests: 3},
    {title: 'a token without access', filter: {tokenName: 'idle'}, requests: 2},
    {title: 'a role that was deleted', filter: {workspaceId: 'w2', role: 'Old'}, requests: 2},
  ]) {
    it(`is empty for ${title}`, async () => {
      const [idle, old] = [
        tokenOf('e', [MEMBER], {name: 'idle'}),
        tokenOf('f', [MEMBER, roleOnDeployment('d1', 'Old')]),
      ]
      const customRoles = [READER, 'Deploy Writer'].map((name) => ({name, scopeType: 'DEPLOYMENT'}))
      const {operations, service} = organization({customRoles, tokens: [...TOKENS, idle, old]})
      expect(await service.audit(filter)).to.deep.equal([])
      expect(operations()).to.have.length(requests)
    })
  }

  const unknown: readonly {title: string; filter: AuditFilter; message: string; hint: string; candidates: object[]}[] =
    [
      {
        title: 'a role',
        filter: {role: 'Deploy Raeder'},
        message: 'No Deployment role is named "Deploy Raeder".',
        hint: 'Did you mean "Deploy Reader"? Other Deployment roles: DEPLOYMENT_ACCESSOR, DEPLOYMENT_ADMIN',
        candidates: [{name: 'Deploy Reader'}, {name: 'DEPLOYMENT_ACCESSOR'}, {name: 'DEPLOYMENT_ADMIN'}],
      },
      {
        title: 'a token',
        filter: {tokenName: 'etll', role: 'Deploy Raeder'},
        message: 'No Organization token is named "etll".',
        hint: 'Did you mean "etl" (a)?',
        candidates: [{id: 'a', name: 'etl'}],
      },
      {
        title: 'a Workspace',
        filter: {workspaceId: 'name-of-w2x', tokenName: 'etll'},
        message: 'No Deployment is visible in a Workspace with the ID name-of-w2x.',
        hint: 'Did you mean w2 (name-of-w2) or w1 (name-of-w1)?',
        candidates: [
          {id: 'w2', name: 'name-of-w2'},
          {id: 'w1', name: 'name-of-w1'},
        ],
      },
      {
        title: 'a Workspace like no other',
        filter: {workspaceId: 'zzzzzzzzzzzzzzz'},
        message: 'No Deployment is visible in a Workspace with the ID zzzzzzzzzzzzzzz.',
        hint: 'List the Workspaces with the Astro CLI: astro workspace list',
        candidates: [],
      },
    ]
  for (const {candidates, filter, hint, message, title} of unknown) {
    it(`fails for ${title} that does not exist`, async () => {
      const failure = await failureOf(async () => organization().service.audit(filter))
      expect(failure).to.include({kind: 'not_found', message})
      expect(failure.details).to.deep.equal({hint, candidates})
    })
  }

  it('fails with the error of the check', async () => {
    const {inject, service} = organization()
    inject({operationId: 'listRoles', action: {kind: 'status', status: 403}})
    expect(await failureOf(async () => service.audit({role: 'Deploy Raeder'}))).to.include({kind: 'forbidden'})
  })
})

function withWorkspaceTokens(body: Readonly<Record<string, unknown>>): object {
  const tokens = [...TOKENS, tokenOf('w', [roleOnDeployment('d1', ADMIN)], {name: 'etl', scope: 'WORKSPACE'})]
  return {...body, tokens, totalCount: tokens.length}
}
