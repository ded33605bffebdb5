import {expect} from 'chai'

import {AstroError} from '../../../src/lib/errors.js'
import {createTokenScoping} from '../../../src/lib/roles/token-scoping.js'
import {fakeAstroApi, type FakeAstroApi, organizationToken, roleOnDeployment, subjectRoles} from '../fake-astro-api.js'
import {serviceOptions} from '../service-options.js'
import {failureOf} from '../support.js'

/** Entries that no command names, with fields and a type that nobody knows. */
const OTHERS = [
  {entityType: 'ORGANIZATION', entityId: 'clorg1', role: 'ORGANIZATION_MEMBER'},
  {entityType: 'DEPLOYMENT', entityId: 'd9', role: 'Deploy Reader', grantedBy: {via: ['team', null]}},
  {entityType: 'DAG', entityId: 'load', deploymentId: 'd1', role: 'DAG_VIEWER'},
  {entityType: 'DAG_TAG', entityId: 'finance', deploymentId: 'd1', role: 'DAG_AUTHOR'},
  {entityType: 'SOMETHING_NEW', entityId: 'd1', role: 'NEW_ROLE', nested: {more: 1}},
]
const deployments = ['d1', 'd2', 'd3', 'd9'].map((id) => ({id, name: `name-of-${id}`}))
const roles = ['DEPLOYMENT_ADMIN', 'Deploy Reader'].map((name) => ({name, scopeType: 'DEPLOYMENT'}))
const ADMIN = 'DEPLOYMENT_ADMIN'
const tokenId = 'a'

/** An Organization with one token that has these roles. */
const withToken = (...entries: NonNullable<Parameters<typeof organizationToken>[1]>) =>
  fakeAstroApi({deployments, roles, tokens: [organizationToken('a', entries, {name: 'etl'})]})

describe('token scoping: add', () => {
  describe('add', () => {
    it('writes the new role after all others as they were read, with two requests', async () => {
      const api = withToken(...OTHERS)
      const {
        changes,
        dagRolesStay,
        token: changed,
      } = await createTokenScoping(api, serviceOptions()).add({tokenId, deploymentIds: ['d1'], role: ADMIN})
      expect(api.calls).to.deep.equal([
        ['getToken', 'a'],
        ['setTokenRoles', 'a', [...OTHERS, roleOnDeployment('d1', ADMIN)]],
      ])
      expect(changes).to.deep.equal([{deploymentId: 'd1', action: 'added', role: ADMIN}])
      expect(dagRolesStay).to.deep.equal([])
      expect(changed).to.include({id: 'a', name: 'etl'})
    })

    it('replaces another role on the Deployment in its place, its unknown fields kept', async () => {
      const api = withToken({...roleOnDeployment('d1', 'Deploy Reader'), since: 3}, ...OTHERS)
      const {changes} = await createTokenScoping(api, serviceOptions()).add({
        tokenId,
        deploymentIds: ['d1'],
        role: ADMIN,
      })
      expect(written(api)).to.deep.equal([[{...roleOnDeployment('d1', ADMIN), since: 3}, ...OTHERS]])
      expect(changes).to.deep.equal([
        {deploymentId: 'd1', action: 'updated', role: ADMIN, previousRole: 'Deploy Reader'},
      ])
    })

    it('writes nothing where the token has the role already', async () => {
      const api = withToken(...OTHERS, roleOnDeployment('d1', ADMIN))
      const {changes} = await createTokenScoping(api, serviceOptions()).add({
        tokenId,
        deploymentIds: ['d1'],
        role: ADMIN,
      })
      expect(api.calls).to.deep.equal([['getToken', 'a']])
      expect(changes).to.deep.equal([{deploymentId: 'd1', action: 'unchanged', role: ADMIN, previousRole: ADMIN}])
    })

    it('changes several Deployments by one write', async () => {
      const api = withToken(roleOnDeployment('d2', 'Deploy Reader'), ...OTHERS, roleOnDeployment('d3', ADMIN))
      const {changes} = await createTokenScoping(api, serviceOptions()).add({
        tokenId,
        deploymentIds: ['d3', 'd2', 'd1'],
        role: ADMIN,
      })
      expect(api.calls).to.deep.equal([
        ['getToken', 'a'],
        [
          'setTokenRoles',
          'a',
          [roleOnDeployment('d2', ADMIN), ...OTHERS, roleOnDeployment('d3', ADMIN), roleOnDeployment('d1', ADMIN)],
        ],
      ])
      expect(changes.map(({action}) => action)).to.deep.equal(['unchanged', 'updated', 'added'])
    })

    it('writes nothing to a token of another scope', async () => {
      const api = fakeAstroApi({deployments, roles, tokens: [organizationToken('a', OTHERS, {scope: 'WORKSPACE'})]})
      const failure = await failureOf(async () =>
        createTokenScoping(api, serviceOptions()).add({tokenId, deploymentIds: ['d1'], role: ADMIN}),
      )
      expect(failure.kind).to.equal('not_found')
      expect(failure.message).to.contain('scope WORKSPACE')
      expect(written(api)).to.deep.equal([])
    })

    it('says that the role does not exist', async () => {
      const api = withToken(...OTHERS)
      const failure = await failureOf(async () =>
        createTokenScoping(api, serviceOptions()).add({tokenId, deploymentIds: ['d1'], role: 'Deploy Raeder'}),
      )
      expect(failure.kind).to.equal('not_found')
      expect(failure.message).to.contain('"Deploy Raeder"')
      expect(failure.details.requestId).to.match(/^emulator-/)
      expect(failure.details.candidates?.[0]).to.deep.equal({name: 'Deploy Reader'})
    })

    it('says which Deployments do not exist, and changes none', async () => {
      const api = withToken(...OTHERS)
      const deploymentIds = ['d1', 'x1', 'x2']
      const failure = await failureOf(async () =>
        createTokenScoping(api, serviceOptions()).add({tokenId, deploymentIds, role: ADMIN}),
      )
      expect(failure).to.include({kind: 'not_found', message: 'No Deployment has the ID x1, x2.'})
      expect(await api.getToken('a')).to.have.deep.property('roles', OTHERS)
    })

    it('passes on a refusal that it cannot explain', async () => {
      const forbidden = new AstroError('forbidden', 'No.')
      const api = fakeAstroApi({
        tokens: [organizationToken('a', OTHERS)],
        setTokenRoles: () => Promise.reject(forbidden),
      })
      const failure = await failureOf(async () =>
        createTokenScoping(api, serviceOptions()).add({tokenId, deploymentIds: ['d1'], role: ADMIN}),
      )
      expect(failure).to.equal(forbidden)
    })
  })

  describe('the answer to a write', () => {
    const added = [...OTHERS, roleOnDeployment('d1', ADMIN)]
    const add = async (answer: ReturnType<typeof subjectRoles> | undefined) => {
      const api = fakeAstroApi({tokens: [organizationToken('a', OTHERS)], setTokenRoles: () => Promise.resolve(answer)})
      return createTokenScoping(api, serviceOptions()).add({tokenId, deploymentIds: ['d1'], role: ADMIN})
    }

    it('is good with the roles that were sent, in any order', async () => {
      const {changes} = await add(subjectRoles(added.toReversed()))
      expect(changes).to.have.lengthOf(1)
    })

    const others: readonly (readonly [what: string, answer: ReturnType<typeof subjectRoles>])[] = [
      ['the roles from before', subjectRoles(OTHERS)],
      ['another role', subjectRoles([...OTHERS, roleOnDeployment('d1', 'Deploy Reader')])],
      ['a role less', subjectRoles([roleOnDeployment('d1', ADMIN)])],
      ['a role more', subjectRoles([...added, roleOnDeployment('d2', ADMIN)])],
      ['no Deployment roles', {organizationRole: 'ORGANIZATION_MEMBER', deploymentRoles: null}],
    ]
    for (const [what, answer] of others) {
      it(`is a conflict with ${what}, when the token does not have the role either`, async () => {
        const failure = await failureOf(async () => add(answer))
        expect(failure.kind).to.equal('conflict')
        expect(failure.details.hint).to.contain('{{list}}')
      })
    }
  })
})

/** The role lists that were sent. */
function written(api: FakeAstroApi): unknown[] {
  return api.calls.filter(([operation]) => operation === 'setTokenRoles').map((call) => call[2])
}
