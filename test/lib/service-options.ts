import {type Clock, type Report} from '../../src/lib/context.js'
import {ORGANIZATION_TOKENS} from '../../src/lib/roles/scope.js'
import {type ScopingOptions} from '../../src/lib/roles/write.js'

export type FakeClock = ReturnType<typeof fakeClock>

/** A clock that only moves when somebody sleeps. It keeps the milliseconds of each sleep. */
export function fakeClock(more: Partial<Clock> = {}) {
  let now = 0
  const sleeps: number[] = []
  return {
    sleeps,
    now: () => now,
    async sleep(milliseconds: number) {
      sleeps.push(milliseconds)
      now += milliseconds
    },
    random: () => 0.5,
    ...more,
  }
}

/** A report that keeps what it is told; a debug line is its parts, joined. */
export function fakeReport() {
  const told = {debug: new Array<string>(), status: new Array<string>(), warn: new Array<string>()}
  const report: Report = {
    debug: (...parts) => told.debug.push(parts.filter((part) => part !== undefined).join(' ')),
    status: (text) => told.status.push(text),
    warn: (message) => told.warn.push(message),
  }
  return {...report, told}
}

/** Options of the service that never really wait, and whose lock is always free. */
export function serviceOptions(more: Partial<ScopingOptions> = {}): ScopingOptions {
  return {
    clock: fakeClock(),
    lock: async () => ({isHeld: async () => true, async release() {}}),
    progress: {state: 'not_written'},
    report: {warn() {}, debug() {}, status() {}},
    scope: ORGANIZATION_TOKENS,
    ...more,
  }
}
