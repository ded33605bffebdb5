import {type PickDeployment, type TargetRequest} from '../../../src/lib/selection/select-target.js'
import {type PickToken} from '../../../src/lib/selection/select-token.js'
import {roleOnDeployment} from '../fake-astro-api.js'
import {namedToken, roleOnDag} from './world.js'

export const DEPLOYMENTS = [
  {id: 'd1', name: 'etl', workspaceId: 'w1'},
  {id: 'd2', name: 'etl-2', workspaceId: 'w1'},
  {id: 'd3', name: 'reports', workspaceId: 'w2'},
]
export const TOKENS = [
  namedToken('a', 'etl', [roleOnDeployment('d1', 'r'), roleOnDeployment('d3', 'r')]),
  namedToken('b', 'etl', [roleOnDeployment('d3', 'r')]),
  namedToken('c', 'first', [roleOnDeployment('d1', 'r')]),
  namedToken('none', 'none'),
  namedToken('dags', 'dags', [roleOnDag('d1')]),
]

/** What the prompts offered. */
export const offers: string[] = []

const pickToken: PickToken = async (tokens, deploymentIds) => {
  offers.push(`tokens ${tokens.map(({id}) => id).join(' ')} for ${deploymentIds?.join(' ') ?? 'any'}`)
  return tokens.at(-1)?.id ?? ''
}

const pickDeployment: PickDeployment = async (deployments) => {
  offers.push(`Deployments ${deployments.map(({id}) => id).join(' ')}`)
  return deployments.at(-1)?.id ?? ''
}

/** Of the result, the token's ID, the Deployments' IDs, and the names that responses had. */
type Expected = readonly [tokenId: string, deploymentIds: string, deploymentNames?: string]
export const SELECTED: readonly (readonly [string, Partial<TargetRequest>, Expected, offers?: readonly string[]])[] = [
  ['returns IDs as they are', {deployments: {ids: ['d9']}}, ['a', 'd9']],
  ['selects all Deployments', {}, ['a', 'd1 d2 d3', 'etl etl-2 reports']],
  ['selects all Deployments of a Workspace', {workspaceId: 'w2', loginWorkspaceId: 'w1'}, ['a', 'd3', 'reports']],
  ['ignores the Workspace of the login for all', {loginWorkspaceId: 'w1'}, ['a', 'd1 d2 d3', 'etl etl-2 reports']],
  ['selects the Deployments on which the token has a role', {needsRole: true}, ['a', 'd1 d3']],
  [
    'selects those of a Workspace on which the token has a role',
    {needsRole: true, workspaceId: 'w2'},
    ['a', 'd3', 'reports'],
  ],
  [
    'offers the tokens with a role in the Workspace',
    {needsRole: true, workspaceId: 'w1', token: {pick: pickToken}},
    ['c', 'd1', 'etl etl-2'],
    ['tokens a c for d1 d2'],
  ],
  [
    'offers the tokens with a role on any Deployment',
    {needsRole: true, token: {name: 'etl', pick: pickToken}},
    ['b', 'd3'],
    ['tokens a b for any'],
  ],
  [
    'prefers the token with a role on most of the Deployments',
    {needsRole: true, deployments: {ids: ['d3', 'd1']}, token: {name: 'etl'}},
    ['a', 'd3 d1'],
  ],
  [
    'prompts for the Deployment, then for the token',
    {deployments: {pick: pickDeployment}, token: {name: 'etl', pick: pickToken}},
    ['b', 'd3', 'etl etl-2 reports'],
    ['Deployments d1 d2 d3', 'tokens a b for d3'],
  ],
  [
    'offers the Deployments of the Workspace',
    {deployments: {pick: pickDeployment}, workspaceId: 'w2', loginWorkspaceId: 'w1'},
    ['a', 'd3', 'reports'],
    ['Deployments d3'],
  ],
  [
    'offers the Deployments of the Workspace of the login',
    {deployments: {pick: pickDeployment}, loginWorkspaceId: 'w1'},
    ['a', 'd2', 'etl etl-2 reports'],
    ['Deployments d1 d2'],
  ],
  [
    'offers all Deployments if the Workspace of the login has none',
    {deployments: {pick: pickDeployment}, loginWorkspaceId: 'w9'},
    ['a', 'd3', 'etl etl-2 reports'],
    ['Deployments d1 d2 d3'],
  ],
]

const seeRoles = 'See where it has a role: {{list}} --all-deployments'
const seeDeployments = 'List all Deployments with the Astro CLI: astro deployment list --all'
export const FAILURES: readonly (readonly [Partial<TargetRequest>, message: string, hint: string])[] = [
  [{token: {id: 'none'}}, 'The token "none" has no role on a Deployment in this Organization.', seeRoles],
  [
    {token: {id: 'dags'}, workspaceId: 'w1'},
    'The token "dags" has no role on a Deployment in Workspace w1. It has roles on DAGs, which stay.',
    seeRoles,
  ],
  [
    {workspaceId: 'w9'},
    'There are no Deployments in Workspace w9, or this credential cannot see them.',
    seeDeployments,
  ],
  [
    {needsRole: false, workspaceId: 'w9'},
    'There are no Deployments in Workspace w9, or this credential cannot see them.',
    seeDeployments,
  ],
]
