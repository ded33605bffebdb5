import {expect} from 'chai'

import {
  readDeployment,
  readOrganization,
  readPage,
  readRole,
  readSubjectRoles,
  readToken,
} from '../../../src/lib/astro-api/answers.js'
import {failureOf} from '../support.js'

const token = {
  id: 'cltok1',
  name: 'etl',
  description: 'Nightly load',
  scope: 'A_NEW_SCOPE',
  createdAt: '2026-01-02T03:04:05Z',
  createdBy: {id: 'clusr1', unknown: true},
  endAt: '2027-01-02T03:04:05Z',
  roles: [{entityType: 'NEW', entityId: 'x', role: 'r', unknown: {nested: [1, null]}}],
  unknown: {nested: true},
}

/** Each of the answers is refused by an `api` error that names what is wrong with it. */
function refuses(read: (answer: unknown) => unknown, cases: readonly (readonly [answer: unknown, names: string])[]) {
  for (const [answer, names] of cases) {
    it(`refuses ${JSON.stringify(answer)}: ${names}`, async () => {
      const failure = await failureOf(() => read(answer))
      expect(failure.kind).to.equal('api')
      expect(failure.message).to.contain(`not as documented: ${names}.`)
      expect(failure.details.hint).to.be.a('string')
    })
  }
}

describe('answers of the Astro API', () => {
  describe('readToken', () => {
    it('returns the token itself, with fields that are unknown here', () => {
      expect(readToken(token)).to.equal(token)
    })

    it('keeps every field of a role, whatever its name', () => {
      const roles = JSON.parse(
        '[{"entityType":"NEW","entityId":"x","role":"r","constructor":1,"__proto__":{"a":1}}]',
      ) as object[]
      const text = JSON.stringify(readToken({...token, nothing: null, roles}).roles)
      expect(text).to.equal(JSON.stringify(roles)).and.to.contain('constructor').and.to.contain('__proto__')
    })

    it('needs no more than ID, name and scope', () => {
      const bare = {id: 'cltok1', name: '', scope: 'ORGANIZATION'}
      expect(readToken(bare)).to.deep.equal(bare)
      expect(readToken({...bare, createdBy: null, description: null, endAt: null, roles: null})).to.deep.equal(bare)
      const nested = {...bare, createdBy: {fullName: null}, roles: [{...token.roles[0], deploymentId: null}]}
      expect(readToken(nested)).to.equal(nested)
    })

    refuses(
      (answer) => readToken(answer),
      [
        [undefined, 'token is not an object'],
        [null, 'token is not an object'],
        [[token], 'token is not an object'],
        ['cltok1', 'token is not an object'],
        [{...token, id: 12}, 'token.id is not a string'],
        [{...token, name: undefined}, 'token.name is not a string'],
        [{...token, scope: null}, 'token.scope is missing'],
        [{...token, description: 7}, 'token.description is not a string'],
        [{...token, createdAt: 1_767_323_045}, 'token.createdAt is not a string'],
        [{...token, endAt: {}}, 'token.endAt is not a string'],
        [{...token, createdBy: 'Jo Doe'}, 'token.createdBy is not an object'],
        [{...token, createdBy: {id: 7}}, 'token.createdBy.id is not a string'],
        [{...token, kind: 1}, 'token.kind is not a string'],
        [{...token, lastUsedAt: 1}, 'token.lastUsedAt is not a string'],
        [{...token, roles: {}}, 'token.roles is not a list'],
        [{...token, roles: 'DEPLOYMENT_ADMIN'}, 'token.roles is not a list'],
        [{...token, roles: [...token.roles, null]}, 'token.roles[1] is not an object'],
        [{...token, roles: [{entityId: 'x', role: 'r'}]}, 'token.roles[0].entityType is missing'],
        [{...token, roles: [{entityType: 'DAG', entityId: 7, role: 'r'}]}, 'token.roles[0].entityId is not a string'],
        [{...token, roles: [{entityType: 'DAG', entityId: 'x'}]}, 'token.roles[0].role is missing'],
      ],
    )
  })

  describe('readPage', () => {
    it('gives the items with the limit and the count, and checks each with its place', () => {
      const page = readPage({tokens: ['a', 'b'], limit: 20, offset: 0, totalCount: 7}, 'tokens', (item, at) => [
        item,
        at,
      ])
      expect(page).to.deep.equal({
        items: [
          ['a', 'tokens[0]'],
          ['b', 'tokens[1]'],
        ],
        limit: 20,
        totalCount: 7,
      })
    })

    it('does without a limit', () => {
      expect(readPage({tokens: [], totalCount: 0}, 'tokens', String)).to.deep.equal({
        items: [],
        limit: 0,
        totalCount: 0,
      })
      expect(() => readPage({tokens: [], totalCount: 0, limit: '20'}, 'tokens', String)).to.throw(
        'page.limit is not a count',
      )
    })

    refuses(
      (answer) => readPage(answer, 'tokens', readToken),
      [
        [null, 'page is not an object'],
        [[], 'page is not an object'],
        ['<html>', 'page is not an object'],
        [{totalCount: 0}, 'page.tokens is missing'],
        [{tokens: null, totalCount: 0}, 'tokens is not a list'],
        [{tokens: {}, totalCount: 0}, 'tokens is not a list'],
        [{tokens: []}, 'page.totalCount is missing'],
        [{tokens: [], totalCount: '0'}, 'page.totalCount is not a count'],
        [{tokens: [], totalCount: -1}, 'page.totalCount is not a count'],
        [{tokens: [], totalCount: 1.5}, 'page.totalCount is not a count'],
        [{tokens: [], totalCount: 1e15}, 'page.totalCount is not a count'],
        [{tokens: [token, {...token, id: null}], totalCount: 2}, 'tokens[1].id is missing'],
      ],
    )
  })

  describe('readDeployment, readRole and readOrganization', () => {
    it('give what came, with what is not known here', () => {
      const thing = {id: 'a', name: 'b', scopeType: 'NEW', more: 1}
      expect(readDeployment(thing)).to.equal(thing)
      expect(readRole(thing, 'roles[0]')).to.equal(thing)
      expect(readOrganization(thing, 'organizations[0]')).to.equal(thing)
    })

    refuses(
      (answer) => readDeployment(answer),
      [
        [[], 'Deployment is not an object'],
        [{name: 'a'}, 'Deployment.id is missing'],
        [{id: 'a', name: 1}, 'Deployment.name is not a string'],
      ],
    )
    refuses(
      (answer) => readRole(answer, 'roles[3]'),
      [
        ['DEPLOYMENT_ADMIN', 'roles[3] is not an object'],
        [{scopeType: 'DEPLOYMENT'}, 'roles[3].name is missing'],
        [{name: 'a'}, 'roles[3].scopeType is missing'],
        [
          {name: 'a', scopeType: 'b', restrictedWorkspaceIds: [1]},
          'roles[3].restrictedWorkspaceIds[0] is not a string',
        ],
      ],
    )
    refuses(
      (answer) => readOrganization(answer, 'organizations[0]'),
      [
        [null, 'organizations[0] is not an object'],
        [{id: 'a'}, 'organizations[0].name is missing'],
        [{name: 'a'}, 'organizations[0].id is missing'],
      ],
    )
  })

  describe('readSubjectRoles', () => {
    for (const answer of [
      {},
      {organizationRole: null, workspaceRoles: null, deploymentRoles: null, dagRoles: null},
      {deploymentRoles: [{deploymentId: 'd1', role: 'r', unknown: 1}], unknown: true},
    ]) {
      it(`gives ${JSON.stringify(answer)} as it came`, () => {
        expect(readSubjectRoles(answer)).to.equal(answer)
      })
    }

    refuses(readSubjectRoles, [
      [null, 'roles is not an object'],
      [[], 'roles is not an object'],
      [{deploymentRoles: {}}, 'roles.deploymentRoles is not a list'],
      [{workspaceRoles: 'r'}, 'roles.workspaceRoles is not a list'],
      [{dagRoles: 0}, 'roles.dagRoles is not a list'],
      [{deploymentRoles: [null]}, 'roles.deploymentRoles[0] is not an object'],
      [{workspaceRoles: [{workspaceId: 'w'}]}, 'roles.workspaceRoles[0].role is missing'],
    ])
  })
})
