import {expect} from 'chai'

import {type ApiToken} from '../../../src/lib/astro-api/answers.js'
import {type AstroApi} from '../../../src/lib/astro-api/operations.js'
import {AstroError} from '../../../src/lib/errors.js'
import {roleOn} from '../../../src/lib/roles/role-arithmetic.js'
import {ORGANIZATION_TOKENS, readTokenOfScope} from '../../../src/lib/roles/token-scope.js'
import {
  type PickToken,
  selectTokenId,
  type TokenSearch,
  type TokenSelector,
} from '../../../src/lib/selection/select-token.js'
import {fakeAstroApi, organizationToken, roleOnDeployment} from '../fake-astro-api.js'
import {failureOf} from '../support.js'

const ONLY_ORGANIZATION = {includeOnlyOrganizationTokens: true}
const onDag = (deploymentId: string) => ({entityType: 'DAG', entityId: 'load', deploymentId, role: 'DAG_VIEWER'})

const MEMBER = {entityType: 'ORGANIZATION', entityId: 'clorg1', role: 'ORGANIZATION_MEMBER'}

/** Two Organization tokens and a Workspace's, all of one name. */
const namesakes = () =>
  fakeAstroApi({
    tokens: [
      organizationToken('a', [roleOnDeployment('d1', 'r')], {name: 'etl'}),
      organizationToken('b', [MEMBER], {name: 'etl'}),
      organizationToken('c', [roleOnDeployment('d1', 'r')], {name: 'etl', scope: 'WORKSPACE'}),
    ],
  })
const hasRoles = ({roles = []}: ApiToken) => roles.filter(({entityType}) => entityType === 'DEPLOYMENT').length

const findTokenId = async (api: AstroApi, selector: TokenSelector, search?: TokenSearch) =>
  selectTokenId(api, ORGANIZATION_TOKENS, selector, search)

/** What `update` and `remove` look for. */
const ON_D1 = {
  onDeployment: 'd1',
  rank: ({roles = []}: ApiToken) => (roleOn(roles, 'd1') === undefined ? 0 : 1),
}

describe('looking for a token', () => {
  describe('findTokenId', () => {
    it('takes an ID as it is, and asks nothing', async () => {
      const api = fakeAstroApi({})
      expect(await findTokenId(api, {id: 'a'}, {onDeployment: 'd1'})).to.equal('a')
      expect(api.calls).to.deep.equal([])
    })

    describe('by name in the Organization', () => {
      it('finds the one token of exactly that name with one request', async () => {
        const tokens = [
          organizationToken('a', [], {name: 'etl'}),
          organizationToken('b', [], {name: 'ETL'}),
          organizationToken('c', [], {name: 'ETL '}),
        ]
        const api = fakeAstroApi({tokens})
        expect(await findTokenId(api, {name: 'ETL'})).to.equal('b')
        expect(api.calls).to.deep.equal([['listTokens', ONLY_ORGANIZATION]])
      })

      it('prefers an Organization token to a token of another scope', async () => {
        const tokens = [
          organizationToken('a', [], {name: 'etl', scope: 'WORKSPACE'}),
          organizationToken('b', [], {name: 'etl'}),
        ]
        expect(await findTokenId(fakeAstroApi({tokens}), {name: 'etl'})).to.equal('b')
      })

      it('does not take a token of another scope, though the server sends one', async () => {
        const tokens = [organizationToken('a', [], {name: 'etl', scope: 'WORKSPACE'})]
        const api = fakeAstroApi({listTokens: () => Promise.resolve(tokens)})
        const failure = await failureOf(async () => findTokenId(api, {name: 'etl'}))
        expect(failure.kind).to.equal('not_found')
      })

      it('lists the IDs of two tokens of one name', async () => {
        const tokens = [organizationToken('a', [], {name: 'etl'}), organizationToken('b', [], {name: 'etl'})]
        const failure = await failureOf(async () => findTokenId(fakeAstroApi({tokens}), {name: 'etl'}))
        expect(failure.kind).to.equal('ambiguous')
        expect(failure.message).to.contain('"etl"')
        expect(failure.details.hint).to.contain('a or b')
        expect(failure.details.candidates).to.deep.equal([
          {id: 'a', name: 'etl'},
          {id: 'b', name: 'etl'},
        ])
      })

      it('says what a token of another scope is, and looks for one only when no Organization token was found', async () => {
        const api = fakeAstroApi({tokens: [organizationToken('a', [], {name: 'etl', scope: 'WORKSPACE'})]})
        const failure = await failureOf(async () => findTokenId(api, {name: 'etl'}))
        expect(failure.kind).to.equal('not_found')
        expect(failure.message).to.contain('"etl" (a)').and.contain('scope WORKSPACE')
        expect(api.calls).to.deep.equal([
          ['listTokens', ONLY_ORGANIZATION],
          ['listTokens', {}],
        ])
      })

      it('names the closest names where none is the same', async () => {
        const tokens = ['etl-prod', 'billing', 'etl-test'].map((name) => organizationToken(`id${name}`, [], {name}))
        const failure = await failureOf(async () => findTokenId(fakeAstroApi({tokens}), {name: 'elt-prod'}))
        expect(failure.kind).to.equal('not_found')
        expect(failure.message).to.contain('"elt-prod"')
        expect(failure.details.hint).to.contain('"etl-prod" (idetl-prod)')
        expect(failure.details.candidates?.[0]).to.deep.equal({id: 'idetl-prod', name: 'etl-prod'})
        expect(failure.details.candidates?.map(({name}) => name)).not.to.include('billing')
      })

      it('says how to see the tokens where no name is close', async () => {
        const failure = await failureOf(async () => findTokenId(fakeAstroApi({}), {name: 'etl'}))
        expect(failure.details.candidates).to.deep.equal([])
        expect(failure.details.hint).to.contain('astro organization token list')
      })
    })

    describe('by name among those with a role on a Deployment', () => {
      it('finds the one there is, though others elsewhere have the name', async () => {
        const tokens = [
          organizationToken('a', [roleOnDeployment('d2', 'r')], {name: 'etl'}),
          organizationToken('b', [roleOnDeployment('d1', 'r')], {name: 'etl'}),
          organizationToken('c', [], {name: 'etl'}),
        ]
        const api = fakeAstroApi({tokens})
        expect(await findTokenId(api, {name: 'etl'}, {onDeployment: 'd1'})).to.equal('b')
        expect(api.calls).to.deep.equal([['listTokens', {deploymentId: 'd1'}]])
      })

      it('prefers a role on the Deployment to one on a DAG inside', async () => {
        const tokens = [
          organizationToken('a', [onDag('d1')], {name: 'etl'}),
          organizationToken('b', [roleOnDeployment('d1', 'r')], {name: 'etl'}),
        ]
        expect(await findTokenId(fakeAstroApi({tokens}), {name: 'etl'}, ON_D1)).to.equal('b')
      })

      it('lists the IDs where two of the name have a role there, and not those that have none', async () => {
        const tokens = ['a', 'b', 'c'].map((id) =>
          organizationToken(id, [id === 'b' ? onDag('d1') : roleOnDeployment('d1', 'r')], {name: 'etl'}),
        )
        const failure = await failureOf(async () => findTokenId(fakeAstroApi({tokens}), {name: 'etl'}, ON_D1))
        expect(failure.kind).to.equal('ambiguous')
        expect(failure.details.candidates?.map(({id}) => id)).to.deep.equal(['a', 'c'])
      })

      it('is not found where several have the name, and none of them a role there', async () => {
        const tokens = ['a', 'b'].map((id) => organizationToken(id, [onDag('d1')], {name: 'etl'}))
        const search = {...ON_D1, deploymentIds: ['d1']}
        const failure = await failureOf(async () => findTokenId(fakeAstroApi({tokens}), {name: 'etl'}, search))
        expect(failure.kind).to.equal('not_found')
        expect(failure.message).to.equal('None of the Organization tokens named "etl" has a role on Deployment d1.')
      })

      it('is not confused by a token of another scope that has a role there', async () => {
        const tokens = [
          organizationToken('a', [roleOnDeployment('d1', 'r')], {name: 'etl', scope: 'DEPLOYMENT'}),
          organizationToken('b', [roleOnDeployment('d1', 'r')], {name: 'etl'}),
        ]
        expect(await findTokenId(fakeAstroApi({tokens}), {name: 'etl'}, ON_D1)).to.equal('b')
      })

      it('names the closest among those with a role there', async () => {
        const tokens = [
          organizationToken('a', [roleOnDeployment('d1', 'r')], {name: 'etl-1'}),
          organizationToken('b', [roleOnDeployment('d2', 'r')], {name: 'etl-2'}),
        ]
        const failure = await failureOf(async () =>
          findTokenId(fakeAstroApi({tokens}), {name: 'etl-3'}, {onDeployment: 'd1'}),
        )
        expect(failure.kind).to.equal('not_found')
        expect(failure.message).to.contain('Deployment d1').and.contain('"etl-3"')
        expect(failure.details.candidates).to.deep.equal([{id: 'a', name: 'etl-1'}])
      })
    })

    it('reads a token by its ID before it ranks it, if the list has no roles of it', async () => {
      const {roles, ...bare} = organizationToken('a', [roleOnDeployment('d1', 'r')], {name: 'etl'})
      const api = fakeAstroApi({tokens: [{...bare, ...(roles && {roles})}], listTokens: async () => [bare]})
      expect(await findTokenId(api, {name: 'etl'}, ON_D1)).to.equal('a')
      expect(api.calls.map(([operation]) => operation)).to.deep.equal(['listTokens', 'getToken'])
    })

    it('passes on that the list cannot be had', async () => {
      const forbidden = new AstroError('forbidden', 'No.')
      const api = fakeAstroApi({listTokens: () => Promise.reject(forbidden)})
      expect(await failureOf(async () => findTokenId(api, {name: 'etl'}, {onDeployment: 'd1'}))).to.equal(forbidden)
    })
  })

  describe('readTokenOfScope', () => {
    it('gives the token', async () => {
      const token = organizationToken('a', [])
      expect(await readTokenOfScope(fakeAstroApi({tokens: [token]}), ORGANIZATION_TOKENS, 'a')).to.deep.equal(token)
    })

    it('names an ID that no token has, with the API’s request ID', async () => {
      const failure = await failureOf(async () => readTokenOfScope(fakeAstroApi({}), ORGANIZATION_TOKENS, 'a'))
      expect(failure).to.include({kind: 'not_found', message: 'No Organization token has the ID a.'})
      expect(failure.details).to.include({status: 404, requestId: 'emulator-000001'})
      expect(failure.details.hint).to.contain('astro organization token list')
    })

    it('says what a token of another scope is', async () => {
      const api = fakeAstroApi({tokens: [organizationToken('a', [], {name: 'etl', scope: 'DEPLOYMENT'})]})
      const failure = await failureOf(async () => readTokenOfScope(api, ORGANIZATION_TOKENS, 'a'))
      expect(failure.kind).to.equal('not_found')
      expect(failure.message).to.contain('"etl" (a)').and.contain('scope DEPLOYMENT')
    })

    it('does not take one token for another', async () => {
      const api = fakeAstroApi({getToken: () => Promise.resolve(organizationToken('b', []))})
      const failure = await failureOf(async () => readTokenOfScope(api, ORGANIZATION_TOKENS, 'a'))
      expect(failure.kind).to.equal('api')
      expect(failure.message).to.contain('token b').and.contain('instead of a')
    })

    it('passes on any other failure', async () => {
      const timeout = new AstroError('timeout', 'No answer.')
      const api = fakeAstroApi({getToken: () => Promise.reject(timeout)})
      expect(await failureOf(async () => readTokenOfScope(api, ORGANIZATION_TOKENS, 'a'))).to.equal(timeout)
    })
  })

  describe('a token to pick', () => {
    const offers: [string[], unknown][] = []
    const pick: PickToken = async (tokens, deploymentIds) => {
      offers.push([tokens.map(({id}) => id), deploymentIds])
      return tokens.at(-1)?.id ?? ''
    }

    beforeEach(() => {
      offers.length = 0
    })

    it('is one of the Organization’s own', async () => {
      expect(await findTokenId(namesakes(), {pick}, {deploymentIds: ['d1']})).to.equal('b')
      expect(offers).to.deep.equal([[['a', 'b'], ['d1']]])
    })

    it('is one that fits, of those that the Deployment lists', async () => {
      const api = namesakes()

      expect(await findTokenId(api, {pick}, {rank: hasRoles})).to.equal('a')
      expect(await findTokenId(api, {pick}, {rank: hasRoles, onDeployment: 'd1'})).to.equal('a')
      expect(offers).to.deep.equal([
        [['a'], undefined],
        [['a'], undefined],
      ])
      expect(api.calls.at(-1)).to.deep.equal(['listTokens', {deploymentId: 'd1'}])
    })

    it('is one of several that have the name', async () => {
      expect(await findTokenId(namesakes(), {name: 'etl', pick}, {deploymentIds: ['d2']})).to.equal('b')
      expect(offers).to.deep.equal([[['a', 'b'], ['d2']]])
    })

    it('is not asked for where only one has the name, or an ID was given', async () => {
      await findTokenId(namesakes(), {name: 'etl', pick}, {onDeployment: 'd1'})
      await findTokenId(namesakes(), {id: 'a'})
      expect(offers).to.deep.equal([])
    })

    it('is not found where there is none', async () => {
      const failure = await failureOf(async () => findTokenId(namesakes(), {pick}, {onDeployment: 'd2'}))
      expect(failure.kind).to.equal('not_found')
      expect(failure.message).to.equal('Deployment d2 has no Organization token to choose from.')
      expect((await failureOf(async () => findTokenId(fakeAstroApi({}), {pick}))).kind).to.equal('not_found')
    })
  })
})
