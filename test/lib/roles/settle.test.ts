import {expect} from 'chai'

import {type FaultAction} from '../../astro-api/faults.js'
import {ACCESSOR, ADMIN, type Cases, DAG, type Events, leave, MEMBER, OTHER, READER, runScript} from './world.js'

const WRITTEN = [MEMBER, ADMIN]
const WORKSPACE_ACCESSOR = {entityType: 'WORKSPACE', entityId: 'w1', role: 'WORKSPACE_ACCESSOR'}
const WORKSPACE_OWNER = {...WORKSPACE_ACCESSOR, role: 'WORKSPACE_OWNER'}
const FORBIDDEN: FaultAction = {kind: 'status', status: 403}
const DENIED = 'The Astro API denied the request: Injected fault: 403'
const SEE_ROLES = "See the token's roles: {{list}} --all-deployments"
const WRITE = 'lock read write release'
const SETTLE = 'settle waits 5000 ms rewrites 0 sleep:5000 read'
const WAITING = 'waiting 5 s to check the change again'
const TOO_SLOW = 'The Astro API responded too slowly for --settle, after 4 attempts.'
const NOT_SHOWN = 'The roles of "etl" (a) do not show the update.'
const UNCONFIRMED = `The change to "etl" (a) is written, but the command could not confirm that it stands. ${DENIED}`

/** Other writers, before each so many reads from the second on. */
const eventsAt = (count: number, step: number, roles: (index: number) => FaultAction): Events =>
  Object.fromEntries(Array.from({length: count}, (_, index) => [`read ${step * index + 2}`, roles(index)]))
/** Other writers, one in each wait, that keep the role of this command. */
const DISTURBANCES = eventsAt(40, 1, (index) => leave([...WRITTEN, {...OTHER, role: `role-${index}`}]))
/** Other writers that undo the change in each wait. The command reads once more to repeat it. */
const undoings = (count: number) => eventsAt(count, 2, () => leave([MEMBER]))

function describeCases(title: string, cases: Cases): void {
  describe(title, () => {
    for (const [behavior, {expected, given}] of Object.entries(cases)) {
      it(behavior, async () => {
        expect(await runScript({settleSeconds: 4, ...given})).to.deep.include(expected)
      })
    }
  })
}

describeCases('a change with --settle', {
  'writes under the lock, then waits and reads without it': {
    expected: {
      ends: 'added d1',
      isDryRun: false,
      settlement: {settled: true, rewrites: 0},
      steps: `${WRITE} ${SETTLE}`,
      states: 'sent written',
      status: WAITING,
    },
  },
  'settles a role that was there already, without a write': {
    given: {before: WRITTEN},
    expected: {ends: 'unchanged d1', settlement: {settled: true, rewrites: 0}, steps: `lock read release ${SETTLE}`},
  },
  'does not count a read without roles as undone': {
    given: {events: {'read 2': {kind: 'edit', edit: (body) => ({...body, roles: []})}}},
    expected: {steps: `${WRITE} ${SETTLE}`, states: 'sent written'},
  },
  'says that it is written, if only on one of its Deployments, although the check fails': {
    given: {before: WRITTEN, deploymentIds: ['d1', 'd2'], events: {'read 2': FORBIDDEN}},
    expected: {ends: `forbidden: ${UNCONFIRMED}`, hint: SEE_ROLES},
  },
})

describeCases('a change with --settle that another writer undoes', {
  'repeats the write from a fresh read, and reports the first change': {
    given: {events: {'read 2': leave([OTHER, READER])}},
    expected: {
      ends: 'added d1',
      settlement: {settled: true, rewrites: 1},
      steps: `${WRITE} ${SETTLE} ${WRITE} settle waits 5000 ms rewrites 1 sleep:5000 read`,
      states: 'sent written undone sent written',
      status: `${WAITING}, written again once`,
      after: [OTHER, ADMIN],
    },
  },
  'restores a role that was there already, and reports it as added': {
    given: {before: WRITTEN, deploymentIds: ['d2', 'd1'], events: {'read 2': leave([MEMBER])}},
    expected: {ends: 'added d2, added d1'},
  },
  'accepts that a role to remove again is gone by then': {
    given: {command: 'remove', before: WRITTEN, events: {'read 2': leave(WRITTEN), 'read 3': leave([MEMBER])}},
    expected: {ends: 'removed d1', states: 'sent written undone written'},
  },
  'says so if the repeat is rejected': {
    given: {events: {'read 2': leave([MEMBER]), 'write 2': FORBIDDEN}},
    expected: {
      ends: `forbidden: Another writer undid the change to "etl" (a), and the repeat failed. ${DENIED}`,
      hint: SEE_ROLES,
      states: 'sent written undone sent undone',
    },
  },
  'knows that a lost repeat is not there': {
    given: {events: {'read 2': leave([MEMBER]), 'write 2': {kind: 'drop'}}},
    expected: {ends: 'added d1', states: 'sent written undone sent undone sent written'},
  },
  'succeeds if the change stands after the fortieth wait': {
    given: {events: undoings(39)},
    expected: {settlement: {settled: true, rewrites: 39}, status: `${WAITING}, written again 39 times`},
  },
  'fails after forty waits': {
    given: {events: undoings(40)},
    expected: {
      ends: 'conflict: Other writers keep undoing the change to "etl" (a).',
      hint: 'Make sure that every writer of this token uses --settle, then try again',
    },
  },
})

describeCases('a change with --settle while other roles change', {
  'waits again until nothing changes': {
    given: {events: {'read 2': leave([...WRITTEN, WORKSPACE_OWNER]), 'read 3': leave(WRITTEN)}},
    expected: {ends: 'added d1', steps: `${WRITE} ${SETTLE} ${SETTLE} ${SETTLE}`, after: WRITTEN},
  },
  'does not count another order of the roles, or those that Astro adds': {
    given: {before: [MEMBER, DAG], events: {'read 2': leave([ADMIN, WORKSPACE_ACCESSOR, ACCESSOR, DAG, MEMBER])}},
    expected: {steps: `${WRITE} ${SETTLE}`},
  },
  'fails after forty waits, and says that the change is written': {
    given: {events: DISTURBANCES},
    expected: {
      ends: 'timeout: The change to "etl" (a) is written and there, but other writers keep changing this token.',
      hint: SEE_ROLES,
    },
  },
  'does not say so if it was there already': {
    given: {before: WRITTEN, events: DISTURBANCES},
    expected: {ends: 'timeout: The change to "etl" (a) is there, but other writers keep changing this token.'},
  },
})

describeCases('a change with --settle and slow reads', {
  'writes after a read that took just under half of the seconds': {
    given: {readTimes: [1999]},
    expected: {steps: `${WRITE} ${SETTLE}`},
  },
  'reads again if a read took half of the seconds, as one of four attempts': {
    given: {readTimes: [2000, 2000, 2000]},
    expected: {steps: `lock read sleep:500 read sleep:1000 read sleep:2000 read write release ${SETTLE}`},
  },
  'writes nothing after four such reads': {
    given: {readTimes: [2000, 2000, 2000, 2000]},
    expected: {ends: `timeout: ${TOO_SLOW}`, hint: 'Nothing was written. Try again with a larger --settle'},
  },
  'does not claim that nothing was written after a write with an unknown outcome': {
    given: {readTimes: [0, 2000, 2000, 2000, 2000], events: {'write 1': {kind: 'drop'}}},
    expected: {ends: `timeout: ${NOT_SHOWN} ${TOO_SLOW}`, hint: `${SEE_ROLES}. Then try again`},
  },
})
