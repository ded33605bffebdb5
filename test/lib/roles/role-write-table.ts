import {AstroError, type ErrorDetails, type ErrorKind} from '../../../src/lib/errors.js'
import {ADMIN, MEMBER, OTHER, READER, type Row, type Write} from './write-world.js'

const failure = (kind: ErrorKind, details: ErrorDetails = {}) => new AstroError(kind, `It is ${kind}.`, details)
const SEE_ROLES = "See the token's roles: {{list}} --all-deployments"
const LOST = failure('network')
const NOT_CONFIRMED = 'Could not confirm whether the roles were updated.'
const NOT_SHOWN = 'The roles of "etl" (a) do not show the update.'
const WITHOUT_ROLES = 'The Astro API returned token a without its roles.'

const unknownOutcomes: readonly (readonly [title: string, Write])[] = [
  ['no response', {error: LOST}],
  ['a time-out', {error: failure('timeout')}],
  ['a 500', {error: failure('api', {status: 500})}],
  ['a 200 that is not JSON', {error: failure('api', {status: 200})}],
  ['a redirect', {error: failure('api', {status: 399})}],
  ['a 408', {error: failure('timeout', {status: 408})}],
  ['an empty response', {response: 'none', arrives: false}],
  ['other roles in the response', {response: {deploymentRoles: []}, arrives: false}],
]

const afterUnknownOutcome: readonly Row[] = unknownOutcomes.flatMap(([title, write]): Row[] => [
  [
    `finds the write done after ${title}`,
    'add',
    {roles: [MEMBER], writes: [{...write, arrives: true}]},
    {
      ends: 'added d1',
      steps: 'lock:a read write sleep:100 read release',
      states: 'sent written',
      roles: [MEMBER, ADMIN],
    },
  ],
  [
    `writes again from a fresh read after ${title}`,
    'add',
    {roles: [MEMBER], writes: [{...write, thenRoles: [MEMBER, OTHER]}]},
    {
      ends: 'added d1',
      steps: 'lock:a read write sleep:100 read write release',
      states: 'sent refused sent written',
      roles: [MEMBER, OTHER, ADMIN],
    },
  ],
])

const outage = {error: failure('api', {requestId: 'req-9', status: 503})}
const busy = (retryAfterMs: number) => ({error: failure('rate_limited', {retryAfterMs, status: 429})})
const down = {error: failure('api', {hint: 'Try again in 90 seconds', retryAfterMs: 90_000, status: 503})}

/** What a write does after each kind of outcome. */
export const WRITE_ROWS: readonly Row[] = [
  ...afterUnknownOutcome,
  [
    'fails with the last error after four attempts and a final look',
    'update',
    {roles: [MEMBER, READER], writes: [outage, outage, outage, outage]},
    {
      ends: `api: ${NOT_SHOWN} It is api.`,
      details: {hint: `${SEE_ROLES}. Then try again`, requestId: 'req-9', status: 503},
      steps: 'lock:a read write sleep:100 read write sleep:200 read write sleep:300 read write read release',
      states: 'sent refused sent refused sent refused sent refused',
      roles: [MEMBER, READER],
    },
  ],
  [
    'says that Astro accepted the update if the roles differ in the end',
    'add',
    {roles: [MEMBER], writes: Array.from({length: 4}, () => ({response: {}, arrives: false}))},
    {ends: `conflict: ${NOT_SHOWN} Astro accepted the update, but the token has other roles now.`},
  ],
  [
    'finds the fourth write done in the final look',
    'add',
    {roles: [MEMBER], writes: [outage, outage, outage, {...outage, arrives: true}]},
    {ends: 'added d1', states: 'sent refused sent refused sent refused sent written'},
  ],
  [
    'counts a role as removed that is gone after a lost response',
    'remove',
    {roles: [MEMBER, READER], writes: [{error: LOST, arrives: true}]},
    {ends: 'removed d1', steps: 'lock:a read write sleep:100 read release'},
  ],
  [
    'does not restore by update what another writer removed',
    'update',
    {roles: [MEMBER, READER], writes: [{error: LOST, thenRoles: [MEMBER]}]},
    {
      ends: 'not_found: The token "etl" has no role on Deployment d1.',
      steps: 'lock:a read write sleep:100 read release',
      roles: [MEMBER],
    },
  ],
  [
    'says that the outcome is unknown if the token cannot be read after a write',
    'add',
    {roles: [MEMBER], writes: [{error: failure('timeout'), arrives: true}], reads: {2: LOST}},
    {
      ends: `network: ${NOT_CONFIRMED} It is network.`,
      details: {hint: `${SEE_ROLES}. The update failed with: It is timeout.`},
      states: 'sent',
    },
  ],
  [
    'keeps the hint of an error that says when to try again',
    'add',
    {roles: [MEMBER], writes: [{error: LOST}], reads: {2: failure('rate_limited', {hint: 'Later', retryAfterMs: 1})}},
    {ends: `rate_limited: ${NOT_CONFIRMED} It is rate_limited.`, details: {hint: 'Later', retryAfterMs: 1}},
  ],
  [
    'does not write after a read that fails',
    'add',
    {roles: [MEMBER], reads: {1: LOST}},
    {ends: 'network: It is network.', steps: 'lock:a read release', states: ''},
  ],
  [
    'reads again before it repeats a write after a refresh of the login',
    'add',
    {roles: [MEMBER], writes: [{error: failure('unauthenticated', {mayRepeat: true, retryAfterMs: 0, status: 401})}]},
    {ends: 'added d1', steps: 'lock:a read write sleep:0 read write release'},
  ],
  [
    'waits for up to a minute if the API says so',
    'add',
    {roles: [MEMBER], writes: [busy(60_000)]},
    {
      ends: 'added d1',
      steps: 'lock:a read write sleep:60000 read write release',
      states: 'sent refused sent written',
    },
  ],
  [
    'does not wait longer than a minute',
    'add',
    {roles: [MEMBER], writes: [busy(60_001)]},
    {ends: 'rate_limited: It is rate_limited.', steps: 'lock:a read write release', states: 'sent refused'},
  ],
  [
    'fails with the last error if no write arrived',
    'add',
    {roles: [MEMBER], writes: [busy(1), busy(2), busy(3), busy(4)]},
    {ends: 'rate_limited: It is rate_limited.', details: {retryAfterMs: 4, status: 429}},
  ],
  [
    'finds the write done that would have to wait too long',
    'add',
    {roles: [MEMBER], writes: [{...down, arrives: true}]},
    {ends: 'added d1', steps: 'lock:a read write read release'},
  ],
  [
    'says when to try again if a write that would have to wait too long did not arrive',
    'add',
    {roles: [MEMBER], writes: [down]},
    {
      ends: `api: ${NOT_SHOWN} It is api.`,
      details: {hint: 'Try again in 90 seconds', retryAfterMs: 90_000, status: 503},
      steps: 'lock:a read write read release',
      states: 'sent refused',
    },
  ],
  [
    'remembers the first unknown outcome across a refusal',
    'add',
    {
      roles: [MEMBER],
      writes: [
        {error: LOST, thenRoles: [MEMBER, READER]},
        {...busy(1), thenRoles: [MEMBER, ADMIN]},
      ],
    },
    {ends: 'added d1', states: 'sent refused sent refused written'},
  ],
  ...(['forbidden', 'unauthenticated', 'invalid_request', 'conflict', 'not_found'] as const).map((kind): Row => [
    `does not repeat a write after ${kind}`,
    'add',
    {roles: [MEMBER], writes: [{error: failure(kind, {status: 400})}]},
    {ends: `${kind}: It is ${kind}.`, steps: 'lock:a read write release', states: 'sent refused'},
  ]),
  ...[400, 499].map((status): Row => [
    `does not repeat a write after a time-out with status ${status}`,
    'add',
    {roles: [MEMBER], writes: [{error: failure('timeout', {status})}]},
    {ends: 'timeout: It is timeout.', states: 'sent refused'},
  ]),
  [
    'passes on an error of the program from a write',
    'add',
    {roles: [MEMBER], writes: [{error: new TypeError('bug')}]},
    {ends: 'TypeError: bug', steps: 'lock:a read write release', states: 'sent'},
  ],
  [
    'passes on an error of the program from a read after a write',
    'add',
    {roles: [MEMBER], writes: [{error: LOST}], reads: {2: new TypeError('bug')}},
    {ends: 'TypeError: bug'},
  ],
  ...([[], 'no roles'] as const).flatMap((read): Row[] => [
    [
      `does not write after a read with ${String(read) || 'an empty list'}`,
      'add',
      {roles: [MEMBER], reads: {1: read}},
      {
        ends: `api: ${WITHOUT_ROLES}`,
        details: {hint: 'Try again. If it happens again, contact Astronomer support'},
        steps: 'lock:a read release',
      },
    ],
    [
      `reads again after a write and ${String(read) || 'an empty list'}`,
      'remove',
      {roles: [MEMBER, READER], writes: [{error: LOST}], reads: {2: read}},
      {ends: 'removed d1', steps: 'lock:a read write sleep:100 read sleep:100 read write release', roles: [MEMBER]},
    ],
    [
      `gives up after a write and four reads with ${String(read) || 'an empty list'}`,
      'remove',
      {roles: [MEMBER, READER], writes: [{error: LOST}], reads: {2: read, 3: read, 4: read, 5: read}},
      {
        ends: `api: ${NOT_CONFIRMED} ${WITHOUT_ROLES}`,
        steps: 'lock:a read write sleep:100 read sleep:100 read sleep:200 read sleep:300 read release',
      },
    ],
  ]),
  [
    'does not remove the last role',
    'remove',
    {roles: [READER]},
    {
      ends: 'conflict: This would remove the last role of the token. A token must keep at least one role.',
      details: {hint: 'To delete the token instead, use the Astro CLI: astro organization token delete a'},
      steps: 'lock:a read release',
    },
  ],
]
