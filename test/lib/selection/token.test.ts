import {expect} from 'chai'

import {ORGANIZATION_TOKENS} from '../../../src/lib/roles/scope.js'
import {ambiguousToken, findTokens, type TokenSearch} from '../../../src/lib/selection/token.js'
import {openInProcess} from '../../astro-api/in-process.js'
import {type World} from '../../astro-api/world.js'
import {DAG, MEMBER, roleOnDeployment, tokenOf, worldWith} from '../roles/world.js'
import {failureOf} from '../support.js'

const [READER_1, READER_2] = [roleOnDeployment('d1', 'Deploy Reader'), roleOnDeployment('d2', 'Deploy Reader')]
const TOKENS = [
  tokenOf('a', [MEMBER, READER_1], {name: 'etl'}),
  tokenOf('b', [MEMBER, READER_1, READER_2], {name: 'etl'}),
  tokenOf('c', [MEMBER, DAG], {name: 'etl'}),
  tokenOf('w', [READER_1], {name: 'etl', scope: 'WORKSPACE'}),
  tokenOf('upper', [MEMBER], {name: 'ETL'}),
  tokenOf('prod', [MEMBER, READER_2], {name: 'orders-prod'}),
  tokenOf('test', [MEMBER], {name: 'orders-test'}),
  tokenOf('idle-1', [MEMBER], {name: 'idle'}),
  tokenOf('idle-2', [MEMBER], {name: 'idle'}),
]

/** Searches for tokens with roles on as many of these Deployments as possible; the first one lists them. */
function on(...deploymentIds: string[]) {
  return {deploymentIds, keep: 'most roles'} as const
}

/** Searches for tokens with a role on any of these Deployments. */
function onAny(...deploymentIds: string[]) {
  return {deploymentIds, keep: 'any role'} as const
}

async function find(search: Partial<TokenSearch>, more: Partial<World> = {}) {
  const {api, operations} = openInProcess(worldWith([], {tokens: TOKENS, ...more}))
  const found = await findTokens(api, ORGANIZATION_TOKENS, {keep: 'all', ...search})
  return {ids: found.map(({id}) => id).join(' '), requests: operations().length}
}

describe('the selection of a token', () => {
  describe('findTokens', () => {
    for (const {title, search, ids, requests = 1} of [
      {title: 'finds the token of exactly that name', search: {name: 'ETL'}, ids: 'upper'},
      {title: 'finds the token of that name on a Deployment', search: {name: 'etl', ...on('d2')}, ids: 'b'},
      {title: 'prefers the token with the most roles', search: {name: 'etl', ...on('d1', 'd2')}, ids: 'b'},
      {
        title: 'finds the only token of a name elsewhere',
        search: {name: 'orders-prod', ...on('d1')},
        ids: 'prod',
        requests: 2,
      },
      {title: 'finds every token of a name', search: {name: 'etl'}, ids: 'a b c'},
      {title: 'omits those without a role there', search: {name: 'etl', ...on('d1')}, ids: 'a b'},
      {title: 'searches elsewhere too', search: {name: 'etl', ...on('d9', 'd1')}, ids: 'a b', requests: 2},
      {
        title: 'finds every token with a role on one of several',
        search: {name: 'etl', ...onAny('d1', 'd2')},
        ids: 'a b',
      },
      {title: 'finds every token with a role', search: {keep: 'any role' as const}, ids: 'a b prod'},
      {title: 'finds every Organization token without a name', search: {}, ids: 'a b c upper prod test idle-1 idle-2'},
      {title: 'finds the tokens with a role there without a name', search: on('d1'), ids: 'a b'},
      {
        title: 'searches the Organization if the Deployment is unknown',
        search: {name: 'ETL', ...on('d7')},
        ids: 'upper',
        requests: 2,
      },
    ]) {
      it(title, async () => {
        expect(await find(search)).to.deep.equal({ids, requests})
      })
    }

    it('reads a token whose roles the list omits', async () => {
      expect(await find({name: 'orders-prod', ...on('d2')}, {withoutRolesInLists: ['prod']})).to.deep.equal({
        ids: 'prod',
        requests: 2,
      })
    })

    const seeTokens = 'List the Organization tokens with the Astro CLI: astro organization token list'
    const seeRoles = 'See where they have one: {{list}} --all-deployments'
    const orders = [
      {id: 'prod', name: 'orders-prod'},
      {id: 'test', name: 'orders-test'},
    ]
    for (const {search, message, hint, candidates} of [
      {search: {name: 'zzzzz'}, message: 'No Organization token is named "zzzzz".', hint: seeTokens, candidates: []},
      {
        search: {name: 'order-test', ...on('d2')},
        message: 'No Organization token with a role on Deployment d2 is named "order-test".',
        hint: 'Did you mean "orders-prod" (prod)?',
        candidates: orders.slice(0, 1),
      },
      {
        search: {name: 'etl', ...on('d3', 'd9')},
        message: 'None of the Organization tokens named "etl" has a role on Deployment d3, d9.',
        hint: seeRoles,
      },
      {
        search: {name: 'idle', keep: 'any role' as const},
        message: 'None of the Organization tokens named "idle" has a role on a Deployment.',
        hint: seeRoles,
      },
      {search: onAny('d9'), message: 'There is no Organization token to choose from.', hint: seeTokens},
      {search: on('d9'), message: 'Deployment d9 has no Organization token to choose from.', hint: seeTokens},
    ]) {
      it(`fails: ${message}`, async () => {
        const {details, kind, message: actual} = await failureOf(async () => find(search))
        expect({...details, kind, message: actual}).to.deep.equal({
          kind: 'not_found',
          message,
          hint,
          ...(candidates && {candidates}),
        })
      })
    }

    it('passes on any other error of a list', async () => {
      const {api, inject} = openInProcess(worldWith([], {tokens: TOKENS}))
      inject({operationId: 'listApiTokens', action: {kind: 'status', status: 403}})
      const failure = await failureOf(async () => findTokens(api, ORGANIZATION_TOKENS, {name: 'etl', ...on('d1')}))
      expect(failure.kind).to.equal('forbidden')
    })
  })

  it('lists the IDs of several tokens of one name', () => {
    expect(ambiguousToken(TOKENS.slice(0, 2), ORGANIZATION_TOKENS)).to.deep.include({
      kind: 'ambiguous',
      message: '2 Organization tokens are named "etl".',
      details: {
        candidates: ['a', 'b'].map((id) => ({id, name: 'etl'})),
        hint: 'Use the ID instead of the name: a or b',
      },
    })
  })
})
