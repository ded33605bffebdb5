import {roleOn} from '../../../src/lib/roles/arithmetic.js'
import {type PickToken, type TokenSearch, type TokenSelector} from '../../../src/lib/selection/select-token.js'
import {roleOnDeployment} from '../fake-astro-api.js'
import {namedToken, roleOnDag} from './world.js'

export const TOKENS = [
  namedToken('a', 'etl', [roleOnDeployment('d1', 'r')]),
  namedToken('b', 'etl', [roleOnDeployment('d1', 'r'), roleOnDeployment('d2', 'r')]),
  namedToken('c', 'etl', [roleOnDag('d1')]),
  namedToken('w', 'etl', [roleOnDeployment('d1', 'r')], 'WORKSPACE'),
  namedToken('upper', 'ETL'),
  namedToken('prod', 'orders-prod', [roleOnDeployment('d2', 'r')]),
  namedToken('test', 'orders-test'),
  namedToken('foreign', 'foreign', [], 'WORKSPACE'),
]

/** Returns its offer in place of an ID. */
const pick: PickToken = async (tokens, deploymentIds) =>
  `${tokens.map(({id}) => id).join(' ')} for ${deploymentIds?.join(' ') ?? 'any'}`

/** A search for tokens with a role on as many of these Deployments as possible; the first one lists them. */
export function rankedOn(...deploymentIds: string[]): TokenSearch {
  const [onDeployment] = deploymentIds
  const rank: TokenSearch['rank'] = ({roles = []}) =>
    deploymentIds.filter((id) => roleOn(roles, id) !== undefined).length
  return {deploymentIds, onDeployment, rank}
}

const OF_ORGANIZATION = ['listTokens', {includeOnlyOrganizationTokens: true}]
const OF_ALL = ['listTokens', {}]
export const on = (deploymentId: string) => ['listTokens', {deploymentId}]

export const SELECTED: readonly (readonly [
  string,
  TokenSelector,
  TokenSearch | undefined,
  id: string,
  calls: unknown[],
])[] = [
  ['returns an ID without a request', {id: 'a'}, rankedOn('d1'), 'a', []],
  ['finds the token of exactly that name', {name: 'ETL'}, {}, 'upper', [OF_ORGANIZATION]],
  ['finds the token of that name on a Deployment', {name: 'etl', pick}, {onDeployment: 'd2'}, 'b', [on('d2')]],
  ['prefers the token with the most roles', {name: 'etl'}, rankedOn('d1', 'd2'), 'b', [on('d1')]],
  ['finds the only token of that name elsewhere', {name: 'orders-prod'}, rankedOn('d1'), 'prod', [on('d1'), OF_ALL]],
  ['prompts for one of several of that name', {name: 'etl', pick}, undefined, 'a b c for any', [OF_ORGANIZATION]],
  ['omits those without a role there', {name: 'etl', pick}, rankedOn('d1'), 'a b for d1', [on('d1')]],
  [
    'ranks those of that name elsewhere',
    {name: 'etl', pick},
    {...rankedOn('d1'), onDeployment: 'd9'},
    'a b for d1',
    [on('d9'), OF_ALL],
  ],
  [
    'prompts for one of the Organization tokens',
    {pick},
    {deploymentIds: ['d2']},
    'a b c upper prod test for d2',
    [OF_ORGANIZATION],
  ],
  ['prompts for one of the tokens with a role there', {pick}, rankedOn('d1'), 'a b for d1', [on('d1')]],
]

const seeTokens = 'List the Organization tokens with the Astro CLI: astro organization token list'
const candidate = (id: string, name: string) => ({id, name})
const orders = [candidate('prod', 'orders-prod'), candidate('test', 'orders-test')]
export const FAILURES: readonly (readonly [TokenSelector, TokenSearch, message: string, details: object])[] = [
  [
    {name: 'etl'},
    {},
    '3 Organization tokens are named "etl".',
    {
      candidates: ['a', 'b', 'c'].map((id) => candidate(id, 'etl')),
      hint: 'Use the ID instead of the name: a or b or c',
    },
  ],
  [
    {name: 'foreign'},
    {},
    '"foreign" (foreign) is a token of scope WORKSPACE, not an Organization token.',
    {hint: 'Manage its roles in the scope where it was created'},
  ],
  [
    {name: 'order-prod'},
    {},
    'No Organization token is named "order-prod".',
    {candidates: orders, hint: 'Did you mean "orders-prod" (prod) or "orders-test" (test)?'},
  ],
  [{name: 'zzzzz'}, {}, 'No Organization token is named "zzzzz".', {candidates: [], hint: seeTokens}],
  [
    {name: 'order-test'},
    {onDeployment: 'd2'},
    'No Organization token with a role on Deployment d2 is named "order-test".',
    {candidates: orders.slice(0, 1), hint: 'Did you mean "orders-prod" (prod)?'},
  ],
  [
    {name: 'etl', pick},
    {...rankedOn('d8', 'd9'), onDeployment: 'd1'},
    'None of the Organization tokens named "etl" has a role on Deployment d8, d9.',
    {hint: 'See where they have one: {{list}} --all-deployments'},
  ],
  [
    {name: 'etl', pick},
    {rank: () => 0},
    'None of the Organization tokens named "etl" has a role on a Deployment.',
    {hint: 'See where they have one: {{list}} --all-deployments'},
  ],
  [{pick}, {rank: () => 0}, 'There is no Organization token to choose from.', {hint: seeTokens}],
  [{pick}, rankedOn('d9'), 'Deployment d9 has no Organization token to choose from.', {hint: seeTokens}],
]
