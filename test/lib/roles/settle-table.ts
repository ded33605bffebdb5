import {AstroError} from '../../../src/lib/errors.js'
import {ADMIN, MEMBER, OTHER, READER, type Row} from './write-world.js'

const DAG = {entityType: 'DAG', entityId: 'load', deploymentId: 'd1', role: 'DAG_VIEWER'}
const WRITTEN = [MEMBER, ADMIN]
const DETAILS = {hint: 'Start over', requestId: 'req-9', status: 403}
const FORBIDDEN = new AstroError('forbidden', 'It is so.', DETAILS)
const LOST = new AstroError('network', 'It is lost.')
const SEE_ROLES = {...DETAILS, hint: "See the token's roles: {{list}} --all-deployments"}
const WRITE = 'lock:a read write release'
const SETTLE = 'settle:5000:0 sleep:5000 read'

const times = <T>(count: number, itemOf: (index: number) => T) =>
  Array.from({length: count}, (_, index) => itemOf(index))
/** What another writer leaves who changes something else each time. */
const unrelated = (index: number) => [...WRITTEN, {...OTHER, role: `role-${index}`}]

const differences = [[...WRITTEN, OTHER], [ADMIN], [{...MEMBER, role: 'ORGANIZATION_OWNER'}, ADMIN], [...WRITTEN, DAG]]

/** What a change with --settle does while other writers change the same token. */
export const SETTLE_ROWS: readonly Row[] = [
  [
    'writes under the lock, then waits and reads without it',
    'add',
    {roles: [MEMBER]},
    {
      ends: 'added d1',
      isDryRun: false,
      settlement: {settled: true, rewrites: 0},
      steps: `${WRITE} ${SETTLE}`,
      roles: WRITTEN,
    },
  ],
  [
    'repeats the write from a fresh read if another writer undid it, and reports the first change',
    'add',
    {roles: [MEMBER], duringWaits: [[OTHER, READER]]},
    {
      ends: 'added d1',
      settlement: {settled: true, rewrites: 1},
      steps: `${WRITE} ${SETTLE} ${WRITE} settle:5000:1 sleep:5000 read`,
      roles: [OTHER, ADMIN],
    },
  ],
  [
    'settles a role that was there already',
    'add',
    {roles: WRITTEN},
    {ends: 'unchanged d1', settlement: {settled: true, rewrites: 0}, steps: `lock:a read release ${SETTLE}`},
  ],
  [
    'restores a role that was there already, and reports that it was added',
    'add',
    {roles: WRITTEN, duringWaits: [[MEMBER]]},
    {ends: 'added d1', settlement: {settled: true, rewrites: 1}, roles: WRITTEN},
  ],
  [
    'removes a role again that another writer restored',
    'remove',
    {roles: WRITTEN, duringWaits: [[...WRITTEN, OTHER]]},
    {ends: 'removed d1', settlement: {settled: true, rewrites: 1}, roles: [MEMBER, OTHER]},
  ],
  [
    'accepts that a role to remove again is gone by then',
    'remove',
    {roles: WRITTEN, duringWaits: [WRITTEN], beforeLocks: [undefined, [MEMBER]]},
    {ends: 'removed d1', states: 'sent written'},
  ],
  [
    'does not restore by update what another writer removed',
    'update',
    {roles: [MEMBER, READER], duringWaits: [[MEMBER]]},
    {
      ends:
        'not_found: Another writer undid the change to "etl" (a), and the repeat failed. ' +
        'The token "etl" has no role on Deployment d1.',
      roles: [MEMBER],
    },
  ],
  ...differences.map((roles): Row => [
    `waits again until nothing changes: ${JSON.stringify(roles)}`,
    'add',
    {roles: [MEMBER], duringWaits: [roles]},
    {ends: 'added d1', steps: `${WRITE} ${SETTLE} ${SETTLE}`, roles},
  ]),
  [
    'compares with the last read, not with the write',
    'add',
    {roles: [MEMBER], duringWaits: [[...WRITTEN, OTHER], WRITTEN]},
    {ends: 'added d1', steps: `${WRITE} ${SETTLE} ${SETTLE} ${SETTLE}`},
  ],
  [
    'ignores the order of the roles',
    'add',
    {roles: [MEMBER], duringWaits: [WRITTEN.toReversed()]},
    {steps: `${WRITE} ${SETTLE}`},
  ],
  [
    'succeeds if the sixteenth repeat stands',
    'add',
    {roles: [MEMBER], duringWaits: times(16, () => [MEMBER])},
    {ends: 'added d1', settlement: {settled: true, rewrites: 16}},
  ],
  [
    'fails if the sixteenth repeat is undone too',
    'add',
    {roles: [MEMBER], duringWaits: times(17, () => [MEMBER])},
    {
      ends: 'conflict: The change to "etl" (a) was repeated 16 times, but another writer undid it each time.',
      details: {hint: 'Make sure that every writer of this token uses --settle, then try again'},
    },
  ],
  [
    'succeeds if the fortieth wait is quiet',
    'add',
    {roles: [MEMBER], duringWaits: times(39, unrelated)},
    {ends: 'added d1', settlement: {settled: true, rewrites: 0}},
  ],
  ...(
    [
      ['written', [MEMBER], 'written and there'],
      ['found', WRITTEN, 'there'],
    ] as const
  ).map(([how, roles, state]): Row => [
    `fails after forty waits if the change was ${how}`,
    'add',
    {roles, duringWaits: times(40, unrelated)},
    {
      ends: `timeout: The change to "etl" (a) is ${state}, but other writers keep changing this token.`,
      details: {hint: SEE_ROLES.hint},
    },
  ]),
  ...(
    [
      ['written', {roles: [MEMBER], reads: {2: FORBIDDEN}}, 'written'],
      ['found', {roles: WRITTEN, reads: {2: FORBIDDEN}}, 'there'],
      ['repeated', {roles: WRITTEN, duringWaits: [[MEMBER]], reads: {4: FORBIDDEN}}, 'written'],
    ] as const
  ).map(([how, script, state]): Row => [
    `says that a change that was ${how} may not stand if the read fails`,
    'add',
    script,
    {
      ends: `forbidden: The change to "etl" (a) is ${state}, but the command could not confirm that it stands. It is so.`,
      details: SEE_ROLES,
    },
  ]),
  [
    'keeps the hint of an error that says when to try again',
    'add',
    {roles: [MEMBER], reads: {2: new AstroError('rate_limited', 'No.', {hint: 'Later', retryAfterMs: 1})}},
    {details: {hint: 'Later', retryAfterMs: 1}},
  ],
  [
    'does not count a read without roles as undone',
    'add',
    {roles: [MEMBER], reads: {2: 'no roles'}},
    {steps: `${WRITE} ${SETTLE}`, states: 'sent written'},
  ],
  [
    'says that a change was written if that is so for one of its Deployments',
    'add',
    {roles: WRITTEN, reads: {2: LOST}},
    {
      ends: 'network: The change to "etl" (a) is written, but the command could not confirm that it stands. It is lost.',
    },
    {deploymentIds: ['d1', 'd2']},
  ],
  [
    'reports what a repeat wrote only for the Deployments that needed no change at first',
    'add',
    {roles: WRITTEN, duringWaits: [[MEMBER]]},
    {ends: 'added d2, added d1', settlement: {settled: true, rewrites: 1}},
    {deploymentIds: ['d2', 'd1']},
  ],
  [
    'fails to remove a role that the token does not have',
    'remove',
    {roles: [MEMBER]},
    {ends: 'not_found: The token "etl" has no role on Deployment d1.', steps: 'lock:a read release'},
  ],
  [
    'stays written if a repeat is refused',
    'add',
    {roles: [MEMBER], duringWaits: [[MEMBER]], writes: [{}, {error: FORBIDDEN}]},
    {
      ends: 'forbidden: Another writer undid the change to "etl" (a), and the repeat failed. It is so.',
      details: SEE_ROLES,
      states: 'sent written sent written',
    },
  ],
  [
    'does not wait if the first write is refused',
    'add',
    {roles: [MEMBER], writes: [{error: FORBIDDEN}]},
    {ends: 'forbidden: It is so.', details: DETAILS, steps: WRITE, states: 'sent refused'},
  ],
  [
    'passes on an error of the program',
    'add',
    {roles: [MEMBER], reads: {2: new TypeError('bug')}},
    {ends: 'TypeError: bug'},
  ],
  [
    'does not wait in a dry run',
    'add',
    {roles: [MEMBER]},
    {ends: 'added d1', isDryRun: true, settlement: undefined, steps: 'lock:a read release'},
    {isDryRun: true},
  ],
  [
    'writes after reads of any age without --settle',
    'add',
    {roles: [MEMBER], readTimes: [9000]},
    {ends: 'added d1', settlement: undefined, steps: WRITE},
    {settleSeconds: undefined},
  ],
  [
    'writes after a read that took just under half of the seconds',
    'add',
    {roles: [MEMBER], readTimes: [1999]},
    {steps: `${WRITE} ${SETTLE}`},
  ],
  [
    'reads again up to three times if a read took half of the seconds',
    'add',
    {roles: [MEMBER], readTimes: [2000, 2000, 2000]},
    {ends: 'added d1', steps: `lock:a read read read read write release ${SETTLE}`},
  ],
  [
    'writes nothing after four such reads in a row',
    'add',
    {roles: [MEMBER], readTimes: times(4, () => 2000)},
    {
      ends: 'timeout: The Astro API responded too slowly for --settle.',
      details: {hint: 'Nothing was written. Try again with a larger --settle'},
      steps: 'lock:a read read read read release',
    },
  ],
  [
    'does not claim that nothing was written if the outcome of an earlier write is unknown',
    'add',
    {roles: [MEMBER], readTimes: [0, ...times(4, () => 2000)], writes: [{error: LOST}]},
    {
      ends: 'timeout: Could not confirm whether the roles were updated. The Astro API responded too slowly for --settle.',
      details: {hint: `${SEE_ROLES.hint}. The update failed with: It is lost.`},
    },
  ],
  [
    'accepts a slow read if there is nothing to write',
    'add',
    {roles: WRITTEN, readTimes: [9000]},
    {ends: 'unchanged d1', steps: `lock:a read release ${SETTLE}`},
  ],
]
