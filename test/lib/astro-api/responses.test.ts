import {expect} from 'chai'

import {
  readDeployment,
  readOrganization,
  readPage,
  readRole,
  readSubjectRoles,
  readToken,
} from '../../../src/lib/astro-api/responses.js'
import {failureOf} from '../support.js'

const withPlace = (item: unknown, at: string) => `${String(item)} at ${at}`
const readTokens = (response: unknown) => readPage(response, 'tokens', readToken)

const TOKEN = {
  id: 'cltok1',
  name: 'etl',
  description: 'Nightly load',
  scope: 'A_NEW_SCOPE',
  createdAt: '2026-01-02T03:04:05Z',
  createdBy: {id: 'clusr1', fullName: null, unknown: true},
  endAt: '2027-01-02T03:04:05Z',
  roles: [{entityType: 'NEW', entityId: 'x', role: 'r', deploymentId: null, unknown: {nested: [1, null]}}],
  unknown: {nested: true},
}

const ROLE = {name: 'b', scopeType: 'NEW', more: 1}

describe('responses of the Astro API', () => {
  const accepted: readonly (readonly [read: (response: unknown) => unknown, response: object])[] = [
    [readToken, TOKEN],
    [readToken, {id: 'cltok1', name: '', scope: 'ORGANIZATION'}],
    [readDeployment, {id: 'a', name: 'b', more: 1}],
    [readRole, ROLE],
    [readOrganization, {id: 'a', name: 'b', more: null}],
    [readSubjectRoles, {organizationRole: null, workspaceRoles: null, deploymentRoles: null, dagRoles: null}],
    [readSubjectRoles, {deploymentRoles: [{deploymentId: 'd1', role: 'r', unknown: 1}], unknown: true}],
    [readSubjectRoles, {dagRoles: [{deploymentId: 'd1', dagId: null, dagTag: 't', role: 'r'}]}],
  ]

  it('are returned themselves, with unknown fields', () => {
    for (const [read, response] of accepted) expect(read(response)).to.equal(response)
  })

  const rejected: readonly (readonly [read: (response: unknown) => unknown, response: unknown, problem: string])[] = [
    [readToken, null, 'token is not an object'],
    [readToken, {...TOKEN, id: 12}, 'token.id is not a string'],
    [readToken, {...TOKEN, scope: null}, 'token.scope is missing'],
    [readToken, {...TOKEN, createdBy: 'Jo Doe'}, 'token.createdBy is not an object'],
    [readToken, {...TOKEN, roles: {}}, 'token.roles is not a list'],
    [readToken, {...TOKEN, roles: [...TOKEN.roles, null]}, 'token.roles[1] is not an object'],
    [readToken, {...TOKEN, roles: [{entityId: 'x', role: 'r'}]}, 'token.roles[0].entityType is missing'],
    [readToken, {...TOKEN, roles: [{entityType: 'DAG', entityId: 'x'}]}, 'token.roles[0].role is missing'],
    [readTokens, [], 'page is not an object'],
    [readTokens, {totalCount: 0}, 'page.tokens is missing'],
    [readTokens, {tokens: null, totalCount: 0}, 'tokens is not a list'],
    [readTokens, {tokens: []}, 'page.totalCount is missing'],
    [readTokens, {tokens: [], totalCount: -1}, 'page.totalCount is not a count'],
    [readTokens, {tokens: [], totalCount: 1.5}, 'page.totalCount is not a count'],
    [readTokens, {tokens: [], totalCount: 1_000_001}, 'page.totalCount is not a count'],
    [readDeployment, {name: 'a'}, 'Deployment.id is missing'],
    [readRole, {name: 'a'}, 'role.scopeType is missing'],
    [readRole, {...ROLE, restrictedWorkspaceIds: [1]}, 'role.restrictedWorkspaceIds[0] is not a string'],
    [readOrganization, {id: 'a'}, 'Organization.name is missing'],
    [readSubjectRoles, [], 'roles is not an object'],
    [readSubjectRoles, {deploymentRoles: [null]}, 'roles.deploymentRoles[0] is not an object'],
    [readSubjectRoles, {workspaceRoles: [{workspaceId: 'w'}]}, 'roles.workspaceRoles[0].role is missing'],
    [readSubjectRoles, {dagRoles: [{dagId: 'load', role: 'r'}]}, 'roles.dagRoles[0].deploymentId is missing'],
  ]

  it('are rejected if a field that is read has another shape, which the error names', async () => {
    for (const [read, response, problem] of rejected) {
      expect(await failureOf(() => read(response))).to.deep.include({
        kind: 'api',
        message: `The Astro API's response is not as documented: ${problem}.`,
        details: {hint: 'Try again. If it happens again, check that ASTRO_DOMAIN and any proxy lead to the Astro API'},
      })
    }
  })

  it('lose the fields that are null', () => {
    const thing = {id: 'a', name: 'b', scope: 'c', scopeType: 'd'}
    for (const read of [readToken, readDeployment, readRole]) {
      expect(read({...thing, createdBy: null, description: null, roles: null, workspaceId: null})).to.deep.equal(thing)
    }
  })

  it('are pages of items, each checked with its place', () => {
    const page = {tokens: ['a', 'b'], offset: 0, totalCount: 1_000_000}
    const read = {items: ['a at tokens[0]', 'b at tokens[1]'], totalCount: 1_000_000}
    expect(readPage({...page, limit: 20}, 'tokens', withPlace)).to.deep.equal({...read, limit: 20})
    expect(readPage(page, 'tokens', withPlace)).to.deep.equal({...read, limit: 0})
  })
})
