import {expect} from 'chai'

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

const WRITTEN = [MEMBER, ADMIN]
const FORBIDDEN: FaultAction = {kind: 'status', status: 403}
const DENIED = 'The Astro API denied the request: Injected fault: 403'
const SEE_ROLES = "See the token's roles: {{list}} --all-deployments"
const WRITE = 'lock read write release'
const SETTLE = 'settle waits 5000 ms rewrites 0 sleep:5000 read'
const WAITING = 'waiting 5 s to check the change again'
const SETTLED = {settled: true, rewrites: 0}
const TOO_SLOW = 'The Astro API responded too slowly for --settle.'

/** What another writer leaves who changes something else each time. */
const unrelated = (index: number) => leave([...WRITTEN, {...OTHER, role: `role-${index}`}])
const eventsOf = (count: number, eventAt: (index: number) => readonly [`read ${number}`, FaultAction]): Events =>
  Object.fromEntries(Array.from({length: count}, (_, index) => eventAt(index)))
/** Other writers, one in each wait, that leave the role of this command alone. */
const disturbances = (count: number) => eventsOf(count, (index) => [`read ${index + 2}`, unrelated(index)])
/** Other writers that undo the change in each wait. The command reads once more to repeat it. */
const undoings = (count: number) => eventsOf(count, (index) => [`read ${2 * index + 2}`, leave([MEMBER])])

const unconfirmed = (state: string) =>
  `forbidden: The change to "etl" (a) is ${state}, but the command could not confirm that it stands. ${DENIED}`

function checkAll(cases: Readonly<Record<string, {given: Script; expected: Partial<Ending>}>>): void {
  for (const [title, {expected, given}] of Object.entries(cases)) {
    it(title, async () => {
      expect(await runScript({settleSeconds: 4, ...given})).to.deep.include(expected)
    })
  }
}

describe('a change with --settle', () => {
  checkAll({
    'writes under the lock, then waits and reads without it': {
      given: {roles: [MEMBER]},
      expected: {
        ends: 'added d1',
        settlement: SETTLED,
        steps: `${WRITE} ${SETTLE}`,
        states: 'sent written',
        status: WAITING,
      },
    },
    'settles a role that was there already': {
      given: {roles: WRITTEN},
      expected: {ends: 'unchanged d1', settlement: SETTLED, steps: `lock read release ${SETTLE}`},
    },
    'fails at once if the first write is rejected': {
      given: {roles: [MEMBER], events: {'write 1': FORBIDDEN}},
      expected: {ends: `forbidden: ${DENIED}`, steps: WRITE, states: 'sent not_written'},
    },
    'fails to remove a role that the token does not have': {
      given: {command: 'remove', roles: [MEMBER]},
      expected: {ends: 'not_found: The token "etl" has no role on Deployment d1.', steps: 'lock read release'},
    },
  })

  describe('that another writer undoes', () => {
    checkAll({
      'repeats the write from a fresh read, and reports the first change': {
        given: {roles: [MEMBER], events: {'read 2': leave([OTHER, READER])}},
        expected: {
          ends: 'added d1',
          settlement: {settled: true, rewrites: 1},
          steps: `${WRITE} ${SETTLE} ${WRITE} settle waits 5000 ms rewrites 1 sleep:5000 read`,
          states: 'sent written undone sent written',
          status: `${WAITING}, written again once`,
          roles: [OTHER, ADMIN],
        },
      },
      'restores a role that was there already, and reports it as added': {
        given: {roles: WRITTEN, events: {'read 2': leave([MEMBER])}},
        expected: {ends: 'added d1', settlement: {settled: true, rewrites: 1}, roles: WRITTEN},
      },
      'reports so only for the Deployments that needed no change at first': {
        given: {roles: WRITTEN, deploymentIds: ['d2', 'd1'], events: {'read 2': leave([MEMBER])}},
        expected: {ends: 'added d2, added d1', settlement: {settled: true, rewrites: 1}},
      },
      'removes a role again': {
        given: {command: 'remove', roles: WRITTEN, events: {'read 2': leave([...WRITTEN, OTHER])}},
        expected: {ends: 'removed d1', settlement: {settled: true, rewrites: 1}, roles: [MEMBER, OTHER]},
      },
      'accepts that a role to remove again is gone by then': {
        given: {command: 'remove', roles: WRITTEN, events: {'read 2': leave(WRITTEN), 'read 3': leave([MEMBER])}},
        expected: {ends: 'removed d1', states: 'sent written undone written'},
      },
      'does not restore by update what another writer removed': {
        given: {command: 'update', roles: [MEMBER, READER], events: {'read 2': leave([MEMBER])}},
        expected: {
          ends:
            'not_found: Another writer undid the change to "etl" (a), and the repeat failed. ' +
            'The token "etl" has no role on Deployment d1.',
          states: 'sent written undone',
          roles: [MEMBER],
        },
      },
      'says so if the repeat is rejected': {
        given: {roles: [MEMBER], events: {'read 2': leave([MEMBER]), 'write 2': FORBIDDEN}},
        expected: {
          ends: `forbidden: Another writer undid the change to "etl" (a), and the repeat failed. ${DENIED}`,
          hint: SEE_ROLES,
          states: 'sent written undone sent undone',
        },
      },
      'knows that a lost repeat is not there': {
        given: {roles: [MEMBER], events: {'read 2': leave([MEMBER]), 'write 2': {kind: 'drop'}}},
        expected: {ends: 'added d1', states: 'sent written undone sent undone sent written'},
      },
      'succeeds if the change stands after the fortieth wait': {
        given: {roles: [MEMBER], events: undoings(39)},
        expected: {
          ends: 'added d1',
          settlement: {settled: true, rewrites: 39},
          status: `${WAITING}, written again 39 times`,
        },
      },
      'fails after forty waits': {
        given: {roles: [MEMBER], events: undoings(40)},
        expected: {
          ends: 'conflict: Other writers keep undoing the change to "etl" (a).',
          hint: 'Make sure that every writer of this token uses --settle, then try again',
        },
      },
    })
  })

  describe('while other roles change', () => {
    const differences = [
      [...WRITTEN, OTHER],
      [ADMIN],
      [{...MEMBER, role: 'ORGANIZATION_OWNER'}, ADMIN],
      [...WRITTEN, DAG],
    ]
    for (const roles of differences) {
      checkAll({
        [`waits again until nothing changes: ${JSON.stringify(roles)}`]: {
          given: {roles: [MEMBER], events: {'read 2': leave(roles)}},
          expected: {ends: 'added d1', steps: `${WRITE} ${SETTLE} ${SETTLE}`, roles},
        },
      })
    }

    checkAll({
      'compares with the last read, not with the write': {
        given: {roles: [MEMBER], events: {'read 2': leave([...WRITTEN, OTHER]), 'read 3': leave(WRITTEN)}},
        expected: {ends: 'added d1', steps: `${WRITE} ${SETTLE} ${SETTLE} ${SETTLE}`},
      },
      'ignores the order of the roles': {
        given: {roles: [MEMBER], events: {'read 2': leave(WRITTEN.toReversed())}},
        expected: {steps: `${WRITE} ${SETTLE}`},
      },
      'ignores roles that Astro added': {
        given: {
          command: 'remove',
          roles: [MEMBER, READER, DAG],
          events: {
            'read 2': leave([
              MEMBER,
              DAG,
              ACCESSOR,
              {...ACCESSOR, entityType: 'WORKSPACE', role: 'WORKSPACE_ACCESSOR'},
            ]),
          },
        },
        expected: {ends: 'removed d1', steps: `${WRITE} ${SETTLE}`},
      },
      'accepts in a repeat that only DEPLOYMENT_ACCESSOR is left': {
        given: {
          command: 'remove',
          roles: [MEMBER, READER, DAG],
          events: {'read 2': leave([MEMBER, READER, DAG]), 'read 3': leave([MEMBER, ACCESSOR, DAG])},
        },
        expected: {ends: 'removed d1', settlement: {settled: true, rewrites: 1}, states: 'sent written undone written'},
      },
      'succeeds if the fortieth wait is quiet': {
        given: {roles: [MEMBER], events: disturbances(39)},
        expected: {ends: 'added d1', settlement: SETTLED},
      },
      'fails after forty waits, and says that the change is written': {
        given: {roles: [MEMBER], events: disturbances(40)},
        expected: {
          ends: 'timeout: The change to "etl" (a) is written and there, but other writers keep changing this token.',
          hint: SEE_ROLES,
        },
      },
      'does not say so if it was there already': {
        given: {roles: WRITTEN, events: disturbances(40)},
        expected: {ends: 'timeout: The change to "etl" (a) is there, but other writers keep changing this token.'},
      },
    })
  })

  describe('that cannot be checked', () => {
    checkAll({
      'says that it is written': {
        given: {roles: [MEMBER], events: {'read 2': FORBIDDEN}},
        expected: {ends: unconfirmed('written'), hint: SEE_ROLES, states: 'sent written'},
      },
      'says that it is there if it was before': {
        given: {roles: WRITTEN, events: {'read 2': FORBIDDEN}},
        expected: {ends: unconfirmed('there')},
      },
      'says that it is written if a repeat wrote it': {
        given: {roles: WRITTEN, events: {'read 2': leave([MEMBER]), 'read 4': FORBIDDEN}},
        expected: {ends: unconfirmed('written')},
      },
      'says that it is written if one of its Deployments was': {
        given: {roles: WRITTEN, deploymentIds: ['d1', 'd2'], events: {'read 2': FORBIDDEN}},
        expected: {ends: unconfirmed('written')},
      },
      'says when to try again if the API does': {
        given: {roles: [MEMBER], events: {'read 2': {...FORBIDDEN, headers: {'retry-after': '90'}}}},
        expected: {hint: 'Try again in 90 seconds'},
      },
      'does not count a read without roles as undone': {
        given: {roles: [MEMBER], events: {'read 2': {kind: 'edit', edit: (body) => ({...body, roles: []})}}},
        expected: {steps: `${WRITE} ${SETTLE}`, states: 'sent written'},
      },
    })
  })

  describe('and slow reads', () => {
    checkAll({
      'writes after a read that took just under half of the seconds': {
        given: {roles: [MEMBER], readTimes: [1999]},
        expected: {steps: `${WRITE} ${SETTLE}`},
      },
      'reads again if a read took half of the seconds, as one of four attempts': {
        given: {roles: [MEMBER], readTimes: [2000, 2000, 2000]},
        expected: {
          ends: 'added d1',
          steps: `lock read sleep:500 read sleep:1000 read sleep:2000 read write release ${SETTLE}`,
        },
      },
      'writes nothing after four such reads': {
        given: {roles: [MEMBER], readTimes: [2000, 2000, 2000, 2000]},
        expected: {
          ends: `timeout: ${TOO_SLOW}`,
          hint: 'Nothing was written. Try again with a larger --settle',
          steps: 'lock read sleep:500 read sleep:1000 read sleep:2000 read release',
          states: '',
        },
      },
      'does not claim that nothing was written after a write with an unknown outcome': {
        given: {roles: [MEMBER], readTimes: [0, 2000, 2000, 2000, 2000], events: {'write 1': {kind: 'drop'}}},
        expected: {
          ends: `timeout: The roles of "etl" (a) do not show the update. ${TOO_SLOW}`,
          hint: `${SEE_ROLES}. Then try again`,
        },
      },
      'accepts a slow read if there is nothing to write': {
        given: {roles: WRITTEN, readTimes: [9000]},
        expected: {ends: 'unchanged d1', steps: `lock read release ${SETTLE}`},
      },
    })
  })

  it('is not needed to write after reads of any age', async () => {
    const {settlement, steps} = await runScript({roles: [MEMBER], readTimes: [9000]})
    expect({settlement, steps}).to.deep.equal({settlement: undefined, steps: WRITE})
  })
})
