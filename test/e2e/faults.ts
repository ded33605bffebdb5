import {type FaultAction, PLACES} from '../astro-api/faults.js'
import {ids, type World} from '../astro-api/world.js'

/** The token that the rows are about; it has roles of every kind. */
export const TOKEN_ID = ids.tokens.dataQuality

/** The Deployment on which another writer changes the token's role, and to what. */
export const OTHERS_DEPLOYMENT = ids.deployments.mlTraining
export const OTHERS_ROLE = 'Deploy Operator'

/** What a row is to end with. */
export interface Expected {
  readonly exit: number
  /** Of the error; none where the command succeeds. */
  readonly kind?: string
  /** Whether the change stands at the end; otherwise the roles are untouched. */
  readonly isDone: boolean
  /** How many requests of the kind that the fault strikes are made. Undefined if that does not matter. */
  readonly tries?: number
  /** What the error must say. */
  readonly says?: RegExp
  /** Whether the change of another writer is lost, if there is one. */
  readonly isOtherLost?: boolean
}

export interface FaultCase {
  readonly name: string
  readonly action: FaultAction
  /** When it strikes one request. */
  readonly once: Expected | undefined
  /** When it hits each request. Absent if that makes no difference. */
  readonly forEver?: Expected
}

function done(tries: number): Expected {
  return {exit: 0, isDone: true, tries}
}

function failed(kind: string, exit: number, tries: number, says?: RegExp): Expected {
  return {exit, kind, isDone: false, tries, ...(says && {says})}
}

function status(code: number, retryAfter?: string): FaultAction {
  return {kind: 'status', status: code, ...(retryAfter !== undefined && {headers: {'retry-after': retryAfter}})}
}

function otherWriter(world: World): void {
  const token = world.tokens.find(({id}) => id === TOKEN_ID)
  if (!token?.roles) throw new Error('the token has no roles')
  token.roles = token.roles.map((entry) =>
    entry.entityId === OTHERS_DEPLOYMENT ? {...entry, role: OTHERS_ROLE} : entry,
  )
}

const HTML: FaultAction = {kind: 'body', body: '<html>Scheduled maintenance</html>', contentType: 'text/html'}
const OTHER_SHAPE: FaultAction = {kind: 'body', body: '{"hello": "world"}'}
const BROKEN = '{"organizationRole": "ORGANIZATION_MEMB'
const NINETY_SECONDS = /\b90 seconds\b/

export const actBefore: FaultAction = {kind: 'act', run: otherWriter}
const actAfter: FaultAction = {kind: 'actAfter', run: otherWriter}

/** Errors that a retry does not change: one try, and no change. */
const FINAL: readonly FaultCase[] = [
  {name: '400', action: status(400), once: failed('invalid_request', 1, 1)},
  {name: '401', action: status(401), once: failed('unauthenticated', 4, 1)},
  {name: '403', action: status(403), once: failed('forbidden', 4, 1)},
  {name: '429, Retry-After 90', action: status(429, '90'), once: failed('rate_limited', 1, 1, NINETY_SECONDS)},
]

/** Errors of which the second try succeeds. */
const TEMPORARY: readonly FaultCase[] = [
  {name: '408', action: status(408), once: done(2), forEver: failed('timeout', 1, 4)},
  {name: '429', action: status(429), once: done(2), forEver: failed('rate_limited', 1, 4)},
  {name: '429, Retry-After 1', action: status(429, '1'), once: done(2), forEver: failed('rate_limited', 1, 4)},
  ...[500, 502, 504].map((code) => {
    const forEver = failed('api', 1, 4)
    return {name: String(code), action: status(code), once: done(2), forEver}
  }),
  {name: '503, Retry-After 1', action: status(503, '1'), once: done(2), forEver: failed('api', 1, 4)},
]

export const NOT_FOUND = {name: '404', action: status(404), once: failed('not_found', 3, 1)} satisfies FaultCase

/** The first part of a response, then the end of the connection. */
const BROKEN_OFF = PLACES.map(
  (at) => ({name: `a response that breaks off (${at})`, action: {kind: 'truncate', at}}) as const,
)

const SWITCH: FaultAction = {kind: 'upgrade'}
const REDIRECT: FaultAction = {kind: 'status', status: 302, headers: {location: '/elsewhere'}}
const DAMAGED_GZIP: FaultAction = {kind: 'damage', how: 'gzip'}

/** Faults at a read: four tries for an error that may pass, two without a response. */
export const READ_FAULTS: readonly FaultCase[] = [
  ...FINAL,
  NOT_FOUND,
  ...TEMPORARY,
  {name: 'a dropped connection', action: {kind: 'drop'}, once: done(2), forEver: failed('network', 1, 4)},
  ...BROKEN_OFF.map((fault) => ({...fault, once: done(2)})),
  {name: 'half a response', action: {kind: 'truncate'}, once: undefined, forEver: failed('network', 1, 4)},
  {name: 'damaged gzip', action: DAMAGED_GZIP, once: done(2), forEver: failed('api', 1, 4)},
  {name: 'no answer', action: {kind: 'hang'}, once: done(2), forEver: failed('timeout', 1, 2)},
  {name: 'a response that stops', action: {kind: 'stall'}, once: done(2)},
  {name: 'no JSON', action: HTML, once: failed('api', 1, 1)},
  {name: 'JSON of another shape', action: OTHER_SHAPE, once: failed('api', 1, 1)},
  {name: 'an empty answer', action: {kind: 'body', body: ''}, once: failed('api', 1, 1)},
  {name: 'a switch of protocols', action: SWITCH, once: failed('api', 1, 1)},
  {name: 'a late answer', action: {kind: 'delay', ms: 300}, once: done(1), forEver: done(1)},
  {name: 'another writer just before', action: actBefore, once: done(1)},
]

/** A response to a read that lacks the token's roles must not lead to a write. */
export const INCOMPLETE_READS: readonly FaultCase[] = [undefined, null, []].map((roles) => ({
  name: `${JSON.stringify(roles)} as roles`,
  action: {kind: 'edit', edit: (body) => ({...body, roles})},
  once: failed('api', 1, 1),
  forEver: failed('api', 1, 1),
}))

/** Another writer just after the name look-up is harmless. */
export const WRITER_AFTER_LOOKUP: FaultCase = {name: 'another writer just after', action: actAfter, once: done(1)}

/** Between the read and the write, it does: the API has no conditional write. */
export const WRITER_AFTER_READ: FaultCase = {...WRITER_AFTER_LOOKUP, once: {...done(1), isOtherLost: true}}

/** Faults at the write. If its outcome is unknown, the roles of the token decide what happens next. */
export const WRITE_FAULTS: readonly FaultCase[] = [
  ...FINAL,
  NOT_FOUND,
  // Not taken: known at once for a 429, and otherwise from a look at the token.
  ...TEMPORARY,
  {name: 'a dropped connection', action: {kind: 'drop'}, once: done(2), forEver: failed('network', 1, 4)},
  {name: 'no answer', action: {kind: 'hang'}, once: done(2), forEver: failed('timeout', 1, 4)},
  {name: 'no JSON', action: HTML, once: done(2), forEver: failed('api', 1, 4)},
  {name: 'JSON of another shape', action: OTHER_SHAPE, once: done(2), forEver: failed('conflict', 5, 4)},
  {name: 'an empty answer', action: {kind: 'body', body: ''}, once: done(2), forEver: failed('conflict', 5, 4)},
  {name: 'a redirect', action: REDIRECT, once: done(2), forEver: failed('api', 1, 4)},
  {name: 'a switch of protocols', action: SWITCH, once: done(2), forEver: failed('api', 1, 4)},
  // Taken, which a look at the token shows.
  {name: 'taken, and a redirect', action: {kind: 'statusAfter', status: 307}, once: done(1), forEver: done(1)},
  {name: 'taken, and 408', action: {kind: 'statusAfter', status: 408}, once: done(1), forEver: done(1)},
  {name: 'taken, and dropped', action: {kind: 'dropAfter'}, once: done(1), forEver: done(1)},
  {name: 'taken, and no answer', action: {kind: 'hangAfter'}, once: done(1), forEver: done(1)},
  {name: 'taken, and 502', action: {kind: 'statusAfter', status: 502}, once: done(1), forEver: done(1)},
  ...BROKEN_OFF.map(({action, name}) => ({name: `taken, and ${name}`, action, once: done(1)})),
  {name: 'taken, and half a response', action: {kind: 'truncate'}, once: undefined, forEver: done(1)},
  {name: 'taken, and damaged gzip', action: DAMAGED_GZIP, once: done(1), forEver: done(1)},
  {name: 'taken, and a response that stops', action: {kind: 'stall'}, once: done(1)},
  {name: 'taken, and an empty answer', action: {kind: 'bodyAfter', body: ''}, once: done(1), forEver: done(1)},
  {name: 'taken, and broken JSON', action: {kind: 'bodyAfter', body: BROKEN}, once: done(1), forEver: done(1)},
  {name: 'a late answer', action: {kind: 'delay', ms: 300}, once: done(1), forEver: done(1)},
  {name: 'another writer just before', action: actBefore, once: {...done(1), isOtherLost: true}},
  {name: 'another writer just after', action: actAfter, once: done(1)},
]

/** A gateway that resets each connection at its second request. */
export const RESET_OF_REUSED: FaultAction = {kind: 'resetReused'}

/** Two faults: one at the write, whose outcome is unknown then, and one at the read that follows. */
export const PAIRS: readonly {
  readonly name: string
  readonly write: FaultAction
  readonly read: FaultAction
  /** How many reads the second fault strikes. Default: one. */
  readonly times?: number
  readonly expected: Expected
}[] = [
  {
    name: 'a lost response, then 503 to every read',
    write: {kind: 'dropAfter'},
    read: status(503),
    times: 99,
    expected: {exit: 1, kind: 'api', isDone: true, tries: 1, says: /Could not confirm/},
  },
  {
    name: 'a lost response, then 401',
    write: {kind: 'dropAfter'},
    read: status(401),
    expected: {exit: 4, kind: 'unauthenticated', isDone: true, tries: 1, says: /Could not confirm/},
  },
  {name: 'a lost response, then another writer', write: {kind: 'dropAfter'}, read: actBefore, expected: done(1)},
  {
    name: 'a lost write, then a read without roles',
    write: {kind: 'drop'},
    read: {kind: 'edit', edit: (body) => ({...body, roles: []})},
    expected: done(2),
  },
  {name: 'a lost write, then another writer', write: {kind: 'drop'}, read: actBefore, expected: done(2)},
]
