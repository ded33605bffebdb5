import {type Report} from '../lib/context.js'
import {type LockEvent} from '../lib/locks/lock.js'

/** One line per event, for `DEBUG=astro`. The events hold no secrets. */
export interface DebugLog {
  readonly debug: Report['debug']
  readonly lock: (event: LockEvent) => void
  readonly refresh: (outcome: string, milliseconds: number) => void
  readonly settle: (milliseconds: number, rewrites: number) => void
}

/** Creates the log; undefined unless DEBUG contains `astro` or `*`. */
export function createDebugLog(debug: string | undefined, printLine: (line: string) => void): DebugLog | undefined {
  const names = (debug ?? '').split(/[\s,]+/)
  if (!names.some((name) => name === 'astro' || name === '*')) return undefined
  const print = (...parts: readonly (number | string | undefined)[]) => {
    printLine(['astro', ...parts.filter((part) => part !== undefined)].join(' '))
  }

  return {
    debug: print,
    lock({holder, kind, path, waitedMs}) {
      print('lock', kind, path, holder && `process ${holder.pid}`, `${Math.round(waitedMs)} ms`)
    },
    refresh(outcome, milliseconds) {
      print('refresh', outcome, `${Math.round(milliseconds)} ms`)
    },
    settle(milliseconds, rewrites) {
      print('settle', `waits ${Math.round(milliseconds)} ms`, `rewrites ${rewrites}`)
    },
  }
}
