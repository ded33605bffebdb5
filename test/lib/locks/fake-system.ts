import {syncBuiltinESMExports} from 'node:module'
import {setImmediate} from 'node:timers/promises'

import {type Holder} from '../../../src/lib/locks/lock-file.js'
import {type LockSystem, type ProcessIdentity} from '../../../src/lib/locks/system.js'

export const SELF: ProcessIdentity = {host: 'here', machine: 'here', pid: 1000, start: '5'}
/** A process that runs, beside SELF. */
export const RUNNING = 3000

export interface FakeSystem extends LockSystem {
  random: LockSystem['random']
  self: LockSystem['self']
  isRunning: LockSystem['isRunning']
  /** How long each wait was to be, in milliseconds. */
  readonly waits: number[]
  /** Work that a timer repeats until it is stopped. */
  readonly timers: Set<() => void>
  readonly running: Set<number>
  /** Milliseconds that have passed. */
  readonly elapsed: () => number
  /** Called at each wait with the time that has passed. */
  onSleep: (elapsed: number) => unknown
}

/** A system whose clock only moves during waits. If `tick` is given, each wait takes that long. */
export function fakeSystem(tick?: number): FakeSystem {
  let elapsed = 0
  const system: FakeSystem = {
    waits: [],
    timers: new Set(),
    running: new Set([RUNNING, SELF.pid]),
    elapsed: () => elapsed,
    onSleep() {},
    now: () => 7000 + elapsed,
    date: () => new Date(Date.UTC(2026, 2, 10, 12) + elapsed),
    async sleep(ms) {
      system.waits.push(ms)
      elapsed += tick ?? ms
      if (elapsed > 600_000) throw new Error('It waits without end')
      await system.onSleep(elapsed)
      await setImmediate()
    },
    random: () => 0.5,
    repeat(_ms, work) {
      system.timers.add(work)
      return () => {
        system.timers.delete(work)
      }
    },
    self: () => SELF,
    isRunning: (pid) => system.running.has(pid),
  }
  return system
}

export function holder(more: Partial<Holder> = {}): Holder {
  return {id: '00000000000000aa', since: '2026-03-10T11:00:00.000Z', ...SELF, pid: 2000, ...more}
}

/** The text of a lock; its process has ended unless another PID is given. */
export function noteOf(more: Partial<Holder> = {}): string {
  return `${JSON.stringify(holder(more))}\n`
}

/** Replaces functions of a Node module while the work runs. */
export async function withReplaced<T>(module: object, functions: object, work: () => Promise<T>): Promise<T> {
  const originals = Object.fromEntries(
    Object.keys(functions).map((name) => [name, Reflect.get(module, name) as unknown]),
  )
  Object.assign(module, functions)
  syncBuiltinESMExports()
  try {
    return await work()
  } finally {
    Object.assign(module, originals)
    syncBuiltinESMExports()
  }
}

/** An error of the operating system. */
export function systemError(code: string): Error {
  return Object.assign(new Error(code), {code})
}

/** A function of the operating system that fails. */
export function failing(code: string): () => Promise<never> {
  return async () => {
    throw systemError(code)
  }
}
