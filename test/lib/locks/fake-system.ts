import fsPromises from 'node:fs/promises'
import {syncBuiltinESMExports} from 'node:module'
import {setImmediate} from 'node:timers/promises'

import {type Holder} from '../../../src/lib/locks/lock-file.js'

export const SELF = {host: 'here', machine: 'here', pid: 1000, start: '5'}
/** A process that runs, beside SELF. */
export const RUNNING = 3000

/** A system whose clock only moves during waits. If `tick` is given, each wait takes that long. */
export function fakeSystem(tick?: number) {
  const state = {elapsed: 0, onSleep: (_elapsed: number): unknown => undefined}
  const waits: number[] = []
  const timers = new Set<() => void>()
  const running = new Set([RUNNING, SELF.pid])
  return {
    state,
    waits,
    timers,
    running,
    now: () => 7000 + state.elapsed,
    date: () => new Date(Date.UTC(2026, 2, 10, 12) + state.elapsed),
    async sleep(ms: number) {
      waits.push(ms)
      state.elapsed += tick ?? ms
      if (state.elapsed > 600_000) throw new Error('It waits without end')
      await state.onSleep(state.elapsed)
      await setImmediate()
    },
    random: () => 0.5,
    repeat(_ms: number, work: () => void) {
      timers.add(work)
      return () => {
        timers.delete(work)
      }
    },
    self: () => SELF,
    isRunning: (pid: number) => running.has(pid),
  }
}

/** The note of a lock. Its process has ended unless another PID is given. */
export function noteOf(more: {readonly [key in keyof Holder]?: unknown} = {}): string {
  const holder = {id: '00000000000000aa', since: '2026-03-10T11:00:00.000Z', ...SELF, pid: 2000, ...more}
  return `${JSON.stringify(holder)}\n`
}

/** Replaces functions of a Node module, or environment variables, while the work runs. */
export async function withReplaced<T>(module: object, values: object, work: () => Promise<T>): Promise<T> {
  const originals = Object.keys(values).map((name) => [name, Reflect.get(module, name) as unknown] as const)
  Object.assign(module, values)
  syncBuiltinESMExports()
  try {
    return await work()
  } finally {
    for (const [name, original] of originals) {
      if (original === undefined) Reflect.deleteProperty(module, name)
      else Reflect.set(module, name, original)
    }

    syncBuiltinESMExports()
  }
}

export function systemError(code: string): Error {
  return Object.assign(new Error(code), {code})
}

/** A function of the operating system that fails. */
export function failing(code: string): () => Promise<never> {
  return async () => {
    throw systemError(code)
  }
}

/** Reads the state of files, but fails for the lock itself. */
export function lstatFailing(code: string): (path: string) => Promise<unknown> {
  const {lstat} = fsPromises
  return async (path) => (path.endsWith('x') ? failing(code)() : lstat(path))
}
