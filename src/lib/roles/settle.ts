import {type ApiToken} from '../astro-api/answers.js'
import {type Clock} from '../clock.js'
import {AstroError} from '../errors.js'
import {rolesOf} from './locked-token.js'
import {isSameRoleSet, type TokenRole} from './role-arithmetic.js'
import {type WriteResult} from './role-write.js'

/** How often a write that another writer undid is repeated. */
const MOST_REWRITES = 16

/** How often a wait starts again because other writers changed the token meanwhile. */
const MOST_WAITS = 40

export interface SettleOptions {
  readonly seconds: number
  readonly clock: Clock
  /** Called before each wait, with its length in milliseconds and the number of repeated writes so far. */
  readonly onWait?: ((milliseconds: number, rewrites: number) => void) | undefined
}

/** A change that is to stand although writers on other machines change the same token. */
export interface SettlingWrite {
  /** The whole write. A repeat comes after a write that was confirmed. */
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
 * Writes, then waits until the change stands: for `seconds` to 1.5 times as long, without the lock, nothing may change.
 * A change that another writer undid is written again. If every writer does this, and every round trip takes less than
 * half of `seconds`, no change that is reported as done is lost. For that, a write must start from a read that is
 * younger than half of `seconds`.
 *
 * Throws `conflict` after sixteen repeats, `timeout` after forty waits without a quiet one, and the error of a check
 * that fails, which says that the change was written.
 */
export async function settle(change: SettlingWrite, options: SettleOptions): Promise<SettledResult> {
  const {clock, onWait, seconds} = options
  const first = await change.write(false)
  let {roles: expected} = first
  let rewrites = 0
  for (let waits = 1; waits <= MOST_WAITS; waits += 1) {
    const milliseconds = seconds * 1000 * (1 + clock.random() / 2)
    onWait?.(milliseconds, rewrites)
    await clock.sleep(milliseconds)
    const roles = await confirmed(async () => rolesOf(await change.read()))
    if (!change.shows(roles)) {
      if (rewrites === MOST_REWRITES) throw undoneTooOften(first.token)
      rewrites += 1
      const repeat = await confirmed(async () => change.write(true))
      expected = repeat.roles
    } else if (isSameRoleSet(roles, expected)) return {...first, roles, rewrites}
    else expected = roles
  }

  throw neverQuiet(first.token)
}

/** Does what follows the first write. Its errors say that the change was written. */
async function confirmed<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    if (!(error instanceof AstroError)) throw error
    throw new AstroError(
      error.kind,
      `The roles were written, but could not confirm that the change stands. ${error.message}`,
      {...error.details, hint: "See the token's roles: {{list}} --all-deployments"},
    )
  }
}

function undoneTooOften({id, name}: ApiToken): AstroError {
  return new AstroError(
    'conflict',
    `The roles of "${name}" (${id}) were written ${MOST_REWRITES + 1} times, but another writer undid the change each time.`,
    {hint: 'Make sure that every writer of this token uses --settle, then try again'},
  )
}

function neverQuiet({id, name}: ApiToken): AstroError {
  return new AstroError(
    'timeout',
    `The change to "${name}" (${id}) is written and there, but other writers keep changing this token.`,
    {hint: "See the token's roles: {{list}} --all-deployments"},
  )
}
