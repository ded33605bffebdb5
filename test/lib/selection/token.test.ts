import {expect} from 'chai'

import {ORGANIZATION_TOKENS} from '../../../src/lib/roles/scope.js'
import {findTokens, listOfferedRoles, type TokenSearch} from '../../../src/lib/selection/token.js'
import {openInProcess} from '../../astro-api/in-process.js'
import {type World} from '../../astro-api/world.js'
import {DAG, MEMBER, OTHER, READER, tokenOf, worldWith} from '../roles/world.js'
import {failureOf} from '../support.js'

/** A search for the tokens with roles on most of these Deployments; the first one lists them. */
const on = (...deploymentIds: string[]) => ({deploymentIds, keep: 'most roles'}) as const

/** The names of the offered roles; an asterisk marks a role that the token has. */
async function offersFor(deploymentIds: readonly string[], more: Partial<World> = {}) {
  const {api} = openInProcess(worldWith([MEMBER, READER], more))
  const offered = await listOfferedRoles(api, ORGANIZATION_TOKENS, {tokenId: 'a', deploymentIds})
  return offered.map(({isPresent, name}) => `${name}${isPresent ? '*' : ''}`)
}

describe('the selection of a token', () => {
  describe('findTokens', () => {
    const tokens = [
      tokenOf('a', [MEMBER, READER], {name: 'etl'}),
      tokenOf('b', [MEMBER, READER, OTHER], {name: 'etl'}),
      tokenOf('c', [MEMBER, DAG], {name: 'etl'}),
      tokenOf('w', [READER], {name: 'etl', scope: 'WORKSPACE'}),
      tokenOf('upper', [MEMBER], {name: 'ETL'}),
      tokenOf('prod', [MEMBER, OTHER], {name: 'orders-prod'}),
      tokenOf('test', [MEMBER], {name: 'orders-test'}),
      tokenOf('idle-1', [MEMBER], {name: 'idle'}),
      tokenOf('idle-2', [MEMBER], {name: 'idle'}),
    ]
    const openWithTokens = () => openInProcess(worldWith([], {tokens}))

    const found: readonly {title: string; search: TokenSearch; ids: string; requests?: number}[] = [
      {title: 'prefers the token with the most roles', search: {name: 'etl', ...on('d1', 'd2')}, ids: 'b'},
      {title: 'searches elsewhere too', search: {name: 'etl', ...on('d9', 'd1')}, ids: 'a b', requests: 2},
      {title: 'finds every token with a role', search: {keep: 'any role'}, ids: 'a b prod'},
      {title: 'finds the tokens with a role on a Deployment', search: on('d1'), ids: 'a b'},
      {
        title: 'finds a name without a role',
        search: {name: 'ETL', ...on('d7')},
        ids: 'upper',
        requests: 2,
      },
    ]
    for (const {title, search, ids, requests = 1} of found) {
      it(title, async () => {
        const {api, operations} = openWithTokens()
        const [...all] = await findTokens(api, ORGANIZATION_TOKENS, search)
        expect([all.map(({id}) => id).join(' '), operations().length]).to.deep.equal([ids, requests])
      })
    }

    const seeTokens = 'List the Organization tokens with the Astro CLI: astro organization token list'
    const seeRoles = 'See where they have one: {{list}} --all-deployments'
    const failures: readonly {readonly search: TokenSearch; readonly message: string; readonly hint: string}[] = [
      {
        search: {name: 'order-test', ...on('d2')},
        message: 'No Organization token with a role on Deployment d2 is named "order-test".',
        hint: 'Did you mean "orders-prod" (prod)?',
      },
      {
        search: {name: 'etl', ...on('d3', 'd9')},
        message: 'None of the Organization tokens named "etl" has a role on Deployment d3, d9.',
        hint: seeRoles,
      },
      {
        search: {name: 'idle', keep: 'any role'},
        message: 'None of the Organization tokens named "idle" has a role on a Deployment.',
        hint: seeRoles,
      },
      {
        search: {deploymentIds: ['d9'], keep: 'any role'},
        message: 'There is no Organization token to choose from.',
        hint: seeTokens,
      },
      {search: on('d9'), message: 'Deployment d9 has no Organization token to choose from.', hint: seeTokens},
    ]
    for (const {search, message, hint} of failures) {
      it(`fails: ${message}`, async () => {
        const failure = await failureOf(async () => findTokens(openWithTokens().api, ORGANIZATION_TOKENS, search))
        expect(failure).to.deep.include({kind: 'not_found', message}).and.have.nested.property('details.hint', hint)
      })
    }

    it('passes on any error of a list but an unknown Deployment', async () => {
      const {api, inject} = openWithTokens()
      inject({operationId: 'listApiTokens', action: {kind: 'status', status: 403}})
      const failure = await failureOf(async () => findTokens(api, ORGANIZATION_TOKENS, on('d1')))
      expect(failure).to.include({kind: 'forbidden'})
    })
  })

  describe('listOfferedRoles', () => {
    it('marks the roles that the token has on one of the Deployments, and lists them first', async () => {
      const expected = ['Deploy Reader*', 'DEPLOYMENT_ADMIN', 'DEPLOYMENT_ACCESSOR']
      expect(await offersFor(['d2', 'd1'])).to.deep.equal(expected)
    })

    it('fails if no role can be given on all Deployments', async () => {
      const finance = {name: 'Finance', scopeType: 'DEPLOYMENT', restrictedWorkspaceIds: ['w2']} as const
      const onlyFinance = {customRoles: [finance], defaultRoles: []}
      expect(await failureOf(async () => offersFor(['d1', 'd3'], onlyFinance))).to.deep.include({
        kind: 'not_found',
        message: 'No role can be given on all of these Deployments.',
        details: {hint: 'Choose the Deployments one by one'},
      })
    })
  })
})
