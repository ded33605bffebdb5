import {type ErrorKind} from '../../../src/lib/errors.js'
import {DAMAGES, type FaultAction, PLACES, UPGRADES} from '../../astro-api/faults.js'

const KIB = 1024

export interface Failure {
  readonly title: string
  /** What happens to every request. */
  readonly action: FaultAction
  readonly kind: ErrorKind
  /** Of the error, with HOST for the host of the API. */
  readonly message: RegExp
  /** How many times a GET is sent; a POST is sent once. */
  readonly tries: number
  readonly status?: number
  /** The error that is reported of each try, if there is no readable response. */
  readonly reports?: RegExp
}

const LOST = {
  kind: 'network',
  message: /^The connection to HOST was lost \([A-Z_]+\)\.$/,
  tries: 4,
  reports: /^[A-Z_]+$/,
} as const
const DAMAGED = {
  kind: 'api',
  message: /^The response from HOST is damaged \(.+\)\.$/,
  tries: 4,
  reports: /^(?:Z_|HPE_|api$)/,
} as const
const LATE = {kind: 'timeout', message: /^HOST did not respond in time\.$/, tries: 2, reports: /^ETIMEDOUT$/} as const
const REDIRECT = {
  kind: 'api',
  message: /^The response .+ from the Astro API: it redirects elsewhere\.$/,
  tries: 1,
} as const
const location = 'http://127.0.0.1/elsewhere'
const large = (status: number) => ({kind: 'status', status, body: 'x'.repeat(64 * KIB + 1)}) as const

export const FAILURES: readonly Failure[] = [
  {title: 'a dropped connection', action: {kind: 'drop'}, ...LOST},
  ...PLACES.map((at) => ({title: `a truncated response (${at})`, action: {kind: 'truncate', at}, ...LOST}) as const),
  ...DAMAGES.map((how) => ({title: `a damaged response (${how})`, action: {kind: 'damage', how}, ...DAMAGED}) as const),
  ...UPGRADES.map(
    (how) =>
      ({
        title: `a switch of protocols (${how})`,
        action: {kind: 'upgrade', how},
        kind: 'api',
        message: /^The response \(status 101\) is not from the Astro API: it switches protocols\.$/,
        tries: 1,
        status: 101,
      }) as const,
  ),
  {title: 'half of a JSON list', action: {kind: 'body', body: '[1,'}, ...DAMAGED},
  {
    title: 'a web page',
    action: {kind: 'body', body: '<a>{"a":1}</a>'},
    kind: 'api',
    message: /^The response \(status 200\) is not from the Astro API: it is not JSON\.$/,
    tries: 1,
    status: 200,
  },
  {title: 'no response', action: {kind: 'hang'}, ...LATE},
  {title: 'a response that never ends', action: {kind: 'stall'}, ...LATE},
  {title: 'the status 300', action: {kind: 'status', status: 300, headers: {location}}, status: 300, ...REDIRECT},
  {title: 'a redirect', action: {kind: 'status', status: 307, headers: {location}}, status: 307, ...REDIRECT},
  {
    title: 'an error of the request',
    action: {kind: 'status', status: 400, body: JSON.stringify({message: 'no'}).padEnd(64 * KIB)},
    kind: 'invalid_request',
    message: /^The Astro API rejected the request: no$/,
    tries: 1,
    status: 400,
  },
  {
    title: 'an error of the server',
    action: {kind: 'status', status: 599},
    kind: 'api',
    message: /^The Astro API failed with status 599: Injected fault: 599$/,
    tries: 4,
    status: 599,
  },
  {
    title: 'a Retry-After of more than a minute',
    action: {kind: 'status', status: 429, headers: {'retry-after': '61'}},
    kind: 'rate_limited',
    message: /^The Astro API rate limit was exceeded: /,
    tries: 1,
    status: 429,
  },
  ...([300, 400, 401, 503] as const).map(
    (status) =>
      ({
        title: `more than 64 KiB with the status ${status}`,
        action: large(status),
        kind: 'api',
        message: /^The response from HOST is larger than 64 KiB\.$/,
        tries: status === 503 ? 4 : 1,
        status,
      }) as const,
  ),
]
