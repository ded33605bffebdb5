import {type ApiToken, type SubjectRoles, type TokenRole} from '../astro-api/responses.js'
import {fullJitter, LONGEST_RETRY_AFTER_MS, TRIES} from '../astro-api/retry.js'
import {type Clock} from '../context.js'
import {AstroError} from '../errors.js'
import {type Lock} from '../locks/lock.js'
import {type RoleChange, type RoleEdit} from './arithmetic.js'
import {confirmedRoles, showsChanges} from './confirm.js'
import {couldNotConfirm, isOutcomeUnknown, lockLost, notUpdated, onlyRole, otherRoles, readTooSlow} from './errors.js'
import {rolesOf} from './scope.js'

/** `sent` until the outcome is known; `undone` if another writer undid a confirmed write. */
export type WriteState = 'not_written' | 'sent' | 'undone' | 'written'

/** What is known of the write, for the message of an interrupted command, which owns it. The write updates it. */
export interface WriteProgress {
  state: WriteState
}

export interface WriteOptions {
  readonly clock: Clock
  /** Takes the lock on the token. */
  readonly lock: (tokenId: string) => Promise<Lock>
  readonly progress: WriteProgress
  /** Sends a write only if its read started less than this many milliseconds ago. No limit by default. */
  readonly maxReadAgeMs?: number
}

/** A change to a token's roles. */
export interface RoleWrite {
  readonly tokenId: string
  readonly read: () => Promise<ApiToken>
  readonly send: (roles: readonly TokenRole[]) => Promise<SubjectRoles | undefined>
  /** Throws if the change must not be made. With `isAfterWrite`, our own write may already have removed the role. */
  readonly check: (token: ApiToken, isAfterWrite: boolean) => Promise<void>
  readonly edit: (roles: readonly TokenRole[]) => RoleEdit
  /** Finds the reason for a rejected write. */
  readonly explain: (rejection: AstroError, token: ApiToken) => Promise<AstroError>
  /** The changes of an earlier write that this one repeats. */
  readonly repeats?: readonly RoleChange[]
}

export interface WriteResult {
  readonly token: ApiToken
  /** The changes of the first write, regardless of the number of attempts. */
  readonly changes: readonly RoleChange[]
  /** The roles that the token has now. */
  readonly roles: readonly TokenRole[]
}

/** A write after attempts that did not complete it. */
interface PendingWrite {
  readonly kind: 'pending'
  /** The error of the last attempt. */
  readonly error: AstroError
  /** The changes of the first write that may have arrived; undefined if none may have. */
  readonly changes?: readonly RoleChange[] | undefined
  /** Whether no further write may be sent. */
  readonly isOver?: boolean
}

type Outcome = PendingWrite | {readonly kind: 'done'; readonly result: WriteResult}

interface Writer {
  readonly write: RoleWrite
  readonly options: WriteOptions
  readonly lock: Lock
}

/**
 * Changes a token's roles. This is the only way to do it, because the API replaces all roles and has no conditional
 * write. Under the token's lock, it reads, computes the new list, stops if nothing would change, writes, and compares
 * the response. If the outcome is unknown, the next of up to four attempts starts with a fresh read. After the last
 * attempt, a final read shows whether a write arrived.
 *
 * Throws an error with the kind of the last error after four attempts; `conflict` if Astro accepted the write but the
 * token has other roles, if the lock was lost, or if the token would keep no role; `api` if Astro returns the token
 * without its roles; or the reason why Astro rejected the write.
 */
export async function writeRoles(write: RoleWrite, options: WriteOptions): Promise<WriteResult> {
  const lock = await options.lock(write.tokenId)
  try {
    return await writeUntilKnown({write, options, lock})
  } finally {
    await lock.release()
  }
}

/** Computes what `writeRoles` would do, without a write or a lock. Throws what `writeRoles` throws before it writes. */
export async function previewWrite(write: RoleWrite): Promise<WriteResult> {
  const token = await write.read()
  const before = rolesOf(token)
  await write.check(token, false)
  const {changes, roles} = write.edit(before)
  if (roles.length === 0) throw onlyRole(write.tokenId)
  return {changes, roles, token}
}

async function writeUntilKnown(writer: Writer): Promise<WriteResult> {
  const {clock} = writer.options
  let pending: PendingWrite | undefined
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await attemptWrite(writer, pending)
    if (outcome.kind === 'done') return outcome.result
    const {changes, error} = outcome
    const {retryAfterMs} = error.details
    const isOver = outcome.isOver || attempt >= TRIES || (retryAfterMs ?? 0) > LONGEST_RETRY_AFTER_MS
    if (isOver && !changes) throw error
    if (!isOver) await clock.sleep(retryAfterMs ?? fullJitter(attempt, clock.random))
    pending = {...outcome, isOver}
  }
}

/** Reads, stops if the roles are right, and otherwise writes once. Throws if another attempt would not help. */
async function attemptWrite(writer: Writer, pending: PendingWrite | undefined): Promise<Outcome> {
  const {options, write} = writer
  const {clock, maxReadAgeMs = Infinity, progress} = options
  const startedAt = clock.now()
  const read = await readRoles(write, pending)
  if (read.kind === 'pending') return read
  const {roles, token} = read
  const isAfterWrite = (pending?.changes ?? write.repeats) !== undefined
  await write.check(token, isAfterWrite)
  const edit = write.edit(roles)
  if (showsChanges(roles, pending?.changes ?? write.repeats ?? edit.changes)) {
    if (isAfterWrite) progress.state = 'written'
    return {kind: 'done', result: {token, changes: pending?.changes ?? edit.changes, roles}}
  }

  progress.state = stateIfMissing(write)
  if (pending?.isOver) throw notUpdated(token, pending.error)
  if (edit.roles.length === 0) throw onlyRole(write.tokenId)
  if (clock.now() - startedAt >= maxReadAgeMs) return {...pending, kind: 'pending', error: readTooSlow()}
  return sendWrite(writer, {edit, token}, pending)
}

/** A complete read; the pending write if a read after it lacks the roles, so that a later one may have them. */
async function readRoles(write: RoleWrite, pending: PendingWrite | undefined) {
  try {
    const token = await write.read()
    if (!token.roles?.length && pending?.changes && !pending.isOver) return pending
    return {kind: 'read', token, roles: rolesOf(token)} as const
  } catch (error) {
    throw pending?.changes && error instanceof AstroError ? couldNotConfirm(error, pending.error) : error
  }
}

async function sendWrite(
  {lock, options: {progress}, write}: Writer,
  {edit, token}: {readonly edit: RoleEdit; readonly token: ApiToken},
  pending: PendingWrite | undefined,
): Promise<Outcome> {
  const changes = pending?.changes ?? edit.changes
  try {
    progress.state = 'sent'
    const roles = confirmedRoles(await write.send(edit.roles), edit.roles, changes)
    if (!roles) return {kind: 'pending', changes, error: otherRoles()}
    if (!(await lock.isHeld())) return {kind: 'pending', changes, error: lockLost(), isOver: true}
    progress.state = 'written'
    return {kind: 'done', result: {token, changes, roles}}
  } catch (error) {
    if (!(error instanceof AstroError)) throw error
    if (isOutcomeUnknown(error)) return {kind: 'pending', changes, error}
    progress.state = stateIfMissing(write)
    if (error.kind === 'rate_limited' || error.details.mayRepeat) return {...pending, kind: 'pending', error}
    throw await write.explain(error, token)
  }
}

/** The state if the change is not there. */
function stateIfMissing({repeats}: RoleWrite): WriteState {
  return repeats ? 'undone' : 'not_written'
}
