import {expect} from 'chai'

import {ORGANIZATION_TOKENS} from '../../../src/lib/roles/scope.js'
import {findTokens, listOfferedRoles, type TokenSearch} from '../../../src/lib/selection/token.js'
import {openInProcess} from '../../astro-api/in-process.js'
import {type World} from '../../astro-api/world.js'
import {DAG, MEMBER, OTHER, READER, tokenOf, worldWith} from '../roles/world.js'
import {failureOf} from '../support.js'

/** A search for the tokens with roles on most of these Deployments; the first one lists them. */
const on = (...deploymentIds: string[]) => ({deploymentIds, keep: 'most roles'}) as const

const SEE_TOKENS = 'List the Organization tokens with the Astro CLI: astro organization token list'
const SEE_ROLES = 'See where they have one: {{list}} --all-deployments'

async function listRoles(deploymentIds: readonly string[], more?: Partial<World>) {
  const {api} = openInProcess(worldWith([MEMBER, READER], more))
  return listOfferedRoles(api, ORGANIZATION_TOKENS, {tokenId: 'a', deploymentIds})
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
      {title: 'finds a name without a role', search: {name: 'ETL', ...on('d7')}, ids: 'upper', requests: 2},
    ]
    for (const {title, search, ids, requests = 1} of found) {
      it(title, async () => {
        const {api, operations} = openWithTokens()
        const [...all] = await findTokens(api, ORGANIZATION_TOKENS, search)
        expect([all.map(({id}) => id).join(' '), operations().length]).to.deep.equal([ids, requests])
      })
    }

    const NOBODY = 'None of the Organization tokens named'
    const failures: ReadonlyArray<TokenSearch & {readonly message: string; readonly hint: string}> = [
      {
        name: 'order-test',
        ...on('d2'),
        message: 'No Organization token with a role on Deployment d2 is named "order-test".',
        hint: 'Did you mean "orders-prod" (prod)?',
      },
      {name: 'etl', ...on('d3', 'd9'), message: `${NOBODY} "etl" has a role on Deployment d3, d9.`, hint: SEE_ROLES},
      {name: 'idle', keep: 'any role', message: `${NOBODY} "idle" has a role on a Deployment.`, hint: SEE_ROLES},
      {
        deploymentIds: ['d9'],
        keep: 'any role',
        message: 'There is no Organization token to choose from.',
        hint: SEE_TOKENS,
      },
      {...on('d9'), message: 'Deployment d9 has no Organization token to choose from.', hint: SEE_TOKENS},
    ]
    for (const {message, hint, ...search} of failures) {
      it(`fails: ${message}`, async () => {
        const failure = await failureOf(async () => findTokens(openWithTokens().api, ORGANIZATION_TOKENS, search))
        expect(failure).to.deep.include({kind: 'not_found', message}).and.have.nested.property('details.hint', hint)
      })
    }

    it('passes on any error of a list but an unknown Deployment', async () => {
      const {api, inject} = openWithTokens()
      inject({operationId: 'listApiTokens', action: {kind: 'status', status: 403}})
      const search = async () => findTokens(api, ORGANIZATION_TOKENS, on('d1'))
      expect(await failureOf(search)).to.include({kind: 'forbidden'})
    })
  })

  describe('listOfferedRoles', () => {
    it('lists the roles that the token has on one of the Deployments first', async () => {
      const offered = await listRoles(['d2', 'd1'])
      expect(offered.map(({isPresent, name}) => [name, isPresent])).to.deep.equal([
        ['Deploy Reader', true],
        ['DEPLOYMENT_ADMIN', false],
        ['DEPLOYMENT_ACCESSOR', false],
      ])
    })

    it('fails if no role can be given on all Deployments', async () => {
      const finance = {name: 'Finance', scopeType: 'DEPLOYMENT', restrictedWorkspaceIds: ['w2']} as const
      const failure = await failureOf(async () => listRoles(['d1', 'd3'], {customRoles: [finance], defaultRoles: []}))
      const message = 'No role can be given on all of these Deployments.'
      const details = {hint: 'Choose the Deployments one by one'}
      expect(failure).to.deep.include({kind: 'not_found', message, details})
    })
  })
})
