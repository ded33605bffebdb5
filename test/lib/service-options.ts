import {type Clock} from '../../src/lib/clock.js'
import {ORGANIZATION_TOKENS} from '../../src/lib/roles/scope.js'
import {type ScopingOptions} from '../../src/lib/roles/service.js'

export interface FakeClock extends Clock {
  /** Milliseconds of each sleep, in order. */
  readonly sleeps: number[]
}

/** A clock that only moves when somebody sleeps. */
export function fakeClock(more: Partial<Clock> = {}): FakeClock {
  let now = 0
  const sleeps: number[] = []
  return {
    sleeps,
    now: () => now,
    async sleep(milliseconds) {
      sleeps.push(milliseconds)
      now += milliseconds
    },
    random: () => 0.5,
    ...more,
  }
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
