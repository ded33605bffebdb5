import {type TokenRole} from '../../../src/lib/astro-api/responses.js'
import {type RoleTarget} from '../../../src/lib/roles/token-scoping.js'
import {roleOnDeployment} from '../fake-astro-api.js'
import {ADMIN, type Command, DAG, DAG_TAG, NO_ROLES, OTHERS, READER} from './organization.js'
import {MEMBER} from './write-world.js'

const SEE_TOKENS = 'List the Organization tokens with the Astro CLI: astro organization token list'
const SEE_LIST = 'See where it has a role: {{list}} --all-deployments'
const GIVE_IT = "To give it the role: {{add}} a --role 'Deploy Reader'"

/** What a command changes. */
export const CHANGES: readonly (readonly [
  title: string,
  Command,
  before: readonly TokenRole[],
  Partial<RoleTarget>,
  expected: {
    readonly changes: readonly object[]
    readonly after?: readonly TokenRole[]
    readonly dagRolesStay?: readonly string[]
  },
])[] = [
  [
    'adds a role after all others',
    'add',
    OTHERS,
    {},
    {
      changes: [{deploymentId: 'd1', action: 'added', role: ADMIN}],
      after: [...OTHERS, roleOnDeployment('d1', ADMIN)],
    },
  ],
  [
    'replaces a role in its place, with its unknown fields',
    'update',
    [{...roleOnDeployment('d1', READER), since: 3}, ...OTHERS],
    {},
    {
      changes: [{deploymentId: 'd1', action: 'updated', role: ADMIN, previousRole: READER}],
      after: [{...roleOnDeployment('d1', ADMIN), since: 3}, ...OTHERS],
    },
  ],
  [
    'writes nothing if the token has the role already',
    'update',
    [...OTHERS, roleOnDeployment('d1', ADMIN)],
    {},
    {changes: [{deploymentId: 'd1', action: 'unchanged', role: ADMIN, previousRole: ADMIN}]},
  ],
  [
    'changes several Deployments in one write',
    'add',
    [roleOnDeployment('d2', READER), ...OTHERS, roleOnDeployment('d3', ADMIN)],
    {deploymentIds: ['d3', 'd2', 'd1']},
    {
      changes: [
        {deploymentId: 'd3', action: 'unchanged', role: ADMIN, previousRole: ADMIN},
        {deploymentId: 'd2', action: 'updated', role: ADMIN, previousRole: READER},
        {deploymentId: 'd1', action: 'added', role: ADMIN},
      ],
      after: [roleOnDeployment('d2', ADMIN), ...OTHERS, roleOnDeployment('d3', ADMIN), roleOnDeployment('d1', ADMIN)],
    },
  ],
  [
    'removes roles, and reports the Deployments with DAG roles that stay',
    'remove',
    [roleOnDeployment('d3', READER), roleOnDeployment('d1', ADMIN), ...OTHERS, roleOnDeployment('d2', READER)],
    {deploymentIds: ['d2', 'd3', 'd1']},
    {
      changes: [
        {deploymentId: 'd2', action: 'removed', previousRole: READER},
        {deploymentId: 'd3', action: 'removed', previousRole: READER},
        {deploymentId: 'd1', action: 'removed', previousRole: ADMIN},
      ],
      after: OTHERS,
      dagRolesStay: ['d2', 'd1'],
    },
  ],
]
/** What a command fails with, and the hints. */
export const FAILURES: readonly (readonly [
  title: string,
  readonly Command[],
  before: readonly TokenRole[] | undefined,
  Partial<RoleTarget>,
  message: string,
  hints?: Readonly<Partial<Record<Command, string>>>,
])[] = [
  [
    'the token does not exist',
    ['add', 'update', 'remove'],
    OTHERS,
    {tokenId: 'b'},
    'not_found: No Organization token has the ID b.',
    {add: SEE_TOKENS, update: SEE_TOKENS, remove: SEE_TOKENS},
  ],
  [
    'the token has no role on a Deployment',
    ['update', 'remove'],
    [MEMBER],
    {role: READER},
    'not_found: The token "etl" has no role on Deployment d1.',
    {update: `${GIVE_IT} --deployment-id d1`, remove: SEE_LIST},
  ],
  [
    'the token only has DAG roles on Deployments',
    ['update', 'remove'],
    [...OTHERS, roleOnDeployment('d3', ADMIN)],
    {deploymentIds: ['d2', 'd3', 'd1'], role: READER},
    'not_found: The token "etl" has no role on Deployments d2, d1. It only has roles on DAGs there.',
    {update: `${GIVE_IT} --deployment-id d2 --deployment-id d1`, remove: SEE_LIST},
  ],
  [
    'the token only has DAG roles on some of the Deployments',
    ['update', 'remove'],
    [MEMBER, DAG, DAG_TAG],
    {deploymentIds: ['d1', 'd3', 'd2']},
    'not_found: The token "etl" has no role on Deployments d1, d3, d2. It only has roles on DAGs in d1, d2.',
  ],
  [
    'one of the Deployments does not exist',
    ['update', 'remove'],
    [MEMBER, roleOnDeployment('d3', ADMIN)],
    {deploymentIds: ['d3', 'd1', 'x1']},
    'not_found: The token "etl" has no role on Deployments d1, x1. No Deployment has the ID x1.',
  ],
  [
    'the Deployment does not exist',
    ['update', 'remove'],
    [MEMBER],
    {deploymentIds: ['x1']},
    'not_found: No Deployment has the ID x1.',
  ],
  [
    'Deployments to add do not exist',
    ['add'],
    OTHERS,
    {deploymentIds: ['d1', 'x1', 'x2']},
    'not_found: No Deployment has the ID x1, x2.',
  ],
  [
    'the only roles would be removed',
    ['remove'],
    [roleOnDeployment('d1', ADMIN)],
    {},
    'conflict: This would remove the last role of the token. A token must keep at least one role.',
  ],
  ['the response lacks the roles', ['add', 'update', 'remove'], undefined, {}, `api: ${NO_ROLES}`],
  ['the list of roles is empty', ['add', 'update', 'remove'], [], {}, `api: ${NO_ROLES}`],
]
