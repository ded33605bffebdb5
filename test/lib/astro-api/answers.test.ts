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
    it('gives the token as it came, with what is not known here', () => {
      expect(readToken(token)).to.deep.equal(token)
    })

    it('needs no more than ID, name and scope', () => {
      const bare = {id: 'cltok1', name: '', scope: 'ORGANIZATION'}
      expect(readToken(bare)).to.deep.equal(bare)
      expect(readToken({...bare, createdBy: null, description: null, endAt: null, roles: null})).to.deep.equal(bare)
    })

    refuses(
      (answer) => readToken(answer),
      [
        [undefined, 'the token is not an object'],
        [null, 'the token is not an object'],
        [[token], 'the token is not an object'],
        ['cltok1', 'the token is not an object'],
        [{...token, id: 12}, 'the token.id is not a text'],
        [{...token, name: undefined}, 'the token.name is not a text'],
        [{...token, scope: null}, 'the token.scope is not a text'],
        [{...token, description: 7}, 'the token.description is not a text'],
        [{...token, createdAt: 1_767_323_045}, 'the token.createdAt is not a text'],
        [{...token, kind: 1}, 'the token.kind is not a text'],
        [{...token, updatedAt: 1_767_323_045}, 'the token.updatedAt is not a text'],
        [{...token, lastUsedAt: false}, 'the token.lastUsedAt is not a text'],
        [{...token, lastRotatedAt: {}}, 'the token.lastRotatedAt is not a text'],
        [{...token, endAt: {}}, 'the token.endAt is not a text'],
        [{...token, createdBy: 'Jo Doe'}, 'the token.createdBy is not an object'],
        [{...token, createdBy: []}, 'the token.createdBy is not an object'],
        [{...token, roles: {}}, 'the token.roles is not a list'],
        [{...token, roles: 'DEPLOYMENT_ADMIN'}, 'the token.roles is not a list'],
        [{...token, roles: [...token.roles, null]}, 'the token.roles[1] is not an object'],
        [{...token, roles: [{entityId: 'x', role: 'r'}]}, 'the token.roles[0].entityType is not a text'],
        [{...token, roles: [{entityType: 'DAG', entityId: 7, role: 'r'}]}, 'the token.roles[0].entityId is not a text'],
        [{...token, roles: [{entityType: 'DAG', entityId: 'x'}]}, 'the token.roles[0].role is not a text'],
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
        'limit is not a count',
      )
    })

    refuses(
      (answer) => readPage(answer, 'tokens', readToken),
      [
        [null, 'the page is not an object'],
        [[], 'the page is not an object'],
        ['<html>', 'the page is not an object'],
        [{totalCount: 0}, 'tokens is not a list'],
        [{tokens: null, totalCount: 0}, 'tokens is not a list'],
        [{tokens: {}, totalCount: 0}, 'tokens is not a list'],
        [{tokens: []}, 'totalCount is not a count'],
        [{tokens: [], totalCount: '0'}, 'totalCount is not a count'],
        [{tokens: [], totalCount: -1}, 'totalCount is not a count'],
        [{tokens: [], totalCount: 1.5}, 'totalCount is not a count'],
        [{tokens: [], totalCount: 1e15}, 'totalCount is not a count'],
        [{tokens: [token, {...token, id: null}], totalCount: 2}, 'tokens[1].id is not a text'],
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
        [[], 'the Deployment is not an object'],
        [{name: 'a'}, 'the Deployment.id is not a text'],
        [{id: 'a', name: 1}, 'the Deployment.name is not a text'],
      ],
    )
    refuses(
      (answer) => readRole(answer, 'roles[3]'),
      [
        ['DEPLOYMENT_ADMIN', 'roles[3] is not an object'],
        [{scopeType: 'DEPLOYMENT'}, 'roles[3].name is not a text'],
        [{name: 'a'}, 'roles[3].scopeType is not a text'],
      ],
    )
    refuses(
      (answer) => readOrganization(answer, 'organizations[0]'),
      [
        [null, 'organizations[0] is not an object'],
        [{id: 'a'}, 'organizations[0].name is not a text'],
        [{name: 'a'}, 'organizations[0].id is not a text'],
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
      [null, 'the roles is not an object'],
      [[], 'the roles is not an object'],
      [{deploymentRoles: {}}, 'deploymentRoles is not a list'],
      [{workspaceRoles: 'r'}, 'workspaceRoles is not a list'],
      [{dagRoles: 0}, 'dagRoles is not a list'],
      [{deploymentRoles: [null]}, 'deploymentRoles[0] is not an object'],
      [{workspaceRoles: [{workspaceId: 'w'}]}, 'workspaceRoles[0].role is not a text'],
    ])
  })
})
