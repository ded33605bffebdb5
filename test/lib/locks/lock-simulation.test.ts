import {expect} from 'chai'
import fc from 'fast-check'
import {readdirSync, rmSync, utimesSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {FILES} from '../../../src/lib/locks/lock-file.js'
import {acquireLock, type LockResult} from '../../../src/lib/locks/lock.js'
import {newFolder} from '../../support/run-cli.js'
import {createVirtualTime} from '../virtual-time.js'
import {fakeContext, noteOf, SELF, withReplaced} from './support.js'

interface Shape {
  /** For each process, after how many file operations it is killed. */
  readonly killedAfter: readonly number[]
  /** How many milliseconds the next file operations take, one after the other; repeated without end. */
  readonly delays: readonly number[]
  /** Which file operations, counted from the first, take seven seconds instead. */
  readonly pauses: readonly number[]
}

class Killed extends Error {}

/** The lock ignores some errors, this one among them. */
function stopIfKilled({operationsLeft}: {readonly operationsLeft: number}): void {
  if (operationsLeft < 0) throw new Killed()
}

const POLL_MS = 1000
const PAUSE_MS = 7000

/** The files that killed processes left, by the suffix of their path. */
const LEFT: readonly Readonly<Record<string, string>>[] = [
  {},
  {'': noteOf()},
  {'': noteOf(), '.00000000000000aa': noteOf({id: '00000000000000bb'})},
  // A lock without its note.
  {'': ''},
]

/**
 * Runs processes that each take the lock at `path` once and release it, in virtual time. `delays` decide the order of
 * their file operations. A killed process does nothing more, and its PID no longer runs.
 */
async function simulateProcesses(path: string, {delays, killedAfter, pauses}: Shape) {
  const time = createVirtualTime()
  const {clock, log, report, running, system} = fakeContext()
  const startedAt = clock.now()
  const processes = killedAfter.map((operationsLeft, index) => ({pid: 5000 + index, operationsLeft}))
  // Whatever happens between two wake-ups is done by the process that woke up first.
  let actor = processes[0]
  const sleep = async (ms: number, sleeper = actor) => {
    await time.sleep(ms)
    actor = sleeper
  }

  const inside = new Set<number>()
  const result = {most: 0, succeeded: 0, killed: 0, lost: 0}
  let operations = 0
  const operate = async () => {
    operations++
    await sleep(pauses.includes(operations) ? PAUSE_MS : (delays[operations % delays.length] ?? 0))
    if (!actor || actor.operationsLeft-- > 0) return
    running.delete(actor.pid)
    inside.delete(actor.pid)
    throw new Killed()
  }

  const acquire = async (pid: number): Promise<LockResult> =>
    acquireLock(path, {
      clock: {...clock, now: () => startedAt + time.now(), sleep: async () => sleep(POLL_MS)},
      report,
      settlesAfterTakeOver: false,
      system: {...system, self: () => ({...SELF, pid})},
    })

  const work = async (self: (typeof processes)[number]) => {
    const {pid} = self
    await sleep(0, self)
    running.add(pid)
    let acquired = await acquire(pid)
    while (acquired.kind === 'busy') acquired = await acquire(pid)
    stopIfKilled(self)
    if (acquired.kind === 'unavailable') throw new Error(acquired.reason)
    const {lock} = acquired
    inside.add(pid)
    result.most = Math.max(result.most, inside.size)
    await operate()
    const isHeld = await lock.isHeld()
    // A process that was killed meanwhile ends here.
    await operate()
    if (!isHeld) result.lost++
    inside.delete(pid)
    await lock.release()
    stopIfKilled(self)
    result.succeeded++
  }

  const run = async (self: (typeof processes)[number]) =>
    work(self).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error
      result.killed++
    })
  const slow = Object.entries<(...args: never[]) => Promise<unknown>>(FILES).map(
    ([name, operation]) => [name, async (...args: never[]) => operate().then(async () => operation(...args))] as const,
  )
  await withReplaced(FILES, Object.fromEntries(slow), async () =>
    time.run(processes.map((each) => async () => run(each))),
  )
  return {...result, takeOvers: log.filter((line) => line.startsWith('lock take-over')).length}
}

const shape = (killedAfter: fc.Arbitrary<number>) =>
  fc.record({
    left: fc.constantFrom(...LEFT),
    ageMs: fc.constantFrom(0, 7_200_000),
    killedAfter: fc.array(killedAfter, {minLength: 2, maxLength: 5}),
    delays: fc.array(fc.constantFrom(0, 1, 10, 200), {minLength: 5, maxLength: 40}),
    pauses: fc.array(fc.nat(60), {maxLength: 3}),
  })

describe('processes that want the same lock, simulated', () => {
  for (const [title, killedAfter] of [
    ['hold it one after the other, take over each dead lock once and leave nothing behind', fc.constant(Infinity)],
    ['hold it one after the other, whenever some are killed', fc.oneof(fc.nat(30), fc.constant(Infinity))],
  ] as const) {
    it(title, async () => {
      const property = fc.asyncProperty(shape(killedAfter), async ({ageMs, left, ...each}) => {
        const folder = newFolder('lock')
        const time = (Date.now() - ageMs) / 1000
        for (const [suffix, text] of Object.entries(left)) {
          writeFileSync(join(folder, `x${suffix}`), text)
          utimesSync(join(folder, `x${suffix}`), time, time)
        }

        const {killed, lost, most, succeeded, takeOvers} = await simulateProcesses(join(folder, 'x'), each)
        const files = readdirSync(folder)
        rmSync(folder, {recursive: true})

        expect(most).to.be.at.most(1)
        expect({lost, ended: killed + succeeded}).to.deep.equal({lost: 0, ended: each.killedAfter.length})
        if (killed === 0) expect({takeOvers, files}).to.deep.equal({takeOvers: Object.keys(left).length, files: []})
      })
      await fc.assert(property, {numRuns: Number(process.env.LOCK_RUNS ?? 30)})
    })
  }
})
