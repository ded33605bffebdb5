import {expect} from 'chai'

import {AstroError} from '../../../src/lib/errors.js'
import {type FaultAction} from '../../astro-api/faults.js'
import {ACCESSOR, ADMIN, type Cases, DAG, type Events, leave, MEMBER, OTHER, READER, runScript} from './world.js'

const NOT_CONFIRMED = 'Could not confirm whether the roles were updated.'
const NOT_SHOWN = 'The roles of "etl" (a) do not show the update.'
const WITHOUT_ROLES = 'The Astro API returned token a without its roles.'
const OTHER_ROLES = 'Astro accepted the update, but the token has other roles now'
const SEE_ROLES = "See the token's roles: {{list}} --all-deployments"

const WRITE = 'lock read write release'
const AGAIN = 'lock read write sleep:500 read write release'
const LAST_READ = 'lock read write read release'

const drop: FaultAction = {kind: 'drop'}
const status = (code: number, retryAfter?: string): FaultAction => ({
  kind: 'status',
  status: code,
  ...(retryAfter !== undefined && {headers: {'retry-after': retryAfter}}),
})
const withoutRoles: FaultAction = {kind: 'edit', edit: (body) => ({...body, roles: []})}
const each = (name: 'read' | 'write', numbers: readonly number[], action: FaultAction): Events =>
  Object.fromEntries(numbers.map((number) => [`${name} ${number}`, action]))

function rejectOldLogin(): never {
  throw new AstroError('unauthenticated', 'It is old.', {mayRepeat: true, retryAfterMs: 0, status: 401})
}

function fail(): never {
  throw new SyntaxError('It is a bug.')
}

function describeCases(title: string, cases: Cases): void {
  describe(title, () => {
    for (const [behavior, {expected, given}] of Object.entries(cases)) {
      it(behavior, async () => {
        expect(await runScript(given)).to.deep.include(expected)
      })
    }
  })
}

describeCases('a write', {
  'reads under the lock, writes and compares the response': {
    expected: {ends: 'added d1', steps: WRITE, states: 'sent written', after: [MEMBER, ADMIN]},
  },
  'is not sent without the lock that another process holds': {
    given: {lockError: new AstroError('conflict', 'It is held.')},
    expected: {ends: 'conflict: It is held.', steps: 'lock', after: [MEMBER]},
  },
  'is not sent after a read without roles': {
    given: {events: {'read 1': withoutRoles}},
    expected: {
      ends: `api: ${WITHOUT_ROLES}`,
      hint: 'Try again. If it happens again, contact Astronomer support',
      steps: 'lock read release',
    },
  },
  'is not sent if the API returns another token': {
    given: {events: {'read 1': {kind: 'edit', edit: (body) => ({...body, id: 'b'})}}},
    expected: {ends: 'api: The Astro API returned token b instead of a.', steps: 'lock read release'},
  },
  'is not sent for a token of another scope': {
    given: {events: {'read 1': {kind: 'edit', edit: (body) => ({...body, scope: 'DEPLOYMENT'})}}},
    expected: {
      ends: 'not_found: "etl" (a) is a token of scope DEPLOYMENT, not an Organization token.',
      hint: 'Manage its roles in the scope where it was created',
      steps: 'lock read release',
    },
  },
  'takes no lock in a dry run, and is not sent': {
    given: {isDryRun: true, settleSeconds: 4},
    expected: {ends: 'added d1', steps: 'read', after: [MEMBER]},
  },
  'passes on an error of the program': {
    given: {events: {'write 1': {kind: 'edit', edit: fail}}},
    expected: {ends: 'SyntaxError: It is a bug.', steps: WRITE},
  },
})

const other = '{"deploymentRoles": []}'
for (const {arrived, lost, title} of [
  {title: 'no connection', lost: drop, arrived: {kind: 'dropAfter'}},
  {title: 'no response', lost: {kind: 'hang'}, arrived: {kind: 'hangAfter'}},
  {title: 'a 500', lost: status(500), arrived: {kind: 'statusAfter', status: 500}},
  {title: 'a redirect', lost: status(302), arrived: {kind: 'statusAfter', status: 399}},
  {title: 'a 408', lost: status(408), arrived: {kind: 'statusAfter', status: 408}},
  {title: 'an empty response', lost: {kind: 'body', body: ''}, arrived: {kind: 'bodyAfter', body: ''}},
  {title: 'other roles', lost: {kind: 'body', body: other}, arrived: {kind: 'bodyAfter', body: other}},
] as const satisfies readonly {title: string; lost: FaultAction; arrived: FaultAction}[]) {
  describeCases(`a write that gets ${title}`, {
    'is not repeated if the next read shows it': {
      given: {events: {'write 1': arrived}},
      expected: {ends: 'added d1', steps: 'lock read write sleep:500 read release', states: 'sent written'},
    },
    'is otherwise repeated from that read, and reports the first change': {
      given: {events: {'write 1': lost, 'read 2': leave([MEMBER, READER, OTHER])}},
      expected: {
        ends: 'added d1',
        steps: AGAIN,
        states: 'sent not_written sent written',
        after: [MEMBER, ADMIN, OTHER],
      },
    },
  })
}

const unlike: FaultAction = {kind: 'body', body: '{"deploymentRoles": [{"deploymentId": "d2", "role": "x"}]}'}
for (const {before, command} of [
  {command: 'add', before: [MEMBER, DAG]},
  {command: 'remove', before: [MEMBER, READER, DAG]},
  {command: 'update', before: [MEMBER, ACCESSOR, DAG]},
] as const) {
  describeCases(`a write of ${command} that gets other roles, beside roles on DAGs`, {
    'is repeated': {given: {before, command, events: {'write 1': unlike}}, expected: {steps: AGAIN}},
  })
}

describeCases('a write with an unknown outcome', {
  'fails with the last error after four attempts and a final read': {
    given: {events: each('write', [1, 2, 3, 4], status(503))},
    expected: {
      ends: `api: ${NOT_SHOWN} The Astro API failed with status 503: Injected fault: 503, after 4 attempts.`,
      hint: `${SEE_ROLES}. Then try again`,
      steps: 'lock read write sleep:500 read write sleep:1000 read write sleep:2000 read write read release',
      statuses: ['retrying, 2 of 4', 'retrying, 3 of 4', 'retrying, 4 of 4', ''],
    },
  },
  'fails with a conflict if Astro accepts each write, but the roles differ': {
    given: {events: each('write', [1, 2, 3, 4], {kind: 'body', body: '{}'})},
    expected: {ends: `conflict: ${NOT_SHOWN} ${OTHER_ROLES}, after 4 attempts.`},
  },
  'does not restore by update what another writer removed': {
    given: {command: 'update', before: [MEMBER, READER], events: {'write 1': drop, 'read 2': leave([MEMBER])}},
    expected: {ends: 'not_found: The token "etl" has no role on Deployment d1.', after: [MEMBER]},
  },
  'says so if the token cannot be read': {
    given: {events: {'write 1': {kind: 'hangAfter'}, 'read 2': status(403)}},
    expected: {
      ends: `forbidden: ${NOT_CONFIRMED} The Astro API denied the request: Injected fault: 403`,
      hint: `${SEE_ROLES}. The update failed with: emulator.example did not respond in time.`,
      states: 'sent',
    },
  },
  'reads again if a read lacks the roles': {
    given: {command: 'remove', before: [MEMBER, READER], events: {'write 1': drop, 'read 2': withoutRoles}},
    expected: {ends: 'removed d1', steps: 'lock read write sleep:500 read sleep:1000 read write release'},
  },
  'gives up if all reads lack the roles': {
    given: {events: {'write 1': drop, ...each('read', [2, 3, 4, 5], withoutRoles)}},
    expected: {ends: `api: ${NOT_CONFIRMED} ${WITHOUT_ROLES}`},
  },
  'reads at once, for the last time, if a write would have to wait for more than a minute': {
    given: {events: {'write 1': status(503, '61')}},
    expected: {
      ends: `api: ${NOT_SHOWN} The Astro API failed with status 503: Injected fault: 503`,
      hint: 'Try again in 61 seconds',
      steps: LAST_READ,
    },
  },
  'reads once more if the lock is lost, and finds the write done': {
    given: {losesLock: true},
    expected: {ends: 'added d1', steps: LAST_READ, states: 'sent written'},
  },
  'is not repeated without the lock': {
    given: {losesLock: true, events: {'read 2': leave([MEMBER])}},
    expected: {ends: `conflict: ${NOT_SHOWN} Another process took over the lock on this token.`, steps: LAST_READ},
  },
  'is not repeated if it removes the DEPLOYMENT_ACCESSOR that Astro keeps': {
    given: {command: 'remove', before: [MEMBER, ACCESSOR, DAG], world: {addsAccessors: true}},
    expected: {
      ends: `conflict: ${NOT_SHOWN} Astro keeps DEPLOYMENT_ACCESSOR where the token has roles on DAGs.`,
      hint: 'Remove its roles on the DAGs first, in the Astro UI',
      steps: LAST_READ,
    },
  },
})

describeCases('a write that Astro rejects', {
  'is not repeated after a 499': {
    given: {events: {'write 1': status(499)}},
    expected: {
      ends: 'api: The Astro API failed with status 499: Injected fault: 499',
      steps: WRITE,
      states: 'sent not_written',
    },
  },
  'is repeated after the wait that the API asks for, up to a minute': {
    given: {events: {'write 1': status(429, '60')}},
    expected: {steps: 'lock read write sleep:60000 read write release', states: 'sent not_written sent written'},
  },
  'is repeated from a fresh read after a refresh of the login': {
    given: {events: {'write 1': {kind: 'act', run: rejectOldLogin}}},
    expected: {ends: 'added d1', steps: 'lock read write sleep:0 read write release'},
  },
})
