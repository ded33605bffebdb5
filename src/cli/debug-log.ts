import {type RequestRecord} from '../lib/astro-api/http.js'
import {type Report} from '../lib/context.js'

/** One line per event, for `DEBUG=astro`. The events hold no secrets. */
export interface DebugLog {
  readonly request: (record: RequestRecord) => void
  readonly print: Report['debug']
  readonly settle: (milliseconds: number, rewrites: number) => void
}

/** Creates the log; undefined unless DEBUG contains `astro` or `*`. */
export function createDebugLog(debug: string | undefined, printLine: (line: string) => void): DebugLog | undefined {
  const names = (debug ?? '').split(/[\s,]+/)
  if (!names.some((name) => name === 'astro' || name === '*')) return undefined
  const print: Report['debug'] = (...parts) => {
    printLine(['astro', ...parts.filter((part) => part !== undefined)].join(' '))
  }

  return {
    request({attempt, error, method, milliseconds, requestId, status, url}) {
      const id = requestId === undefined ? undefined : `request ID ${requestId}`
      const outcome = [status, error].filter((part) => part !== undefined).join(' ')
      print(method, url, outcome, `${Math.round(milliseconds)} ms`, id, `attempt ${attempt}`)
    },
    print,
    settle(milliseconds, rewrites) {
      print('settle', `waits ${Math.round(milliseconds)} ms`, `rewrites ${rewrites}`)
    },
  }
}
