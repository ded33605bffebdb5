import {type AstroApi} from '../../../src/lib/astro-api/operations.js'

/** The path of the Organization `o/1`. */
const ROOT = 'organizations/o%2F1'
const PAGE = {limit: 1000, sorts: 'createdAt:asc', offset: 0}
const ROLE = {entityType: 'DEPLOYMENT', entityId: 'd1', role: 'r'}
const TOKEN = {id: 't', name: 'n', scope: 'ORGANIZATION', roles: [ROLE]}
const role = (name: string, scopeType = 'DEPLOYMENT') => ({name, scopeType})

/** An operation with its arguments, its request, the response (none: no body) and its result. */
export const OPERATIONS: readonly (readonly [
  operation: 'listOrganizations' | keyof AstroApi,
  args: readonly unknown[],
  request: readonly [path: string, queryOrBody: unknown],
  response?: unknown,
  result?: unknown,
])[] = [
  [
    'listTokens',
    [{deploymentId: 'd1'}],
    [`${ROOT}/tokens`, {...PAGE, deploymentId: 'd1'}],
    {tokens: [TOKEN], totalCount: 1},
    [TOKEN],
  ],
  ['getToken', ['a/b'], [`${ROOT}/tokens/a%2Fb`, {}], TOKEN, TOKEN],
  ['getTokenForWrite', ['t'], [`${ROOT}/tokens/t`, {}], TOKEN, TOKEN],
  [
    'setTokenRoles',
    ['t', [ROLE]],
    [`${ROOT}/tokens/t/roles`, {roles: [ROLE]}],
    {organizationRole: 'r'},
    {organizationRole: 'r'},
  ],
  ['setTokenRoles', ['t', []], [`${ROOT}/tokens/t/roles`, {roles: []}]],
  [
    'listDeployments',
    [],
    [`${ROOT}/deployments`, PAGE],
    {deployments: [{id: 'd1', name: 'etl'}], totalCount: 1},
    [{id: 'd1', name: 'etl'}],
  ],
  [
    'listDeployments',
    [{workspaceIds: ['w1']}],
    [`${ROOT}/deployments`, {...PAGE, workspaceIds: ['w1']}],
    {deployments: [], totalCount: 0},
    [],
  ],
  [
    'listOrganizations',
    [],
    ['organizations', {limit: 1000, offset: 0}],
    {organizations: [{id: 'o1', name: 'Acme'}], totalCount: 1},
    [{id: 'o1', name: 'Acme'}],
  ],
  [
    'listDeploymentRoles',
    [],
    [`${ROOT}/roles`, {includeDefaultRoles: true, limit: 1000, scopeTypes: ['DEPLOYMENT'], offset: 0}],
    {roles: [role('a'), role('b', 'DAG')], totalCount: 2},
    [role('a')],
  ],
]

const ROLES_PAGE = {limit: 2, totalCount: 3, defaultRoles: [role('ADMIN'), role('OWNER', 'WORKSPACE')]}
export const ROLES_PAGES: readonly string[] = [
  JSON.stringify({...ROLES_PAGE, roles: [role('a'), role('b')]}),
  JSON.stringify({...ROLES_PAGE, roles: [role('b'), role('c')]}),
]

const DEPLOYMENTS_PAGE = {limit: 2, totalCount: 3}
export const DEPLOYMENTS_PAGES: readonly string[] = [
  JSON.stringify({...DEPLOYMENTS_PAGE, deployments: ['a', 'b'].map((id) => ({id, name: ''}))}),
  JSON.stringify({...DEPLOYMENTS_PAGE, deployments: ['b', 'c'].map((id) => ({id, name: ''}))}),
]

/** The JSON of a token with these further fields, of its own and of its role. */
export function tokenJson({ofRole = '', ofToken = ''}: {readonly ofRole?: string; readonly ofToken?: string}): string {
  const json = `{"entityType":"DEPLOYMENT","entityId":"a","role":"r"${ofRole}}`
  return `{"id":"t","name":"n","scope":"ORGANIZATION"${ofToken},"roles":[${json}]}`
}

/** Further fields of a role that cannot be sent back. */
export const UNWRITABLE: readonly (readonly [ofRole: string, reason: string])[] = [
  [',"since":9007199254740993', '9007199254740993 in them would change'],
  [`,"deep":${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'they are nested too deeply'],
]
