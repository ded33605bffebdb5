import fs from 'node:fs'
import fsPromises from 'node:fs/promises'

import {acquireLock} from '../../../src/lib/locks/lock.js'
import {createVirtualTime} from '../virtual-time.js'
import {fakeSystem, SELF, systemError, withReplaced} from './fake-system.js'

export interface Shape {
  /** For each process, after how many file operations it is killed. */
  readonly killedAfter: readonly number[]
  /** How many milliseconds the next file operations take, one after the other; repeated without end. */
  readonly delays: readonly number[]
  /** Which file operations, counted from the first, take seven seconds instead. */
  readonly pauses: readonly number[]
  readonly hasLinks: boolean
}

class Killed extends Error {}

const POLL_MS = 1000
const PAUSE_MS = 7000
const ATOMIC = ['link', 'lstat', 'readFile', 'rename', 'rmdir', 'unlink'] as const

/**
 * Runs processes that each take the lock at `path` once and release it, in virtual time. `delays` decide the order of
 * their file operations. A killed process does nothing more, and its PID no longer runs.
 */
export async function simulateProcesses(path: string, {delays, hasLinks, killedAfter, pauses}: Shape) {
  const time = createVirtualTime()
  const processes = killedAfter.map((operationsLeft, index) => ({pid: 5000 + index, operationsLeft}))
  // Whatever happens between two wake-ups is done by the process that woke up first.
  let actor = processes[0]
  const sleep = async (ms: number, sleeper = actor) => {
    await time.sleep(ms)
    actor = sleeper
  }

  const system = {...fakeSystem(), now: time.now, sleep: async () => sleep(POLL_MS)}
  const inside = new Set<number>()
  const result = {most: 0, succeeded: 0, killed: 0, lost: 0, takeOvers: 0}
  let operations = 0
  const operate = async () => {
    operations++
    await sleep(pauses.includes(operations) ? PAUSE_MS : (delays[operations % delays.length] ?? 0))
    if (!actor || actor.operationsLeft-- > 0) return
    system.running.delete(actor.pid)
    inside.delete(actor.pid)
    throw new Killed()
  }

  const work = async (self: (typeof processes)[number]) => {
    const {pid} = self
    await sleep(0, self)
    system.running.add(pid)
    const lock = await acquireLock(path, {
      purpose: 'token x',
      system: {...system, self: () => ({...SELF, pid})},
      waitMs: Infinity,
      onEvent({kind}) {
        if (kind === 'take-over') result.takeOvers++
      },
    })
    // The lock ignores some errors, such as this one.
    if (self.operationsLeft < 0) throw new Killed()
    inside.add(pid)
    result.most = Math.max(result.most, inside.size)
    await operate()
    const isHeld = await lock.isHeld()
    // A process that was killed meanwhile ends here.
    await operate()
    if (!isHeld) result.lost++
    inside.delete(pid)
    await lock.release()
    result.succeeded++
  }

  const run = async (self: (typeof processes)[number]) =>
    work(self).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error
      result.killed++
    })
  const listeners = process.listeners('exit')
  await withReplaced(fsPromises, slowOperations(operate, hasLinks), async () =>
    time.run(processes.map((each) => async () => run(each))),
  )
  for (const listener of process.listeners('exit')) if (!listeners.includes(listener)) process.off('exit', listener)
  return result
}

/** File operations that wait first and then happen at once, but that a file is there before its text. */
function slowOperations(operate: () => Promise<void>, hasLinks: boolean): object {
  const atomic = ATOMIC.map((name) => {
    const operation = Reflect.get(fs, `${name}Sync`) as (...args: unknown[]) => unknown
    const slow = async (...args: unknown[]) => {
      await operate()
      if (name === 'link' && !hasLinks) throw systemError('EPERM')
      return operation(...args)
    }

    return [name, slow] as const
  })
  let files = 0
  return {
    ...Object.fromEntries(atomic),
    async writeFile(file: string, text: string, {flag, mode}: {readonly flag: string; readonly mode: number}) {
      await operate()
      const descriptor = fs.openSync(file, flag, mode)
      try {
        // In virtual time, files of different ages could have the same inode number and time.
        fs.futimesSync(descriptor, 0, ++files)
        await operate()
        fs.writeSync(descriptor, text)
      } finally {
        fs.closeSync(descriptor)
      }
    },
  }
}
