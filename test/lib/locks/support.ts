import {syncBuiltinESMExports} from 'node:module'
import {setImmediate} from 'node:timers/promises'

import {type Holder} from '../../../src/lib/locks/lock-file.js'
import {SYSTEM} from '../../../src/lib/locks/process.js'
import {fakeReport} from '../service-options.js'

export const SELF = {machine: 'boot pid:[1]', pid: 1000, start: '5'}
/** A process that runs, beside SELF. */
export const RUNNING = 3000

/** What a lock needs, for tests: a clock that only moves during waits, and a system with few processes. */
export function fakeContext() {
  const startedAt = Date.now()
  const {told, ...report} = fakeReport()
  const pauses: number[] = []
  const elapsed = () => pauses.reduce((sum, milliseconds) => sum + milliseconds, 0)
  const running = new Set([RUNNING, SELF.pid])
  return {
    log: told.debug,
    told,
    elapsed,
    pauses,
    running,
    report,
    clock: {
      now: () => startedAt + elapsed(),
      async sleep(milliseconds: number) {
        pauses.push(milliseconds)
        await setImmediate()
      },
      random: () => 0,
    },
    system: {
      ...SYSTEM,
      self: () => SELF,
      isRunning: (pid: number, start?: string) => running.has(pid) && start === SELF.start,
      uptime: () => 3600 + elapsed() / 1000,
    },
  }
}

/** The note of a lock. Its process has exited unless another PID is given. */
export function noteOf(more: {readonly [key in keyof Holder]?: unknown} = {}): string {
  return JSON.stringify({id: '00000000000000aa', ...SELF, pid: 2000, ...more})
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
export function failing(code: string): () => never {
  return () => {
    throw systemError(code)
  }
}
