import {type AstroApi} from '../astro-api/operations.js'
import {type ApiToken, type TokenRole} from '../astro-api/responses.js'
import {LONGEST_RETRY_AFTER_MS, TRIES} from '../astro-api/retry.js'
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

/** The state of a write: `sent` until its outcome is known. */
export type WriteState = 'refused' | 'sent' | 'written'

export interface WriteOptions extends LockOptions {
  /** Called with each new state of the write. */
  readonly onWrite?: ((state: WriteState) => void) | undefined
  /** Sends a write only if its read started less than this many milliseconds ago. No limit by default. */
  readonly maxReadAgeMs?: number | undefined
}

/** A change to a token's roles. */
export interface RoleWrite {
  readonly tokenId: string
  readonly read: () => Promise<ApiToken>
  /** Throws if the change must not be made. With `isAfterWrite`, our own write may already have removed the role. */
  readonly check: (token: ApiToken, isAfterWrite: boolean) => Promise<void>
  /** Computes the complete list to send from the one that was read. Returns the same array if nothing changes. */
  readonly edit: (roles: readonly TokenRole[]) => RoleEdit
  /** Finds the reason for a rejected write. */
  readonly explain: (rejection: AstroError) => Promise<AstroError>
}

export interface WriteResult {
  readonly token: ApiToken
  /** The changes of the first write, regardless of the number of attempts. */
  readonly changes: readonly RoleChange[]
  /** The roles that the token has now. */
  readonly roles: readonly TokenRole[]
}

/** The state after attempts that did not complete the write. */
interface Unsettled {
  /** The error of the last attempt. */
  readonly error: AstroError
  /** Writes with an unknown outcome: the changes of the first, and the role lists that they replaced. */
  readonly unknown?: {readonly changes: readonly RoleChange[]; readonly replaced: readonly (readonly TokenRole[])[]}
}

interface Writer {
  readonly api: AstroApi
  readonly write: RoleWrite
  readonly token: LockedToken
  readonly options: WriteOptions
}

/** The number of reads in a row that may be too old to write from. */
const SLOW_READS = 4

/**
 * Changes a token's roles. This is the only way to do it, because the API replaces all roles and has no conditional
 * write. Under the token's lock, it reads, computes the new list, stops if nothing would change, writes, and compares
 * the response. If the outcome is unknown, the next of up to four attempts starts with a fresh read. After the last
 * attempt, a final read shows whether a write arrived.
 *
 * Throws an error with the kind of the last error after four attempts; `conflict` if Astro accepted the write but the
 * token has other roles, or if the token would keep no role; `api` if Astro returns the token without its roles; or the
 * reason why Astro rejected the write.
 */
export async function writeRoles(api: AstroApi, write: RoleWrite, options: WriteOptions): Promise<WriteResult> {
  return withLockedToken(write, options, async (token) => attemptWrites({api, write, token, options}))
}

/** Computes what `writeRoles` would do, without a write. Throws what `writeRoles` throws before it writes. */
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

  return readOutcome(writer, unsettled)
}

/** Reads, computes and writes once. Throws if another attempt would not help. */
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

/** The reason why this process lost the lock; undefined if it still holds it. */
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

/** Plans a write from a read that is recent enough. Returns the reason if this process has lost the lock. */
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

/** Returns the error of a later step. If a write may have arrived, the error first says that the outcome is unknown. */
function withOutcome(error: AstroError, unsettled: undefined | Unsettled): AstroError {
  return unsettled?.unknown ? couldNotConfirm(error, unsettled.error) : error
}

async function readAfter({token, write}: Writer, unsettled: undefined | Unsettled): Promise<RolesRead> {
  const isAfterWrite = unsettled?.unknown !== undefined
  const read = await token.read(isAfterWrite).catch((error: unknown) => {
    throw error instanceof AstroError ? withOutcome(error, unsettled) : error
  })
  await write.check(read.token, isAfterWrite)
  return read
}

/** The result if nothing is left to change, because the roles were already right or because a write of ours arrived. */
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

/** Reads the token after the last attempt, in case a write arrived after all. */
async function readOutcome(writer: Writer, unsettled: undefined | Unsettled): Promise<WriteResult> {
  if (!unsettled) throw new TypeError('No attempt was made')
  if (!unsettled.unknown) throw unsettled.error
  const read = await readAfter(writer, unsettled)
  const edit = writer.write.edit(read.roles)
  if (edit.roles === read.roles) return finish(writer, {edit, read}, unsettled)
  writer.options.onWrite?.('refused')
  throw notUpdated(read.token, unsettled.error)
}
