import {expect} from 'chai'

import {AstroError} from '../../../src/lib/errors.js'
import {createTokenScoping} from '../../../src/lib/roles/token-scoping.js'
import {fakeAstroApi, type FakeAstroApi, organizationToken, roleOnDeployment} from '../fake-astro-api.js'
import {serviceOptions} from '../service-options.js'
import {failureOf} from '../support.js'

const MEMBER = {entityType: 'ORGANIZATION', entityId: 'clorg1', role: 'ORGANIZATION_MEMBER'}
const NEW = {entityType: 'SOMETHING_NEW', entityId: 'd1', role: 'NEW_ROLE', nested: {more: [1]}}
const DAG = {entityType: 'DAG', entityId: 'load', deploymentId: 'd1', role: 'DAG_VIEWER'}
const DAG_TAG = {entityType: 'DAG_TAG', entityId: 'finance', deploymentId: 'd2', role: 'DAG_AUTHOR'}
const ADMIN = 'DEPLOYMENT_ADMIN'
const READER = 'Deploy Reader'

const deployments = ['d1', 'd2', 'd3'].map((id) => ({id, name: `name-of-${id}`}))
const roles = [ADMIN, READER].map((name) => ({name, scopeType: 'DEPLOYMENT'}))
const tokenId = 'a'

/** An Organization with one token that has these roles. */
const withToken = (...entries: NonNullable<Parameters<typeof organizationToken>[1]>) =>
  fakeAstroApi({deployments, roles, tokens: [organizationToken('a', entries, {name: 'etl'})]})

/** Reads the list of one Deployment. */
async function list(api: FakeAstroApi) {
  return createTokenScoping(api, serviceOptions()).list('d1')
}

/** Updates the token, or removes it, on the Deployments. */
async function run(command: 'remove' | 'update', api: FakeAstroApi, ...deploymentIds: string[]) {
  const scoping = createTokenScoping(api, serviceOptions())
  const target = {tokenId, deploymentIds}
  return command === 'update' ? scoping.update({...target, role: READER}) : scoping.remove(target)
}

describe('token scoping, where there are roles', () => {
  describe('list', () => {
    it('gives the Organization tokens of the Deployment with their roles, by one request', async () => {
      const admin = organizationToken('a', [MEMBER, roleOnDeployment('d2', READER), roleOnDeployment('d1', ADMIN)])
      const onDag = organizationToken('b', [MEMBER, DAG])
      const workspaces = organizationToken('c', [roleOnDeployment('d1', ADMIN)], {scope: 'WORKSPACE'})
      const api = fakeAstroApi({deployments, tokens: [admin, onDag, workspaces, organizationToken('d', [MEMBER])]})
      expect(await list(api)).to.deep.equal([
        {token: admin, role: ADMIN},
        {token: onDag, role: undefined},
      ])
      expect(api.calls).to.deep.equal([['listTokens', {deploymentId: 'd1'}]])
    })

    it('reads a token by its ID if the list has no roles of it', async () => {
      const {roles, ...bare} = organizationToken('a', [MEMBER, roleOnDeployment('d1', ADMIN)])
      const api = fakeAstroApi({
        tokens: [organizationToken('a', roles)],
        listTokens: () => Promise.resolve([bare]),
      })
      const [listed] = await list(api)
      expect(listed?.role).to.equal(ADMIN)
      expect(api.calls.map(([operation]) => operation)).to.deep.equal(['listTokens', 'getToken'])
    })

    it('is empty for a Deployment without tokens, once it is known to exist', async () => {
      const api = fakeAstroApi({deployments})
      expect(await list(api)).to.deep.equal([])
      expect(api.calls).to.deep.equal([
        ['listTokens', {deploymentId: 'd1'}],
        ['listDeployments', {deploymentIds: ['d1']}],
      ])
    })

    it('says that a Deployment does not exist, whether the API lists nothing or refuses', async () => {
      const refusal = new AstroError('not_found', 'No.', {status: 404, requestId: 'req-1'})
      const silent = await failureOf(async () => list(fakeAstroApi({})))
      const refused = await failureOf(async () => list(fakeAstroApi({listTokens: () => Promise.reject(refusal)})))
      for (const failure of [silent, refused]) {
        expect(failure).to.include({kind: 'not_found', message: 'No Deployment has the ID d1.'})
      }

      expect(refused.details).to.include({status: 404, requestId: 'req-1'})
    })

    it('passes on any other failure', async () => {
      const forbidden = new AstroError('forbidden', 'No.')
      const api = fakeAstroApi({listTokens: () => Promise.reject(forbidden)})
      expect(await failureOf(async () => list(api))).to.equal(forbidden)
    })
  })

  describe('update', () => {
    it('changes the role in its place, with two requests', async () => {
      const api = withToken(MEMBER, roleOnDeployment('d1', ADMIN), DAG, NEW)
      const {changes} = await createTokenScoping(api, serviceOptions()).update({
        tokenId,
        deploymentIds: ['d1'],
        role: READER,
      })
      expect(api.calls).to.deep.equal([
        ['getToken', 'a'],
        ['setTokenRoles', 'a', [MEMBER, roleOnDeployment('d1', READER), DAG, NEW]],
      ])
      expect(changes).to.deep.equal([{deploymentId: 'd1', action: 'updated', role: READER, previousRole: ADMIN}])
    })

    it('writes nothing where it is the role already', async () => {
      const api = withToken(MEMBER, roleOnDeployment('d1', READER))
      const {changes} = await createTokenScoping(api, serviceOptions()).update({
        tokenId,
        deploymentIds: ['d1'],
        role: READER,
      })
      expect(api.calls).to.deep.equal([['getToken', 'a']])
      expect(changes).to.deep.equal([{deploymentId: 'd1', action: 'unchanged', role: READER, previousRole: READER}])
    })
  })

  describe('remove', () => {
    it('takes the role away and leaves the others as they were read, with two requests', async () => {
      const api = withToken(MEMBER, roleOnDeployment('d1', ADMIN), roleOnDeployment('d2', READER), NEW)
      const {changes, dagRolesStay} = await createTokenScoping(api, serviceOptions()).remove({
        tokenId,
        deploymentIds: ['d1'],
      })
      expect(api.calls).to.deep.equal([
        ['getToken', 'a'],
        ['setTokenRoles', 'a', [MEMBER, roleOnDeployment('d2', READER), NEW]],
      ])
      expect(changes).to.deep.equal([{deploymentId: 'd1', action: 'removed', previousRole: ADMIN}])
      expect(dagRolesStay).to.deep.equal([])
    })

    it('leaves roles on DAGs inside, and says on which Deployments', async () => {
      const api = withToken(
        roleOnDeployment('d1', ADMIN),
        DAG,
        roleOnDeployment('d3', ADMIN),
        DAG_TAG,
        roleOnDeployment('d2', ADMIN),
      )
      const {dagRolesStay} = await createTokenScoping(api, serviceOptions()).remove({
        tokenId,
        deploymentIds: ['d2', 'd3', 'd1'],
      })
      expect(api.calls[1]).to.deep.equal(['setTokenRoles', 'a', [DAG, DAG_TAG]])
      expect(dagRolesStay).to.deep.equal(['d2', 'd1'])
    })

    it('does not leave a token without any role', async () => {
      const api = withToken(roleOnDeployment('d1', ADMIN), roleOnDeployment('d2', ADMIN))
      const failure = await failureOf(async () =>
        createTokenScoping(api, serviceOptions()).remove({tokenId, deploymentIds: ['d1', 'd2']}),
      )
      expect(failure.kind).to.equal('conflict')
      expect(failure.details.hint).to.contain('astro organization token delete a')
      expect(api.calls).to.deep.equal([['getToken', 'a']])
    })
  })

  for (const command of ['update', 'remove'] as const) {
    describe(`${command} where the token has no role`, () => {
      it('names each such Deployment and changes none', async () => {
        const api = withToken(MEMBER, DAG, DAG_TAG, roleOnDeployment('d3', ADMIN))
        const failure = await failureOf(async () => run(command, api, 'd2', 'd3', 'd1'))
        expect(failure).to.include({
          kind: 'not_found',
          message: 'The token "etl" has no role on Deployments d2, d1. It only has roles on DAGs there.',
        })
        expect(failure.details.hint).to.equal(
          command === 'update'
            ? "To give it the role: {{add}} a --role 'Deploy Reader' --deployment-id d2 --deployment-id d1"
            : 'See where it has a role: {{list}} --all-deployments',
        )
        expect(api.calls.map(([operation]) => operation)).not.to.include('setTokenRoles')
      })

      it('says which Deployments do not exist too', async () => {
        const api = withToken(MEMBER, roleOnDeployment('d3', ADMIN))
        const failure = await failureOf(async () => run(command, api, 'd3', 'd1', 'x1'))
        expect(failure.kind).to.equal('not_found')
        expect(failure.message).to.equal(
          'The token "etl" has no role on Deployments d1, x1. No Deployment has the ID x1.',
        )
        expect(api.calls.map(([operation]) => operation)).not.to.include('setTokenRoles')
      })

      for (const roles of [undefined, []] as const) {
        it(`fails if the response has ${roles ? 'an empty list of' : 'no'} roles, and writes nothing`, async () => {
          const api = fakeAstroApi({deployments, tokens: [organizationToken('a', roles, {name: 'etl'})]})
          const failure = await failureOf(async () => run(command, api, 'd1'))
          expect(failure).to.include({kind: 'api', message: 'The Astro API returned token a without its roles.'})
          expect(api.calls.map(([operation]) => operation)).not.to.include('setTokenRoles')
        })
      }
    })
  }
})
