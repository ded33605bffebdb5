import {auditJson, listJson, removalJson, roleJson} from '../../../src/lib/output/result-json.js'
import {BARE, FULL, HOSTILE} from './fixtures.js'

/** JSON has the true text of names. */
const TOKEN = {...FULL, name: HOSTILE}
const IDENTITY = {id: 'cltok1', name: HOSTILE, description: '=1', scope: 'ORGANIZATION', kind: 'DIRECT_ACCESS'}
const CREATED = {created_at: '2026-03-07T12:00:00Z', created_by: 'Jo Doe'}
const UPDATED = {updated_at: '2025-03-07T12:00:00Z'}
const TIMES = {
  expires_at: '2026-03-22T13:00:00Z',
  last_used_at: '2025-12-09T13:00:00+02:00',
  last_rotated_at: '2026-03-10T11:00:00Z',
}
const REMOVED = {id: 'cltok1', name: HOSTILE, scope: 'ORGANIZATION', action: 'removed'}

const updated = {deploymentId: 'd1', action: 'updated', role: 'new', previousRole: 'old'} as const
const added = {deploymentId: 'd2', action: 'added', role: 'new'} as const
const unchanged = {deploymentId: 'd3', action: 'unchanged', role: 'new', previousRole: 'new'} as const
const removed = {deploymentId: 'd1', action: 'removed', previousRole: 'old'} as const
const RESULT = {token: TOKEN, changes: [], dagRolesStay: ['d1'], isDryRun: false}
const DETAILS = {
  isDryRun: true,
  settlement: {settled: true, rewrites: 2},
  // An empty name counts as unknown.
  deploymentNames: new Map([
    ['d1', HOSTILE],
    ['d2', ''],
  ]),
}

/** How to make a document, and the document. */
export const DOCUMENTS: readonly (readonly [title: string, document: () => unknown, expected: unknown])[] = [
  [
    'of list have each key of a token',
    () => listJson('d1', [{token: TOKEN, role: 'Deploy Reader'}]),
    {deployment_id: 'd1', tokens: [{...IDENTITY, role: 'Deploy Reader', ...CREATED, ...UPDATED, ...TIMES}]},
  ],
  [
    'of list omit keys without a value, but not the role',
    () => listJson('d1', [{token: BARE, role: undefined}]),
    {deployment_id: 'd1', tokens: [{id: 'cltok2', name: 'bare', scope: 'ORGANIZATION', role: ''}]},
  ],
  ['of list have an empty list without tokens', () => listJson('d1', []), {deployment_id: 'd1', tokens: []}],
  [
    'of an audit group by token, in the order of the roles',
    () =>
      auditJson([
        {token: TOKEN, deploymentId: 'd2', deploymentName: HOSTILE, role: 'r'},
        {token: BARE, deploymentId: 'd1', deploymentName: '', role: 'r'},
        {token: TOKEN, deploymentId: 'd1', deploymentName: 'one', role: 'q'},
      ]),
    {
      tokens: [
        {
          ...IDENTITY,
          ...CREATED,
          ...UPDATED,
          ...TIMES,
          deployments: [
            {deployment_id: 'd2', deployment_name: HOSTILE, role: 'r'},
            {deployment_id: 'd1', deployment_name: 'one', role: 'q'},
          ],
        },
        {id: 'cltok2', name: 'bare', scope: 'ORGANIZATION', deployments: [{deployment_id: 'd1', role: 'r'}]},
      ],
    },
  ],
  ['of an audit have an empty list without roles', () => auditJson([]), {tokens: []}],
  [
    'of add and update have the role before and after, and not when the token was last updated',
    () => roleJson({...RESULT, changes: [updated, added, unchanged]}),
    {
      ...IDENTITY,
      ...CREATED,
      ...TIMES,
      role: 'new',
      dry_run: false,
      deployments: [
        {deployment_id: 'd1', role: 'new', previous_role: 'old', action: 'updated'},
        {deployment_id: 'd2', role: 'new', action: 'added'},
        {deployment_id: 'd3', role: 'new', previous_role: 'new', action: 'unchanged'},
      ],
    },
  ],
  [
    'of add and update have a settlement and the names of Deployments, if known',
    () => roleJson({...RESULT, ...DETAILS, token: BARE, changes: [updated, added]}),
    {
      id: 'cltok2',
      name: 'bare',
      scope: 'ORGANIZATION',
      role: 'new',
      dry_run: true,
      settled: true,
      rewrites: 2,
      deployments: [
        {deployment_id: 'd1', deployment_name: HOSTILE, role: 'new', previous_role: 'old', action: 'updated'},
        {deployment_id: 'd2', role: 'new', action: 'added'},
      ],
    },
  ],
  [
    'of remove have the role before',
    () => removalJson({...RESULT, changes: [removed]}),
    {
      ...REMOVED,
      deployment_id: 'd1',
      dry_run: false,
      deployments: [{deployment_id: 'd1', previous_role: 'old', action: 'removed'}],
    },
  ],
  [
    'of remove have a settlement and the names of Deployments, if known',
    () => removalJson({...RESULT, ...DETAILS, changes: [removed, {...removed, deploymentId: 'd2'}]}),
    {
      ...REMOVED,
      dry_run: true,
      settled: true,
      rewrites: 2,
      deployments: [
        {deployment_id: 'd1', deployment_name: HOSTILE, previous_role: 'old', action: 'removed'},
        {deployment_id: 'd2', previous_role: 'old', action: 'removed'},
      ],
    },
  ],
]
