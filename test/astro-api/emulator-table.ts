import type {Credentials} from './credentials.js'

import {ids, seedWorld} from './world.js'

const {organization, workspaces} = ids
const {billing, etlProd, reports, sandbox} = ids.deployments
const DEPLOYMENTS = ['etl-prod', 'etl-staging', 'ml-training', 'sandbox', 'reports', 'billing']
const ROLES = ['Deploy Reader', 'Deploy Operator', 'Log Reader', 'DAG Trigger']
const ON_ETL_PROD = ['deploy-bot', 'terraform']
const ROOT = `/v1/organizations/${organization}`

/** The names that lists return. The total count is their number by default. */
export const LISTS: readonly (readonly [title: string, path: string, names: readonly string[], totalCount?: number])[] =
  [
    ['returns all Deployments of the Organization', 'deployments', DEPLOYMENTS],
    ['returns the page that offset and limit select', 'deployments?offset=4&limit=3', ['reports', 'billing'], 6],
    ['returns an empty page for limit 0', 'deployments?limit=0', [], 6],
    [
      'filters by repeated deploymentIds and ignores unknown IDs',
      `deployments?deploymentIds=${billing}&deploymentIds=${sandbox}&deploymentIds=clnone`,
      ['sandbox', 'billing'],
    ],
    ['combines filters', `deployments?names=reports&names=sandbox&workspaceIds=${workspaces.data}`, ['sandbox']],
    ['sorts Deployments by name', 'deployments?sorts=name:asc', DEPLOYMENTS.toSorted()],
    ['sorts Deployments by age', 'deployments?sorts=createdAt:desc&limit=2', ['billing', 'reports'], 6],
    ['returns only custom roles by default', 'roles', ROLES],
    ['filters roles by scopeTypes', 'roles?scopeTypes=DEPLOYMENT', ROLES.slice(0, 3)],
    ['returns tokens of all scopes', 'tokens', seedWorld().tokens.map(({name}) => name)],
    [
      'filters tokens of all scopes by their roles on a Deployment',
      `tokens?deploymentId=${etlProd}`,
      [...ON_ETL_PROD, 'workspace-loader', 'etl-prod-deployer'],
    ],
    ['filters tokens by roles on DAGs too', `tokens?deploymentId=${reports}`, ['deploy-bot', 'Report viewer']],
    ['filters tokens by their scope', `tokens?deploymentId=${etlProd}&includeOnlyOrganizationTokens=true`, ON_ETL_PROD],
    [
      'filters tokens by their roles on a Workspace',
      `tokens?workspaceId=${workspaces.data}`,
      ['data-quality', 'workspace-loader'],
    ],
    ['sorts tokens by name', 'tokens?sorts=name:desc&limit=1', ['workspace-loader'], 11],
    ['sorts tokens by createdAt', 'tokens?sorts=createdAt:asc&limit=1', ['old-ci'], 11],
    ['sorts tokens by tokenStartAt', 'tokens?sorts=tokenStartAt:desc&limit=1', ['unassigned'], 11],
    [
      'sorts equal tokens by the next sort',
      'tokens?sorts=description:asc&sorts=name:desc&limit=1',
      ['workspace-loader'],
      11,
    ],
  ]

/** The errors for unknown items. */
export const NOT_FOUND: readonly (readonly [path: string, message: string])[] = [
  ['deployments/clnone', 'Deployment clnone was not found'],
  ['tokens/clnone', 'API token clnone was not found'],
  ['tokens?deploymentId=clnone', 'Deployment clnone was not found'],
  ['tokens?workspaceId=clnone', 'Workspace clnone was not found'],
]

/** The contract violations that requests cause. */
export const VIOLATIONS: readonly (readonly [path: string, status: number, violation: string])[] = [
  ['tokens?limit=1001', 400, 'listApiTokens request: /query/limit must be <= 1000'],
  ['tokens?offset=-1', 400, 'listApiTokens request: /query/offset must be >= 0'],
  ['roles?limit=all', 400, 'listRoles request: /query/limit must be integer'],
  ['roles?limit=1&limit=2', 400, 'listRoles request: /query/limit must be integer'],
  [
    'deployments?sorts=status:asc',
    400,
    'listDeployments request: /query/sorts/0 must be equal to one of the allowed values ' +
      '(name:asc,name:desc,createdAt:asc,createdAt:desc,updatedAt:asc,updatedAt:desc)',
  ],
  ['tokens?x=y', 200, 'listApiTokens request: /query must NOT have additional properties (x)'],
  ['teams', 404, `GET ${ROOT}/teams: the API has no such operation`],
  ['tokens/%E0', 404, `GET ${ROOT}/tokens/%E0: the API has no such operation`],
  ['/organizations', 404, 'GET /organizations: the API has no such operation'],
  ['/v1/oauth/token', 404, 'GET /v1/oauth/token: the API has no such operation'],
  ['/v1/organizations/', 404, 'GET /v1/organizations/: the API has no such operation'],
]

/** The contract violations of two invalid tokens. */
export const INVALID_RESPONSES: readonly string[] = [
  "listApiTokens response 200: /tokens/0 must have required property 'scope'",
  'listApiTokens response 200: /tokens/0/createdAt must match format "date-time"',
  'listApiTokens response 200: /tokens/1/roles/0/entityType must be equal to one of the allowed values ' +
    '(ORGANIZATION,WORKSPACE,DEPLOYMENT,DAG,DAG_TAG)',
]

type Issuer = Pick<Credentials, 'apiToken' | 'login'>

/** Tokens of this emulator or of another one, and the status of a request with them. */
export const CREDENTIALS: readonly (readonly [
  title: string,
  token: (own: Issuer, other: Issuer) => null | string,
  status: number,
])[] = [
  ['rejects a request without a token', () => null, 401],
  ['rejects a string that is not a JWT', () => 'a.b.c', 401],
  ['rejects an expired API token', (own) => own.apiToken({exp: 1}), 401],
  ['accepts an API token without expiry', (own) => own.apiToken({exp: null}), 200],
  ['accepts an API token without Organization', (own) => own.apiToken({organizationId: null}), 200],
  ['rejects an API token of another Organization', (own) => own.apiToken({organizationId: 'clnone'}), 403],
  ['accepts a login', (own) => own.login().accessToken, 200],
  ['rejects an expired login', (own) => own.login({expiresInSeconds: 0}).accessToken, 401],
  ['rejects a user of another Organization', (own) => own.login({organizations: ['clnone']}).accessToken, 403],
  ['rejects a login of another emulator', (_, other) => other.login().accessToken, 401],
  ['accepts an API token of an earlier run', (_, other) => other.apiToken(), 200],
  [
    'rejects an API token of an earlier run for an unknown Organization',
    (_, other) => other.apiToken({organizationId: 'clnone'}),
    401,
  ],
]

/** Forms that differ from a valid refresh, and the errors of the identity provider. */
export const REFRESH_ERRORS: readonly (readonly [
  form: Readonly<Record<string, string>>,
  status: number,
  error: string,
])[] = [
  [{refresh_token: 'unknown'}, 400, 'invalid_grant'],
  [{client_id: 'unknown'}, 401, 'invalid_client'],
  [{grant_type: 'password'}, 400, 'invalid_request'],
]
