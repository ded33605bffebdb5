import {AstroError, type ErrorKind} from '../../../src/lib/errors.js'

const errorOf = (kind: ErrorKind, status?: number, retryAfterMs?: number) =>
  new AstroError(kind, `${kind}, status ${status ?? 'none'}`, {retryAfterMs, status})

/** Errors after which the same request may succeed. */
const PASSING: readonly AstroError[] = [
  errorOf('network'),
  errorOf('api'),
  errorOf('timeout', 408),
  errorOf('rate_limited', 429),
  errorOf('api', 500),
  errorOf('api', 599),
  errorOf('network', 502),
]

/** Errors after which it fails again. */
const LASTING: readonly Error[] = [
  errorOf('config'),
  errorOf('internal'),
  errorOf('network', 407),
  errorOf('api', 200),
  errorOf('api', 302),
  errorOf('conflict', 409),
  errorOf('api', 499),
  new Error('bug'),
]

export const LOST = errorOf('network')
const TIMEOUT = errorOf('timeout')
const waiting = (milliseconds: number) => errorOf('rate_limited', 429, milliseconds)

/** The errors of the first tries, the index of the one that is thrown (-1 for none), and the waits. */
type Sequence = readonly [title: string, errors: readonly Error[], thrown: number, sleeps: readonly number[]]
export const SEQUENCES: readonly Sequence[] = [
  ...PASSING.map((error): Sequence => {
    const errors = [error, error, error, errorOf('api', 503)]
    return [`throws the last error after four tries: ${error.message}`, errors, 3, [500, 1000, 2000]]
  }),
  ...LASTING.map((error): Sequence => [`does not retry: ${error.message}`, [error], 0, []]),
  ['returns the result of the first try', [], -1, []],
  ['returns the result of the fourth try', [LOST, LOST, LOST], -1, [500, 1000, 2000]],
  ['retries one time-out', [TIMEOUT], -1, [500]],
  ['does not retry a second time-out', [TIMEOUT, errorOf('timeout')], 1, [500]],
  ['counts time-outs apart from other errors', [LOST, TIMEOUT, LOST], -1, [500, 1000, 2000]],
  ['does not retry a later second time-out', [TIMEOUT, LOST, errorOf('timeout')], 2, [500, 1000]],
  ['waits up to a minute for Retry-After', [waiting(60_000), waiting(0)], -1, [60_000, 0]],
  ['does not wait longer than a minute', [waiting(60_001)], 0, []],
]
