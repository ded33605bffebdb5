import {setTimeout as sleep} from 'node:timers/promises'

import {type ApiToken, type SubjectRoles} from '../astro-api/answers.js'
import {fullJitter, LONGEST_RETRY_AFTER_MS, TRIES} from '../astro-api/backoff.js'
import {type AstroApi} from '../astro-api/operations.js'
import {AstroError} from '../errors.js'
import {type HeldLock} from '../locks/lock.js'
import {type RoleChange, type RoleEdit, type TokenRole} from './role-arithmetic.js'

/** How far a write is: sent, which leaves its outcome open, then known to be taken or known not to be. */
export type WriteState = 'refused' | 'sent' | 'written'

/** How a write is kept from others, waits, and tells that it is under way. */
export interface WriteOptions {
  /** Takes the lock of the token; undefined where there can be none. */
  readonly lock?: (tokenId: string) => Promise<HeldLock | undefined>
  /** Milliseconds before the next try, by how many were made. */
  readonly backoff?: (tries: number) => number
  /** Told how far a write is. */
  readonly onWrite?: (state: WriteState) => void
}

/** What is to become of a token's roles. */
export interface RoleWrite {
  readonly tokenId: string
  /** Reads the token anew. `isFirst` before anything was written; throws where the edit must not be made. */
  readonly read: (isFirst: boolean) => Promise<ApiToken>
  /** The whole list that is wanted, from the whole list that was read; the same list where nothing would change. */
  readonly edit: (roles: readonly TokenRole[]) => RoleEdit
  /** Gives a refusal of the write its reason. */
  readonly explain: (refusal: AstroError) => Promise<AstroError>
}

export interface WriteResult {
  readonly token: ApiToken
  /** What was meant to change at first, whichever try it took. */
  readonly changes: readonly RoleChange[]
  /** The roles that the token has now. */
  readonly roles: readonly TokenRole[]
}

/**
 * The one way to change a token's roles, since the API replaces them all and has no conditional write: under the lock
 * of the token, read, compute, stop if there is nothing to do, write, and check the answer. Where the outcome is not
 * known (no answer, a time-out, a 5xx, an answer that does not say what was meant), the next try starts with a fresh
 * read: what was wanted may be there already.
 *
 * Throws `conflict` when the token still has other roles after four tries, what a final refusal means, and for a read
 * that fails after a write its error, which says that the outcome is not known.
 */
export async function writeRoles(
  api: AstroApi,
  write: RoleWrite,
  {backoff = fullJitter, lock, onWrite = ignore}: WriteOptions,
): Promise<WriteResult> {
  let held = await lock?.(write.tokenId)
  const isHeld = async () => {
    if (!held || (await held.isHeld())) return true
    // Another process took it over from this one, which stood still for too long.
    held = await lock?.(write.tokenId)
    return false
  }

  try {
    return await tryWrites(api, write, {backoff, isHeld, onWrite})
  } finally {
    await held?.release()
  }
}

/** What `writeRoles` would do, found out by reading alone. Throws what it would throw before it writes. */
export async function previewWrite({edit, read, tokenId}: RoleWrite): Promise<WriteResult> {
  const token = await read(true)
  const {changes, roles} = edit(token.roles ?? [])
  if (roles.length === 0 && roles !== token.roles) throw onlyRole(tokenId)
  return {changes, roles, token}
}

interface Try extends Required<Pick<WriteOptions, 'backoff'>> {
  /** Whether the lock was this process's all the time; where it was not, it is again. */
  readonly isHeld: () => Promise<boolean>
  readonly onWrite: (state: WriteState) => void
}

async function tryWrites(api: AstroApi, write: RoleWrite, {backoff, isHeld, onWrite}: Try): Promise<WriteResult> {
  let meant: readonly RoleChange[] = []
  /** Why the last try did not settle it. */
  let failure: AstroError | undefined
  let wasSent = false
  for (let tries = 1; ; tries++) {
    const token = await readAgain(write, wasSent ? failure : undefined)
    const before = token.roles ?? []
    const {changes, roles} = write.edit(before)
    if (wasSent) onWrite(roles === before ? 'written' : 'refused')
    else meant = changes
    if (roles === before) return {changes: meant, roles, token}
    if (failure && (tries > TRIES || !mayTryAgain(failure))) throw giveUp(token, failure, tries - 1)

    if (await isHeld()) {
      failure = await writeOnce(api, write, roles, onWrite)
      wasSent = true
    } else failure = lockLost()

    if (!failure) return {changes: meant, roles, token}
    if (failure.kind === 'rate_limited' && (tries === TRIES || !mayTryAgain(failure))) throw failure
    if (tries < TRIES && mayTryAgain(failure)) await sleep(failure.details.retryAfterMs ?? backoff(tries))
  }
}

/** Reads the token. Where that fails after a write, its outcome is what one must be told of first. */
async function readAgain(write: RoleWrite, failure: AstroError | undefined): Promise<ApiToken> {
  try {
    return await write.read(!failure)
  } catch (error) {
    if (!failure || !(error instanceof AstroError) || error.kind === 'not_found') throw error
    throw new AstroError(error.kind, `Whether the roles were written is not known. ${error.message}`, {
      ...error.details,
      hint: `See what the token has: {{list}} --all-deployments. The write: ${failure.message}`,
    })
  }
}

/** Undefined when the roles are written for certain; why that is not known otherwise. Throws a final refusal. */
async function writeOnce(
  api: AstroApi,
  {explain, tokenId}: RoleWrite,
  roles: readonly TokenRole[],
  onWrite: Try['onWrite'],
): Promise<AstroError | undefined> {
  if (roles.length === 0) throw onlyRole(tokenId)
  try {
    onWrite('sent')
    const answer = await api.setTokenRoles(tokenId, roles)
    if (!says(answer, roles)) return otherAnswer()
    onWrite('written')
    return undefined
  } catch (error) {
    if (!(error instanceof AstroError)) throw error
    if (isOutcomeUnknown(error)) return error
    if (error.kind === 'rate_limited') {
      onWrite('refused')
      return error
    }

    onWrite('refused')
    throw await explain(error)
  }
}

function isOutcomeUnknown({details: {status = 200}, kind}: AstroError): boolean {
  return kind === 'network' || kind === 'timeout' || (kind === 'api' && (status >= 500 || status < 300))
}

function mayTryAgain({details: {retryAfterMs = 0}}: AstroError): boolean {
  return retryAfterMs <= LONGEST_RETRY_AFTER_MS
}

/** The error when the token still has other roles at the end; a wait that the API asks for is passed on. */
function giveUp(token: ApiToken, failure: AstroError, tries: number): AstroError {
  const times = tries === 1 ? 'one try' : `${tries} tries`
  return new AstroError(
    'conflict',
    `The roles of "${token.name}" (${token.id}) are not written, after ${times}. ${failure.message}`,
    {
      ...failure.details,
      hint: failure.details.retryAfterMs
        ? failure.details.hint
        : 'Try again; see what there is: {{list}} --all-deployments',
    },
  )
}

function onlyRole(tokenId: string): AstroError {
  return new AstroError('conflict', 'The token would have no role left, and it cannot be without any.', {
    hint: `Delete the token instead: astro organization token delete ${tokenId}`,
  })
}

function otherAnswer(): AstroError {
  return new AstroError('api', 'The Astro API answered the write with other roles than were sent.')
}

function lockLost(): AstroError {
  return new AstroError('api', 'Another process took the lock of this token over.')
}

/** Whether the answer to a write has the roles that were sent, as far as it says; an empty one says nothing. */
function says(answer: SubjectRoles | undefined, sent: readonly TokenRole[]): boolean {
  if (!answer || Object.keys(answer).length === 0) return false
  const {dagRoles, deploymentRoles = [], organizationRole, workspaceRoles} = answer
  const of = (type: string) => sent.filter(({entityType}) => entityType === type)
  const pairs = (type: string) => of(type).map(({entityId, role}) => [entityId, role])
  const dags = [...of('DAG'), ...of('DAG_TAG')].map((entry) => [entry.deploymentId, entry.entityId, entry.role])
  return (
    isSame(
      pairs('DEPLOYMENT'),
      (deploymentRoles ?? []).map((entry) => [entry.deploymentId, entry.role]),
    ) &&
    (organizationRole === undefined || (organizationRole ?? undefined) === of('ORGANIZATION')[0]?.role) &&
    (workspaceRoles === undefined ||
      isSame(
        pairs('WORKSPACE'),
        (workspaceRoles ?? []).map((entry) => [entry.workspaceId, entry.role]),
      )) &&
    (dagRoles === undefined ||
      isSame(
        dags,
        (dagRoles ?? []).map((entry) => [entry.deploymentId, entry.dagId ?? entry.dagTag, entry.role]),
      ))
  )
}

/** Whether two lists have the same rows, in whatever order. */
function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  const [left, right] = [a, b].map((rows) => new Set(rows.map((row) => JSON.stringify(row))))
  return left?.size === right?.size && [...(left ?? [])].every((row) => right?.has(row))
}

function ignore(): void {
  // Nobody has to know.
}
