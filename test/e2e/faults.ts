import {type ErrorKind} from '../../src/lib/errors.js'
import {type FaultAction, PLACES} from '../astro-api/faults.js'

/** How a command ends under a fault. */
export interface Ending {
  /** Of the error; none if the command succeeds. */
  readonly kind?: ErrorKind
  /** How many requests of the kind that the fault strikes are sent. */
  readonly tries: number
}

interface FaultCase {
  readonly name: string
  readonly action: FaultAction
  /** If it strikes one request. */
  readonly once?: Ending
  /** If it strikes each request. */
  readonly forEver?: Ending
}

const done = (tries: number): Ending => ({tries})
const failed = (kind: ErrorKind, tries: number): Ending => ({kind, tries})

function status(code: number, headers: Readonly<Record<string, string>> = {}): FaultAction {
  return {kind: 'status', status: code, headers}
}

const HTML: FaultAction = {kind: 'body', body: '<html>Scheduled maintenance</html>', contentType: 'text/html'}
const OTHER_SHAPE: FaultAction = {kind: 'body', body: '{"hello": "world"}'}
const EMPTY: FaultAction = {kind: 'body', body: ''}
const DAMAGED_GZIP: FaultAction = {kind: 'damage', how: 'gzip'}

/** Errors that a retry does not change, and those of which the second try succeeds. */
const STATUSES: readonly FaultCase[] = [
  {name: '400', action: status(400), once: failed('invalid_request', 1)},
  {name: '401', action: status(401), once: failed('unauthenticated', 1)},
  {name: '403', action: status(403), once: failed('forbidden', 1)},
  {name: '404', action: status(404), once: failed('not_found', 1)},
  {name: '429, Retry-After 90', action: status(429, {'retry-after': '90'}), once: failed('rate_limited', 1)},
  {name: '429', action: status(429), once: done(2), forEver: failed('rate_limited', 4)},
  {name: '408', action: status(408), once: done(2), forEver: failed('timeout', 4)},
  {name: '502', action: status(502), once: done(2), forEver: failed('api', 4)},
  {name: '503, Retry-After 1', action: status(503, {'retry-after': '1'}), once: done(2), forEver: failed('api', 4)},
]

/** Faults at any read: four tries for an error that may pass, two without a response. */
export const READ_FAULTS: readonly FaultCase[] = [
  ...STATUSES,
  {name: 'a dropped connection', action: {kind: 'drop'}, once: done(2), forEver: failed('network', 4)},
  ...PLACES.map((at): FaultCase => ({name: `cut off (${at})`, action: {kind: 'truncate', at}, once: done(2)})),
  {name: 'half a response', action: {kind: 'truncate'}, forEver: failed('network', 4)},
  {name: 'damaged gzip', action: DAMAGED_GZIP, once: done(2), forEver: failed('api', 4)},
  {name: 'no answer', action: {kind: 'hang'}, once: done(2), forEver: failed('timeout', 2)},
  {name: 'a response that stops', action: {kind: 'stall'}, once: done(2)},
  {name: 'no JSON', action: HTML, once: failed('api', 1)},
  {name: 'JSON of another shape', action: OTHER_SHAPE, once: failed('api', 1)},
  {name: 'an empty answer', action: EMPTY, once: failed('api', 1)},
  {name: 'a switch of protocols', action: {kind: 'upgrade'}, once: failed('api', 1)},
]

/** Faults at the read of a token. A response that lacks its roles must not lead to a write. */
export const TOKEN_READ_FAULTS: readonly FaultCase[] = [
  ...[undefined, null, []].map((roles): FaultCase => {
    const name = `${JSON.stringify(roles)} as roles`
    return {name, action: {kind: 'edit', edit: (body) => ({...body, roles})}, once: failed('api', 1)}
  }),
  {name: 'resets of connections in use', action: {kind: 'resetReused'}, forEver: done(2)},
]

/** Faults at the write. If its outcome is unknown, the roles of the token decide what happens next. */
export const WRITE_FAULTS: readonly FaultCase[] = [
  // Not taken: known at once for a 429, and otherwise from a look at the token.
  ...STATUSES,
  {name: 'a dropped connection', action: {kind: 'drop'}, once: done(2), forEver: failed('network', 4)},
  {name: 'resets of connections in use', action: {kind: 'resetReused'}, forEver: done(2)},
  {name: 'no answer', action: {kind: 'hang'}, once: done(2), forEver: failed('timeout', 4)},
  {name: 'no JSON', action: HTML, once: done(2), forEver: failed('api', 4)},
  {name: 'JSON of another shape', action: OTHER_SHAPE, once: done(2), forEver: failed('conflict', 4)},
  {name: 'an empty answer', action: EMPTY, once: done(2), forEver: failed('conflict', 4)},
  {name: 'a redirect', action: status(302, {location: '/elsewhere'}), once: done(2), forEver: failed('api', 4)},
  {name: 'a switch of protocols', action: {kind: 'upgrade'}, once: done(2), forEver: failed('api', 4)},
  // Taken, which a look at the token shows.
  ...[307, 408, 502].map((code): FaultCase => ({
    name: `taken, and ${code}`,
    action: {kind: 'statusAfter', status: code},
    forEver: done(1),
  })),
  {name: 'taken, and dropped', action: {kind: 'dropAfter'}, forEver: done(1)},
  {name: 'taken, and no answer', action: {kind: 'hangAfter'}, forEver: done(1)},
  ...PLACES.map((at): FaultCase => ({
    name: `taken, cut off (${at})`,
    action: {kind: 'truncate', at},
    forEver: done(1),
  })),
  {name: 'taken, and damaged gzip', action: DAMAGED_GZIP, forEver: done(1)},
  {name: 'taken, and a response that stops', action: {kind: 'stall'}, forEver: done(1)},
  {name: 'taken, and an empty answer', action: {kind: 'bodyAfter', body: ''}, forEver: done(1)},
  {name: 'taken, and broken JSON', action: {kind: 'bodyAfter', body: '{"organizationRole": "ORG'}, forEver: done(1)},
]
