import {expect} from 'chai'

import {AstroError} from '../../../src/lib/errors.js'
import {type FaultAction} from '../../astro-api/faults.js'
import {
  ACCESSOR,
  ADMIN,
  DAG,
  type Ending,
  type Events,
  leave,
  MEMBER,
  OTHER,
  READER,
  runScript,
  type Script,
} from './world.js'

const NOT_CONFIRMED = 'Could not confirm whether the roles were updated.'
const NOT_SHOWN = 'The roles of "etl" (a) do not show the update.'
const WITHOUT_ROLES = 'The Astro API returned token a without its roles.'
const OTHER_ROLES = 'Astro accepted the update, but the token has other roles now.'
const SEE_ROLES = "See the token's roles: {{list}} --all-deployments"

const drop: FaultAction = {kind: 'drop'}
const dropAfter: FaultAction = {kind: 'dropAfter'}
const status = (code: number, retryAfter?: string): FaultAction => ({
  kind: 'status',
  status: code,
  ...(retryAfter !== undefined && {headers: {'retry-after': retryAfter}}),
})
const withRoles = (roles: unknown): FaultAction => ({kind: 'edit', edit: (body) => ({...body, roles})})
const everyWrite = (action: FaultAction): Events => ({
  'write 1': action,
  'write 2': action,
  'write 3': action,
  'write 4': action,
})

const everyRead = (action: FaultAction): Events => ({
  'read 2': action,
  'read 3': action,
  'read 4': action,
  'read 5': action,
})

function rejectOldLogin(): never {
  throw new AstroError('unauthenticated', 'It is old.', {mayRepeat: true, retryAfterMs: 0, status: 401})
}

function fail(): never {
  throw new SyntaxError('It is a bug.')
}

function checkAll(cases: Readonly<Record<string, {given: Script; expected: Partial<Ending>}>>): void {
  for (const [title, {expected, given}] of Object.entries(cases)) {
    it(title, async () => {
      expect(await runScript(given)).to.deep.include(expected)
    })
  }
}

describe('a write', () => {
  checkAll({
    'reads under the lock, writes and compares the response': {
      given: {roles: [MEMBER]},
      expected: {ends: 'added d1', steps: 'lock read write release', states: 'sent written', roles: [MEMBER, ADMIN]},
    },
    'is not sent if nothing would change': {
      given: {roles: [MEMBER, ADMIN]},
      expected: {ends: 'unchanged d1', steps: 'lock read release', states: ''},
    },
    'is not sent if the lock cannot be taken': {
      given: {roles: [MEMBER], lockError: new AstroError('conflict', 'It is held.')},
      expected: {ends: 'conflict: It is held.', steps: 'lock', states: ''},
    },
    'is not sent after a failed read': {
      given: {roles: [MEMBER], events: {'read 1': drop}},
      expected: {
        ends: 'network: The connection to emulator.example was lost (ECONNRESET).',
        steps: 'lock read release',
        states: '',
      },
    },
    'does not remove the last role': {
      given: {command: 'remove', roles: [READER]},
      expected: {
        ends: 'conflict: This would remove the last role of the token. A token must keep at least one role.',
        hint: 'To delete the token instead, use the Astro CLI: astro organization token delete a',
        steps: 'lock read release',
        states: '',
      },
    },
    'takes no lock in a dry run, and writes nothing': {
      given: {roles: [MEMBER], isDryRun: true, settleSeconds: 4},
      expected: {ends: 'added d1', steps: 'read', states: '', settlement: undefined, roles: [MEMBER]},
    },
  })

  describe('with an unknown outcome', () => {
    const lost: Readonly<Record<string, readonly [lost: FaultAction, arrived: FaultAction]>> = {
      'no connection': [drop, dropAfter],
      'no response': [{kind: 'hang'}, {kind: 'hangAfter'}],
      'a 500': [status(500), {kind: 'statusAfter', status: 500}],
      'a redirect': [status(302), {kind: 'statusAfter', status: 399}],
      'a 408': [status(408), {kind: 'statusAfter', status: 408}],
      'a 200 that is not JSON': [
        {kind: 'body', body: 'no'},
        {kind: 'bodyAfter', body: 'no'},
      ],
      'an empty response': [
        {kind: 'body', body: ''},
        {kind: 'bodyAfter', body: ''},
      ],
      'other roles in the response': [
        {kind: 'body', body: '{"deploymentRoles": []}'},
        {kind: 'bodyAfter', body: '{"deploymentRoles": []}'},
      ],
    }
    for (const [title, [action, after]] of Object.entries(lost)) {
      checkAll({
        [`finds the write done after ${title}`]: {
          given: {roles: [MEMBER], events: {'write 1': after}},
          expected: {
            ends: 'added d1',
            steps: 'lock read write sleep:500 read release',
            states: 'sent written',
            roles: [MEMBER, ADMIN],
          },
        },
        [`writes again from a fresh read after ${title}`]: {
          given: {roles: [MEMBER], events: {'write 1': action, 'read 2': leave([MEMBER, OTHER])}},
          expected: {
            ends: 'added d1',
            steps: 'lock read write sleep:500 read write release',
            states: 'sent not_written sent written',
            roles: [MEMBER, OTHER, ADMIN],
          },
        },
      })
    }

    checkAll({
      'fails with the last error after four attempts and a final read': {
        given: {command: 'update', roles: [MEMBER, READER], events: everyWrite(status(503))},
        expected: {
          ends: `api: ${NOT_SHOWN} The Astro API failed with status 503: Injected fault: 503`,
          hint: `${SEE_ROLES}. Then try again`,
          steps: 'lock read write sleep:500 read write sleep:1000 read write sleep:2000 read write read release',
          states: 'sent not_written sent not_written sent not_written sent not_written',
          roles: [MEMBER, READER],
        },
      },
      'fails with a conflict if Astro accepts each write, but the roles differ': {
        given: {roles: [MEMBER], events: everyWrite({kind: 'body', body: '{}'})},
        expected: {ends: `conflict: ${NOT_SHOWN} ${OTHER_ROLES}`},
      },
      'finds the fourth write done in the final read': {
        given: {roles: [MEMBER], events: {...everyWrite(drop), 'write 4': dropAfter}},
        expected: {ends: 'added d1', states: 'sent not_written sent not_written sent not_written sent written'},
      },
      'counts a role as removed that is gone': {
        given: {command: 'remove', roles: [MEMBER, READER], events: {'write 1': dropAfter}},
        expected: {ends: 'removed d1', steps: 'lock read write sleep:500 read release', states: 'sent written'},
      },
      'does not restore by update what another writer removed': {
        given: {command: 'update', roles: [MEMBER, READER], events: {'write 1': drop, 'read 2': leave([MEMBER])}},
        expected: {ends: 'not_found: The token "etl" has no role on Deployment d1.', roles: [MEMBER]},
      },
      'says so if the token cannot be read': {
        given: {roles: [MEMBER], events: {'write 1': {kind: 'hangAfter'}, 'read 2': status(403)}},
        expected: {
          ends: `forbidden: ${NOT_CONFIRMED} The Astro API denied the request: Injected fault: 403`,
          hint: `${SEE_ROLES}. The update failed with: emulator.example did not respond in time.`,
          states: 'sent',
        },
      },
      'says when to try again if the API does': {
        given: {roles: [MEMBER], events: {'write 1': drop, 'read 2': status(429, '1')}},
        expected: {hint: 'Try again in 1 second'},
      },
      'reports the change that was meant if another writer came before the repeat': {
        given: {roles: [MEMBER], events: {'write 1': drop, 'read 2': leave([MEMBER, READER])}},
        expected: {ends: 'added d1', roles: [MEMBER, ADMIN]},
      },
      'remembers the first change across a rejected write': {
        given: {
          roles: [MEMBER],
          events: {
            'write 1': drop,
            'read 2': leave([MEMBER, READER]),
            'write 2': status(429),
            'read 3': leave([MEMBER, ADMIN]),
          },
        },
        expected: {ends: 'added d1', states: 'sent not_written sent not_written written'},
      },
      'finds a write done that would have to wait for more than a minute': {
        given: {roles: [MEMBER], events: {'write 1': status(503, '61'), 'read 2': leave([MEMBER, ADMIN])}},
        expected: {ends: 'added d1', steps: 'lock read write read release'},
      },
      'says when to try again if such a write did not arrive': {
        given: {roles: [MEMBER], events: {'write 1': status(503, '61')}},
        expected: {
          ends: `api: ${NOT_SHOWN} The Astro API failed with status 503: Injected fault: 503`,
          hint: 'Try again in 61 seconds',
          steps: 'lock read write read release',
          states: 'sent not_written',
        },
      },
      'reads once more if the lock is lost, and finds the write done': {
        given: {roles: [MEMBER], losesLock: true},
        expected: {ends: 'added d1', steps: 'lock read write read release', states: 'sent written'},
      },
      'is not repeated without the lock': {
        given: {roles: [MEMBER], losesLock: true, events: {'read 2': leave([MEMBER])}},
        expected: {
          ends: `conflict: ${NOT_SHOWN} Another process took over the lock on this token.`,
          steps: 'lock read write read release',
          roles: [MEMBER],
        },
      },
    })
  })

  describe('that Astro rejects', () => {
    for (const [code, kind] of [
      [400, 'invalid_request'],
      [401, 'unauthenticated'],
      [403, 'forbidden'],
      [404, 'not_found'],
      [409, 'conflict'],
      [499, 'api'],
    ] as const) {
      it(`is not repeated after a ${code}`, async () => {
        const {ends, ...rest} = await runScript({roles: [MEMBER], events: {'write 1': status(code)}})
        expect(ends).to.match(new RegExp(`^${kind}: `))
        expect(rest).to.include({steps: 'lock read write release', states: 'sent not_written'})
      })
    }

    checkAll({
      'is repeated after the wait that the API asks for, up to a minute': {
        given: {roles: [MEMBER], events: {'write 1': status(429, '60')}},
        expected: {
          ends: 'added d1',
          steps: 'lock read write sleep:60000 read write release',
          states: 'sent not_written sent written',
        },
      },
      'is repeated from a fresh read after a refresh of the login': {
        given: {roles: [MEMBER], events: {'write 1': {kind: 'act', run: rejectOldLogin}}},
        expected: {ends: 'added d1', steps: 'lock read write sleep:0 read write release', roles: [MEMBER, ADMIN]},
      },
      'is not repeated after a longer wait': {
        given: {roles: [MEMBER], events: {'write 1': status(429, '61')}},
        expected: {hint: 'Try again in 61 seconds', steps: 'lock read write release', states: 'sent not_written'},
      },
      'fails with the last error after four attempts': {
        given: {roles: [MEMBER], events: everyWrite(status(429))},
        expected: {
          ends: 'rate_limited: The Astro API rate limit was exceeded: Injected fault: 429',
          steps: 'lock read write sleep:500 read write sleep:1000 read write sleep:2000 read write release',
        },
      },
    })
  })

  describe('and reads without roles', () => {
    for (const [title, roles] of [
      ['an empty list', []],
      ['no list', undefined],
    ] as const) {
      checkAll({
        [`is not sent after ${title}`]: {
          given: {roles: [MEMBER], events: {'read 1': withRoles(roles)}},
          expected: {
            ends: `api: ${WITHOUT_ROLES}`,
            hint: 'Try again. If it happens again, contact Astronomer support',
            steps: 'lock read release',
          },
        },
        [`reads again after a lost write and ${title}`]: {
          given: {command: 'remove', roles: [MEMBER, READER], events: {'write 1': drop, 'read 2': withRoles(roles)}},
          expected: {
            ends: 'removed d1',
            steps: 'lock read write sleep:500 read sleep:1000 read write release',
            roles: [MEMBER],
          },
        },
        [`gives up after a lost write and reads with ${title}`]: {
          given: {
            command: 'remove',
            roles: [MEMBER, READER],
            events: {'write 1': drop, ...everyRead(withRoles(roles))},
          },
          expected: {
            ends: `api: ${NOT_CONFIRMED} ${WITHOUT_ROLES}`,
            steps: 'lock read write sleep:500 read sleep:1000 read sleep:2000 read read release',
            states: 'sent',
          },
        },
      })
    }
  })

  describe('where Astro adds roles that give access', () => {
    const world = {addsAccessors: true}
    const member = {entityType: 'WORKSPACE', entityId: 'w1', role: 'WORKSPACE_ACCESSOR'}
    checkAll({
      'is confirmed by the response': {
        given: {roles: [MEMBER], world},
        expected: {ends: 'added d1', steps: 'lock read write release', roles: [MEMBER, ADMIN, member]},
      },
      'removes a role although DEPLOYMENT_ACCESSOR is left': {
        given: {command: 'remove', roles: [MEMBER, READER, DAG], world},
        expected: {ends: 'removed d1', steps: 'lock read write release', roles: [MEMBER, DAG, ACCESSOR, member]},
      },
      'finds such a removal done after a lost response': {
        given: {command: 'remove', roles: [MEMBER, READER, DAG], world, events: {'write 1': dropAfter}},
        expected: {ends: 'removed d1', steps: 'lock read write sleep:500 read release', states: 'sent written'},
      },
      'does not count DEPLOYMENT_ACCESSOR itself as removed while it is there': {
        given: {command: 'remove', roles: [MEMBER, ACCESSOR, DAG], world},
        expected: {ends: `conflict: ${NOT_SHOWN} ${OTHER_ROLES}`, roles: [MEMBER, DAG, member, ACCESSOR]},
      },
    })
  })

  for (const [title, events] of [
    ['the API', {'write 1': {kind: 'edit', edit: fail}}],
    ['a read after it', {'write 1': drop, 'read 2': {kind: 'edit', edit: fail}}],
  ] as const satisfies readonly (readonly [string, Events])[]) {
    it(`passes on an error of the program from ${title}`, async () => {
      const {ends} = await runScript({roles: [MEMBER], events})
      expect(ends).to.match(/^SyntaxError/)
    })
  }
})
