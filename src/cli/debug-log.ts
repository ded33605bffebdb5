import {type RequestRecord} from '../lib/astro-api/http.js'
import {type LockEvent} from '../lib/locks/lock.js'

/** One line per event, for `DEBUG=astro`. The events hold no secrets. */
export interface DebugLog {
  readonly request: (record: RequestRecord) => void
  readonly lock: (event: LockEvent) => void
  readonly refresh: (outcome: string, milliseconds: number) => void
  readonly print: (...parts: ReadonlyArray<number | string | undefined>) => void
}

/** Creates the log; undefined unless DEBUG contains `astro` or `*`. */
export function createDebugLog(debug: string | undefined, printLine: (line: string) => void): DebugLog | undefined {
  const names = (debug ?? '').split(/[\s,]+/)
  if (!names.some((name) => name === 'astro' || name === '*')) return undefined
  const print = (...parts: readonly (number | string | undefined)[]) => {
    printLine(['astro', ...parts.filter((part) => part !== undefined)].join(' '))
  }

  return {
    print,
    request({attempt, error, method, milliseconds, requestId, status, url}) {
      const id = requestId === undefined ? undefined : `request ID ${requestId}`
      const outcome = [status, error].filter((part) => part !== undefined).join(' ')
      print(method, url, outcome, `${Math.round(milliseconds)} ms`, id, `attempt ${attempt}`)
    },
    lock({holder, kind, path, waitedMs}) {
      print('lock', kind, path, holder && `process ${holder.pid}`, `${Math.round(waitedMs)} ms`)
    },
    refresh(outcome, milliseconds) {
      print('refresh', outcome, `${Math.round(milliseconds)} ms`)
    },
  }
}
