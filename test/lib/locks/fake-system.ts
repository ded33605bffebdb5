import {setImmediate} from 'node:timers/promises'

import {type Holder} from '../../../src/lib/locks/lock-file.js'
import {type LockSystem, type ProcessIdentity} from '../../../src/lib/locks/system.js'

export const SELF: ProcessIdentity = {host: 'here', machine: 'here', pid: 1000, start: '5'}

export interface FakeSystem extends LockSystem {
  self: LockSystem['self']
  isRunning: LockSystem['isRunning']
  /** How long each wait was, in milliseconds. */
  readonly waits: number[]
  /** Work that a timer repeats until it is stopped. */
  readonly timers: Set<() => void>
  readonly running: Set<number>
  /** Called at each wait with the time that has passed. */
  onSleep: (now: number) => unknown
}

/** A system whose clock only moves while someone waits, and where only the given processes run. */
export function fakeSystem(self: ProcessIdentity = SELF): FakeSystem {
  let now = 0
  const system: FakeSystem = {
    waits: [],
    timers: new Set(),
    running: new Set([self.pid]),
    onSleep() {},
    now: () => now,
    date: () => new Date(Date.UTC(2026, 2, 10, 12) + now),
    async sleep(ms) {
      system.waits.push(ms)
      now += ms
      await system.onSleep(now)
      await setImmediate()
    },
    random: () => 0.5,
    repeat(_ms, work) {
      system.timers.add(work)
      return () => {
        system.timers.delete(work)
      }
    },
    self: () => self,
    isRunning: (pid) => system.running.has(pid),
  }
  return system
}

/** The text of a lock whose holder is this process. */
export function noteOf(holder: Partial<Holder> = {}): string {
  const note: Holder = {id: '00000000000000aa', since: '2026-03-10T11:00:00.000Z', ...SELF, pid: 2000, ...holder}
  return `${JSON.stringify(note)}\n`
}
