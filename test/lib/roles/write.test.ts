import {AstroError} from '../../../src/lib/errors.js'
import {type FaultAction} from '../../astro-api/faults.js'
import {ACCESSOR, ADMIN, type Case, DAG, type Events, expectEnding, leave, MEMBER, OTHER, READER} from './world.js'

const NOT_CONFIRMED = 'Could not confirm whether the roles were updated.'
const NOT_SHOWN = 'The roles of "etl" (a) do not show the update.'
const WITHOUT_ROLES = 'The Astro API returned token a without its roles.'
const OTHER_ROLES = 'Astro accepted the update, but the token has other roles now.'
const SEE_ROLES = "See the token's roles: {{list}} --all-deployments"
const ROLES = {command: 'remove', before: [MEMBER, READER]} as const

const drop: FaultAction = {kind: 'drop'}
const dropAfter: FaultAction = {kind: 'dropAfter'}
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

function checkAll(cases: Readonly<Record<string, Case>>): void {
  for (const [title, given] of Object.entries(cases)) it(title, async () => expectEnding(given))
}

/** The response to a write, with DEPLOYMENT_ACCESSOR beside the role on d1. */
function withAccessor(body: Readonly<Record<string, unknown>>): unknown {
  const accessor = {deploymentId: 'd1', role: 'DEPLOYMENT_ACCESSOR'}
  return {...body, deploymentRoles: [...(body.deploymentRoles as readonly object[]), accessor]}
}

describe('a write', () => {
  checkAll({
    'reads under the lock, writes and compares the response': {
      ends: 'added d1',
      steps: 'lock read write release',
      states: 'sent written',
      after: [MEMBER, ADMIN],
    },
    'is not sent if nothing would change': {
      before: [MEMBER, ADMIN],
      ends: 'unchanged d1',
      steps: 'lock read release',
      states: '',
    },
    'is not sent if the lock cannot be taken': {
      lockError: new AstroError('conflict', 'It is held.'),
      ends: 'conflict: It is held.',
      steps: 'lock',
    },
    'is not sent after a failed read': {events: {'read 1': drop}, ends: /^network: /, steps: 'lock read release'},
    'is not sent after a read without roles': {
      events: {'read 1': withoutRoles},
      ends: `api: ${WITHOUT_ROLES}`,
      hint: 'Try again. If it happens again, contact Astronomer support',
      steps: 'lock read release',
    },
    'does not remove the last role': {
      ...ROLES,
      before: [READER],
      ends: 'conflict: This would remove the last role of the token. A token must keep at least one role.',
      hint: 'To delete the token instead, use the Astro CLI: astro organization token delete a',
      steps: 'lock read release',
    },
    'takes no lock in a dry run, and writes nothing': {
      isDryRun: true,
      settleSeconds: 4,
      ends: 'added d1',
      steps: 'read',
      after: [MEMBER],
    },
  })

  describe('with an unknown outcome', () => {
    const other = '{"deploymentRoles": []}'
    for (const {arrived, lost, title} of [
      {title: 'no connection', lost: drop, arrived: dropAfter},
      {title: 'no response', lost: {kind: 'hang'}, arrived: {kind: 'hangAfter'}},
      {title: 'a 500', lost: status(500), arrived: {kind: 'statusAfter', status: 500}},
      {title: 'a redirect', lost: status(302), arrived: {kind: 'statusAfter', status: 399}},
      {title: 'a 408', lost: status(408), arrived: {kind: 'statusAfter', status: 408}},
      {title: 'an empty response', lost: {kind: 'body', body: ''}, arrived: {kind: 'bodyAfter', body: ''}},
      {title: 'other roles', lost: {kind: 'body', body: other}, arrived: {kind: 'bodyAfter', body: other}},
    ] as const satisfies readonly {title: string; lost: FaultAction; arrived: FaultAction}[]) {
      checkAll({
        [`finds the write done after ${title}`]: {
          events: {'write 1': arrived},
          ends: 'added d1',
          steps: 'lock read write sleep:500 read release',
          states: 'sent written',
        },
        [`writes again from a fresh read after ${title}`]: {
          events: {'write 1': lost, 'read 2': leave([MEMBER, OTHER])},
          ends: 'added d1',
          steps: 'lock read write sleep:500 read write release',
          states: 'sent not_written sent written',
          after: [MEMBER, OTHER, ADMIN],
        },
      })
    }

    checkAll({
      'fails with the last error after four attempts and a final read': {
        events: each('write', [1, 2, 3, 4], status(503)),
        ends: `api: ${NOT_SHOWN} The Astro API failed with status 503: Injected fault: 503, after 4 attempts.`,
        hint: `${SEE_ROLES}. Then try again`,
        steps: 'lock read write sleep:500 read write sleep:1000 read write sleep:2000 read write read release',
        states: 'sent not_written sent not_written sent not_written sent not_written',
        after: [MEMBER],
      },
      'fails with a conflict if Astro accepts each write, but the roles differ': {
        events: each('write', [1, 2, 3, 4], {kind: 'body', body: '{}'}),
        ends: `conflict: ${NOT_SHOWN} ${OTHER_ROLES.replace('.', ', after 4 attempts.')}`,
      },
      'does not restore by update what another writer removed': {
        ...ROLES,
        command: 'update',
        events: {'write 1': drop, 'read 2': leave([MEMBER])},
        ends: 'not_found: The token "etl" has no role on Deployment d1.',
        after: [MEMBER],
      },
      'says so if the token cannot be read': {
        events: {'write 1': {kind: 'hangAfter'}, 'read 2': status(403)},
        ends: `forbidden: ${NOT_CONFIRMED} The Astro API denied the request: Injected fault: 403`,
        hint: `${SEE_ROLES}. The update failed with: emulator.example did not respond in time.`,
        states: 'sent',
      },
      'reads again if a read lacks the roles': {
        ...ROLES,
        events: {'write 1': drop, 'read 2': withoutRoles},
        ends: 'removed d1',
        steps: 'lock read write sleep:500 read sleep:1000 read write release',
      },
      'gives up if all reads lack the roles': {
        events: {'write 1': drop, ...each('read', [2, 3, 4, 5], withoutRoles)},
        ends: `api: ${NOT_CONFIRMED} ${WITHOUT_ROLES}`,
        steps: 'lock read write sleep:500 read sleep:1000 read sleep:2000 read read release',
      },
      'reports the first change, even across a rejected write': {
        events: {
          'write 1': drop,
          'read 2': leave([MEMBER, READER]),
          'write 2': status(429),
          'read 3': leave([MEMBER, ADMIN]),
        },
        ends: 'added d1',
        states: 'sent not_written sent not_written written',
      },
      'reads at once, for the last time, if a write would have to wait for more than a minute': {
        events: {'write 1': status(503, '61')},
        ends: `api: ${NOT_SHOWN} The Astro API failed with status 503: Injected fault: 503`,
        hint: 'Try again in 61 seconds',
        steps: 'lock read write read release',
      },
      'reads once more if the lock is lost, and finds the write done': {
        losesLock: true,
        ends: 'added d1',
        steps: 'lock read write read release',
        states: 'sent written',
      },
      'is not repeated without the lock': {
        losesLock: true,
        events: {'read 2': leave([MEMBER])},
        ends: `conflict: ${NOT_SHOWN} Another process took over the lock on this token.`,
        steps: 'lock read write read release',
      },
    })
  })

  describe('that Astro rejects', () => {
    for (const [code, kind] of [
      [400, 'invalid_request'],
      [499, 'api'],
    ] as const) {
      checkAll({
        [`is not repeated after a ${code}`]: {
          events: {'write 1': status(code)},
          ends: new RegExp(`^${kind}: `),
          steps: 'lock read write release',
          states: 'sent not_written',
        },
      })
    }

    checkAll({
      'is repeated after the wait that the API asks for, up to a minute': {
        events: {'write 1': status(429, '60')},
        ends: 'added d1',
        steps: 'lock read write sleep:60000 read write release',
        states: 'sent not_written sent written',
      },
      'is repeated from a fresh read after a refresh of the login': {
        events: {'write 1': {kind: 'act', run: rejectOldLogin}},
        ends: 'added d1',
        steps: 'lock read write sleep:0 read write release',
      },
      'fails with the last error after four attempts': {
        events: each('write', [1, 2, 3, 4], status(429)),
        ends: /^rate_limited: /,
        steps: 'lock read write sleep:500 read write sleep:1000 read write sleep:2000 read write release',
      },
    })
  })

  describe('where Astro adds roles that give access', () => {
    const world = {addsAccessors: true}
    const member = {entityType: 'WORKSPACE', entityId: 'w1', role: 'WORKSPACE_ACCESSOR'}
    checkAll({
      'gives a role although DEPLOYMENT_ACCESSOR stands beside it afterwards': {
        before: [MEMBER, DAG],
        events: {'write 1': {kind: 'edit', edit: withAccessor}},
        ends: 'added d1',
      },
      'removes a role although DEPLOYMENT_ACCESSOR is left': {
        command: 'remove',
        before: [MEMBER, READER, DAG],
        world,
        ends: 'removed d1',
        steps: 'lock read write release',
        after: [MEMBER, DAG, ACCESSOR, member],
      },
      'does not count DEPLOYMENT_ACCESSOR itself as removed while it is there': {
        command: 'remove',
        before: [MEMBER, ACCESSOR, DAG],
        world,
        ends: `conflict: ${NOT_SHOWN} Astro keeps DEPLOYMENT_ACCESSOR where the token has roles on DAGs.`,
      },
    })
  })

  checkAll({
    'passes on an error of the program': {events: {'write 1': {kind: 'edit', edit: fail}}, ends: /^SyntaxError/},
  })
})
