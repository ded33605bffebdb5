import {type AstroApi} from '../astro-api/operations.js'
import {type ApiToken, type TokenRole} from '../astro-api/responses.js'
import {afterAttempts, fullJitter, LONGEST_RETRY_AFTER_MS, TRIES} from '../astro-api/retry.js'
import {type Context} from '../context.js'
import {AstroError, hasKind} from '../errors.js'
import {type Lock} from '../locks/lock.js'
import {giveRole, removeRole, type RoleChange, type RoleEdit} from './arithmetic.js'
import {confirmedRoles, isKeptByAstro, showsChanges} from './confirm.js'
import {SEE_ROLES, tokenLabel, withContext} from './errors.js'
import {explainRejection, requireRoles} from './explain.js'
import {readTokenOfScope, rolesOf, type TokenScope} from './scope.js'

/** `sent` until the outcome is known; `undone` if another writer undid a confirmed write. */
export type WriteState = 'not_written' | 'sent' | 'undone' | 'written'

/** What is known of the write, for the message of an interrupted command. The write updates it. */
export interface WriteProgress {
  state: WriteState
}

export interface ScopingOptions extends Pick<Context, 'clock' | 'report'> {
  readonly scope: TokenScope
  readonly lock: (tokenId: string) => Promise<Lock>
  readonly progress: WriteProgress
}

export interface Service extends ScopingOptions {
  readonly api: AstroApi
}

export interface RoleWrite {
  readonly tokenId: string
  /** At least one, without duplicates. */
  readonly deploymentIds: readonly string[]
  /** The role to give; undefined for a removal. */
  readonly role?: string
  /** Whether the token must already have a role on each of the Deployments. */
  readonly needsRole: boolean
  /** The changes of an earlier write that this one repeats. */
  readonly repeats?: readonly RoleChange[]
  /** Sends a write only if its read started less than this many milliseconds ago. No limit by default. */
  readonly maxReadAgeMs?: number
}

export interface WriteResult {
  readonly token: ApiToken
  /** The changes of the first write, regardless of the number of attempts. */
  readonly changes: readonly RoleChange[]
  readonly roles: readonly TokenRole[]
}

interface Writer {
  readonly service: Service
  readonly write: RoleWrite
  readonly lock: Lock
  /** The error of the last attempt. */
  error?: AstroError
  /** The changes of the first write that may have arrived. */
  changes?: readonly RoleChange[]
  /** Whether the next read is the last one, and no write may follow. */
  isOver: boolean
  attempts: number
}

/**
 * Changes a token's roles under its lock, with a fresh read for each attempt. Throws the last error, the reason of a
 * rejection, or `conflict` if other roles are there, the lock was lost or no role would be left.
 */
export async function writeRoles(service: Service, write: RoleWrite): Promise<WriteResult> {
  const {clock, report} = service
  const lock = await service.lock(write.tokenId)
  const writer: Writer = {service, write, lock, isOver: false, attempts: 0}
  try {
    for (;;) {
      const outcome = await attemptWrite(writer)
      if (!(outcome instanceof AstroError)) return outcome
      const {retryAfterMs} = outcome.details
      writer.error = outcome
      writer.attempts += 1
      writer.isOver ||= writer.attempts >= TRIES || (retryAfterMs ?? 0) > LONGEST_RETRY_AFTER_MS
      if (writer.isOver && !writer.changes) throw afterAttempts(outcome, writer.attempts)
      if (writer.isOver) continue
      report.status(`retrying, ${writer.attempts + 1} of ${TRIES}`)
      await clock.sleep(retryAfterMs ?? fullJitter(writer.attempts, clock.random))
    }
  } finally {
    if (writer.attempts > 0) report.status('')
    await lock.release()
  }
}

/** Computes what `writeRoles` would do, without a write or a lock. */
export async function previewWrite({api, scope}: Service, write: RoleWrite): Promise<WriteResult> {
  const token = await readTokenOfScope(api, scope, write.tokenId)
  const before = rolesOf(token)
  if (write.needsRole) await requireRoles(api, token, write)
  const {changes, roles} = editRoles(before, write)
  if (roles.length === 0) throw onlyRole(write.tokenId)
  return {changes, roles, token}
}

/** Reads, stops if the roles are right, and otherwise writes once. Returns the error if another attempt may help. */
async function attemptWrite(writer: Writer): Promise<AstroError | WriteResult> {
  const {changes: sent, error, isOver, service, write} = writer
  const {api, clock, progress} = service
  const startedAt = clock.now()
  const read = await readRoles(writer)
  if (read instanceof AstroError) return read
  const {roles, token} = read
  const earlier = sent ?? write.repeats
  // After our own write, a missing role means that the removal succeeded.
  if (write.needsRole && !(earlier && write.role === undefined)) await requireRoles(api, token, write)
  const edit = editRoles(roles, write)
  if (showsChanges(roles, earlier ?? edit.changes)) {
    if (earlier) progress.state = 'written'
    return {token, changes: sent ?? edit.changes, roles}
  }

  progress.state = stateIfMissing(write)
  if (isOver && error) throw notUpdated(token, afterAttempts(error, writer.attempts))
  if (edit.roles.length === 0) throw onlyRole(write.tokenId)
  if (clock.now() - startedAt >= (write.maxReadAgeMs ?? Infinity)) return readTooSlow()
  return sendWrite(writer, edit, token)
}

/** A complete read; the last error if a read after a write lacks the roles, so that a later one may have them. */
async function readRoles({changes, error, isOver, service: {api, scope}, write: {tokenId}}: Writer) {
  try {
    const token = await readTokenOfScope(api, scope, tokenId)
    if (error && changes && !isOver && !token.roles?.length) return error
    return {token, roles: rolesOf(token)}
  } catch (error_) {
    throw error && changes && error_ instanceof AstroError ? couldNotConfirm(error_, error) : error_
  }
}

async function sendWrite(writer: Writer, edit: RoleEdit, token: ApiToken): Promise<AstroError | WriteResult> {
  const {lock, service, write} = writer
  const {api, progress} = service
  const changes = writer.changes ?? edit.changes
  try {
    progress.state = 'sent'
    const roles = confirmedRoles(await api.setTokenRoles(write.tokenId, edit.roles), edit.roles, changes)
    const isHeld = !roles || (await lock.isHeld())
    if (roles && isHeld) {
      progress.state = 'written'
      return {token, changes, roles}
    }

    writer.changes = changes
    const isKept = changes.some((change) => isKeptByAstro(change, edit.roles))
    writer.isOver = !isHeld || isKept
    if (isKept)
      return new AstroError('conflict', KEPT_BY_ASTRO, {hint: 'Remove its roles on the DAGs first, in the Astro UI'})
    return new AstroError('conflict', isHeld ? OTHER_ROLES : LOCK_LOST)
  } catch (error) {
    if (!(error instanceof AstroError)) throw error
    if (isOutcomeUnknown(error)) {
      writer.changes = changes
      return error
    }

    progress.state = stateIfMissing(write)
    if (error.kind === 'rate_limited' || error.details.mayRepeat) return error
    throw await explainRejection(api, error, write, token.roles)
  }
}

function editRoles(roles: readonly TokenRole[], {deploymentIds, role}: RoleWrite): RoleEdit {
  return role === undefined ? removeRole(roles, deploymentIds) : giveRole(roles, deploymentIds, role)
}

function stateIfMissing({repeats}: RoleWrite): WriteState {
  return repeats ? 'undone' : 'not_written'
}

/** Whether a failed write may have arrived. A proxy may send 408 after it forwarded the write. */
function isOutcomeUnknown(error: AstroError): boolean {
  const {status = 0} = error.details
  const isRejection = status >= 400 && status < 500 && status !== 408
  return hasKind(error, 'api', 'network', 'timeout') && !isRejection
}

const OTHER_ROLES = 'Astro accepted the update, but the token has other roles now.'
const KEPT_BY_ASTRO = `Astro keeps DEPLOYMENT_ACCESSOR where the token has roles on DAGs.`
const LOCK_LOST = 'Another process took over the lock on this token.'

function couldNotConfirm(error: AstroError, write: AstroError): AstroError {
  const hint = `${SEE_ROLES}. The update failed with: ${write.message}`
  return withContext(error, 'Could not confirm whether the roles were updated.', hint)
}

function notUpdated(token: ApiToken, error: AstroError): AstroError {
  const hint = (hasKind(error, 'conflict') && error.details.hint) || `${SEE_ROLES}. Then try again`
  return withContext(error, `The roles of ${tokenLabel(token)} do not show the update.`, hint)
}

function onlyRole(tokenId: string): AstroError {
  const message = 'This would remove the last role of the token. A token must keep at least one role.'
  const hint = `To delete the token instead, use the Astro CLI: astro organization token delete ${tokenId}`
  return new AstroError('conflict', message, {hint})
}

function readTooSlow(): AstroError {
  const hint = 'Nothing was written. Try again with a larger --settle'
  return new AstroError('timeout', 'The Astro API responded too slowly for --settle.', {hint})
}
