import {type ApiToken, type TokenRole} from '../astro-api/responses.js'
import {type Clock} from '../clock.js'
import {AstroError} from '../errors.js'
import {isSameRoleSet, type RoleChange} from './role-arithmetic.js'
import {type WriteResult} from './role-write.js'
import {rolesOf} from './token-scope.js'
import {SEE_ROLES} from './write-errors.js'

/** The most repeats of a write that other writers undo. */
const MOST_REWRITES = 16

/** The most waits, each because other writers changed the token during the one before. */
const MOST_WAITS = 40

export interface SettleOptions {
  readonly seconds: number
  readonly clock: Clock
  /** Called before each wait, with its length in milliseconds and the number of repeated writes so far. */
  readonly onWait?: ((milliseconds: number, rewrites: number) => void) | undefined
}

/** A change that must stand although writers on other machines change the same token. */
export interface SettlingWrite {
  /** Makes the complete write. A repeat follows a confirmed write. */
  readonly write: (isRepeat: boolean) => Promise<WriteResult>
  readonly read: () => Promise<ApiToken>
  /** Whether these roles show the change. */
  readonly shows: (roles: readonly TokenRole[]) => boolean
}

export interface SettledResult extends WriteResult {
  /** How often the write was repeated. */
  readonly rewrites: number
}

/**
 * Writes, then waits until the change stands: the roles must not change during a wait of `seconds` to 1.5 times as
 * long, without the lock. If another writer undid the change, writes it again.
 *
 * If every writer does this and every round trip takes less than half of `seconds`, a change that is reported as done
 * stands. For that, a write must start from a read that is younger than half of `seconds`. One case goes unnoticed,
 * because the API does not number its changes: the roles change and return to the same set within one wait.
 *
 * Throws `conflict` after sixteen repeats, and `timeout` after forty waits if the roles changed during each. If a later
 * read or write fails, throws its error, which also says that the change was written.
 */
export async function settle(change: SettlingWrite, options: SettleOptions): Promise<SettledResult> {
  const {clock, onWait, seconds} = options
  const first = await change.write(false)
  let {changes, roles: expected} = first
  let rewrites = 0
  for (let waits = 1; waits <= MOST_WAITS; waits += 1) {
    const milliseconds = seconds * 1000 * (1 + clock.random() / 2)
    onWait?.(milliseconds, rewrites)
    await clock.sleep(milliseconds)
    const roles = await readAfterWait(change, first.token, hasWritten(changes))
    if (!change.shows(roles)) {
      if (rewrites === MOST_REWRITES) throw undoneError(first.token)
      rewrites += 1
      const repeat = await writeAgain(change, first.token)
      expected = repeat.roles
      changes = withRepeat(changes, repeat.changes)
    } else if (isSameRoleSet(roles, expected)) return {...first, changes, roles, rewrites}
    else expected = roles
  }

  throw unsettledError(first.token, hasWritten(changes))
}

function hasWritten(changes: readonly RoleChange[]): boolean {
  return changes.some(({action}) => action !== 'unchanged')
}

/** Reports what a repeat wrote on Deployments that needed no change at first. */
function withRepeat(changes: readonly RoleChange[], repeated: readonly RoleChange[]): readonly RoleChange[] {
  return changes.map((change) =>
    change.action === 'unchanged'
      ? (repeated.find(({deploymentId}) => deploymentId === change.deploymentId) ?? change)
      : change,
  )
}

async function readAfterWait(
  {read}: SettlingWrite,
  token: ApiToken,
  isWritten: boolean,
): Promise<readonly TokenRole[]> {
  try {
    return rolesOf(await read())
  } catch (error) {
    const state = isWritten ? 'written' : 'there'
    throw withContext(
      error,
      `The change to ${label(token)} is ${state}, but the command could not confirm that it stands.`,
    )
  }
}

async function writeAgain({write}: SettlingWrite, token: ApiToken): Promise<WriteResult> {
  try {
    return await write(true)
  } catch (error) {
    throw withContext(error, `Another writer undid the change to ${label(token)}, and the repeat failed.`)
  }
}

/** Puts what happened before into the error of a step after the first write. */
function withContext(error: unknown, before: string): unknown {
  if (!(error instanceof AstroError)) return error
  return new AstroError(error.kind, `${before} ${error.message}`, {
    ...error.details,
    hint: error.details.retryAfterMs ? error.details.hint : SEE_ROLES,
  })
}

function undoneError(token: ApiToken): AstroError {
  return new AstroError(
    'conflict',
    `The change to ${label(token)} was repeated ${MOST_REWRITES} times, but another writer undid it each time.`,
    {hint: 'Make sure that every writer of this token uses --settle, then try again'},
  )
}

function unsettledError(token: ApiToken, isWritten: boolean): AstroError {
  return new AstroError(
    'timeout',
    `The change to ${label(token)} is ${isWritten ? 'written and there' : 'there'}, but other writers keep changing this token.`,
    {hint: SEE_ROLES},
  )
}

function label({id, name}: ApiToken): string {
  return `"${name}" (${id})`
}
