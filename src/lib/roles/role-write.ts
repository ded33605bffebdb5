import {type ApiToken, type TokenRole} from '../astro-api/answers.js'
import {LONGEST_RETRY_AFTER_MS, TRIES} from '../astro-api/backoff.js'
import {type AstroApi} from '../astro-api/operations.js'
import {AstroError} from '../errors.js'
import {confirmsRoles} from './confirms-roles.js'
import {type LockedToken, type LockOptions, type RolesRead, withLockedToken} from './locked-token.js'
import {type RoleChange, type RoleEdit} from './role-arithmetic.js'
import {
  couldNotConfirm,
  isOutcomeUnknown,
  lockLost,
  notUpdated,
  onlyRole,
  otherRoles,
  readsTooSlow,
} from './write-errors.js'

/** How far a write is: `sent` until its outcome is known. */
export type WriteState = 'refused' | 'sent' | 'written'

export interface WriteOptions extends LockOptions {
  /** Told how far a write is. */
  readonly onWrite?: ((state: WriteState) => void) | undefined
  /** A write is only sent if its read started less than so many milliseconds ago; any age unless given. */
  readonly maxReadAgeMs?: number | undefined
}

/** A change to a token's roles. */
export interface RoleWrite {
  readonly tokenId: string
  readonly read: () => Promise<ApiToken>
  /** Throws if the change must not be made. After a write of ours, a removal may find its role gone. */
  readonly check: (token: ApiToken, isAfterWrite: boolean) => Promise<void>
  /** The whole list to send, from the whole list that was read; the very same list if nothing changes. */
  readonly edit: (roles: readonly TokenRole[]) => RoleEdit
  /** Finds the reason for a refusal. */
  readonly explain: (refusal: AstroError) => Promise<AstroError>
}

export interface WriteResult {
  readonly token: ApiToken
  /** What the first write was meant to change, however many attempts it took. */
  readonly changes: readonly RoleChange[]
  /** The roles that the token has now. */
  readonly roles: readonly TokenRole[]
}

/** Attempts so far that did not settle the write. */
interface Unsettled {
  /** Why the last one did not. */
  readonly error: AstroError
  /** Writes that were sent and whose outcome is unknown: what the first was meant to change, and what they replaced. */
  readonly unknown?: {readonly changes: readonly RoleChange[]; readonly replaced: readonly (readonly TokenRole[])[]}
}

interface Writer {
  readonly api: AstroApi
  readonly write: RoleWrite
  readonly token: LockedToken
  readonly options: WriteOptions
}

/** Reads in a row that may be too old to write from. */
const SLOW_READS = 4

/**
 * The one way to change a token's roles, since the API replaces them all and has no conditional write: under the
 * token's lock, read, compute, stop if nothing would change, write, and compare the response. If the outcome is unknown,
 * the next of four attempts starts with a fresh read, and one final look follows them.
 *
 * Throws an error of the last failure's kind after four attempts; `conflict` if Astro accepted the write but the token
 * has other roles, or if it would keep no role; `api` for a token that comes without its roles; or the refusal.
 */
export async function writeRoles(api: AstroApi, write: RoleWrite, options: WriteOptions): Promise<WriteResult> {
  return withLockedToken(write, options, async (token) => attemptWrites({api, write, token, options}))
}

/** What `writeRoles` would do, by reading only. Throws what that would throw before it writes. */
export async function previewWrite(write: RoleWrite, options: WriteOptions): Promise<WriteResult> {
  const {roles: before, token} = await withLockedToken(write, options, async (locked) => locked.read(false))
  await write.check(token, false)
  const {changes, roles} = write.edit(before)
  if (roles.length === 0) throw onlyRole(write.tokenId)
  return {changes, roles, token}
}

async function attemptWrites(writer: Writer): Promise<WriteResult> {
  const {backoff, clock} = writer.options
  let unsettled: undefined | Unsettled
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    if (unsettled) await clock.sleep(unsettled.error.details.retryAfterMs ?? backoff(attempt - 1))
    const outcome = await attemptWrite(writer, unsettled)
    if (!('error' in outcome)) return outcome
    unsettled = outcome
    if ((unsettled.error.details.retryAfterMs ?? 0) > LONGEST_RETRY_AFTER_MS) break
  }

  return finalLook(writer, unsettled)
}

/** Reads, computes and writes once. Throws a final refusal. */
async function attemptWrite(writer: Writer, unsettled: undefined | Unsettled): Promise<Unsettled | WriteResult> {
  const {api, options, token, write} = writer
  const plan = await planWrite(writer, unsettled)
  if ('lockError' in plan) return {...unsettled, error: plan.lockError}
  const {edit, read} = plan
  if (edit.roles === read.roles) return finish(writer, plan, unsettled)
  if (edit.roles.length === 0) throw onlyRole(write.tokenId)

  const unknown = {
    changes: unsettled?.unknown?.changes ?? edit.changes,
    replaced: [...(unsettled?.unknown?.replaced ?? []), read.roles],
  }
  try {
    options.onWrite?.('sent')
    const response = await api.setTokenRoles(write.tokenId, edit.roles)
    if (!confirmsRoles(response, edit.roles)) return {error: otherRoles(), unknown}
  } catch (error) {
    if (!(error instanceof AstroError)) throw error
    if (isOutcomeUnknown(error)) return {error, unknown}
    options.onWrite?.('refused')
    if (error.kind === 'rate_limited' || error.details.mayRepeat) return {...unsettled, error}
    throw await write.explain(error)
  }

  const lockError = await lockErrorOf(token)
  if (lockError) return {error: lockError, unknown}

  options.onWrite?.('written')
  await token.recordWrite(unknown.replaced, edit.roles)
  return {token: read.token, changes: unknown.changes, roles: edit.roles}
}

/** Why the lock is no longer ours; undefined if it is. */
async function lockErrorOf(token: LockedToken): Promise<AstroError | undefined> {
  try {
    return (await token.keepsLock()) ? undefined : lockLost()
  } catch (error) {
    if (error instanceof AstroError) return error
    throw error
  }
}

interface Plan {
  readonly read: RolesRead
  readonly edit: RoleEdit
}

/** What to write, from a read that is young enough; or why the lock is no longer ours. */
async function planWrite(
  writer: Writer,
  unsettled: undefined | Unsettled,
): Promise<Plan | {readonly lockError: AstroError}> {
  const {clock, maxReadAgeMs = Infinity, onWrite} = writer.options
  for (let reads = 1; reads <= SLOW_READS; reads += 1) {
    const read = await readAfter(writer, unsettled)
    const edit = writer.write.edit(read.roles)
    if (edit.roles === read.roles) return {edit, read}
    if (unsettled?.unknown) onWrite?.('refused')
    const lockError = await lockErrorOf(writer.token)
    if (lockError && unsettled?.unknown) throw withOutcome(lockError, unsettled)
    if (lockError) return {lockError}
    if (clock.now() - read.startedAt < maxReadAgeMs) return {edit, read}
  }

  throw withOutcome(readsTooSlow(), unsettled)
}

/** An error of a later step. After a write that may have arrived, it says first that the outcome is unknown. */
function withOutcome(error: AstroError, unsettled: undefined | Unsettled): AstroError {
  return unsettled?.unknown ? couldNotConfirm(error, unsettled.error) : error
}

/** Reads and checks the token. */
async function readAfter({token, write}: Writer, unsettled: undefined | Unsettled): Promise<RolesRead> {
  const isAfterWrite = unsettled?.unknown !== undefined
  const read = await token.read(isAfterWrite).catch((error: unknown) => {
    throw error instanceof AstroError ? withOutcome(error, unsettled) : error
  })
  await write.check(read.token, isAfterWrite)
  return read
}

/** The result if nothing is left to change: because it was so before, or because a write of ours arrived. */
async function finish(
  {options, token}: Writer,
  {edit, read}: Plan,
  unsettled: undefined | Unsettled,
): Promise<WriteResult> {
  const {unknown} = unsettled ?? {}
  if (unknown) {
    options.onWrite?.('written')
    await token.recordWrite(unknown.replaced, read.roles)
  }

  return {token: read.token, changes: unknown?.changes ?? edit.changes, roles: read.roles}
}

/** After the last attempt: success if a write arrived after all. */
async function finalLook(writer: Writer, unsettled: undefined | Unsettled): Promise<WriteResult> {
  if (!unsettled) throw new TypeError('No attempt was made')
  if (!unsettled.unknown) throw unsettled.error
  const read = await readAfter(writer, unsettled)
  const edit = writer.write.edit(read.roles)
  if (edit.roles === read.roles) return finish(writer, {edit, read}, unsettled)
  writer.options.onWrite?.('refused')
  throw notUpdated(read.token, unsettled.error)
}
