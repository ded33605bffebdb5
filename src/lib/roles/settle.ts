import {type TokenRole} from '../astro-api/responses.js'
import {type Report} from '../context.js'
import {AstroError} from '../errors.js'
import {type RoleChange} from './arithmetic.js'
import {hasRolesOf, showsChanges} from './confirm.js'
import {notSettled, tokenLabel, undone, withContext} from './errors.js'
import {rolesOf} from './scope.js'
import {type RoleWrite, type WriteOptions, type WriteResult, writeRoles} from './write.js'

/** The most waits, each because other writers changed the token during the one before. */
const MOST_WAITS = 40

export interface SettleOptions extends WriteOptions {
  readonly report: Report
}

export interface SettledResult extends WriteResult {
  /** How often the write was repeated. */
  readonly rewrites: number
}

/**
 * Writes, then waits until the change persists: the roles must not change during a wait of `seconds` to 1.5 times as
 * long, without the lock. If another writer undid the change, writes it again.
 *
 * If every writer does this and every round trip takes less than half of `seconds`, a change that is reported as done
 * stands. For that, a write must start from a read that is younger than half of `seconds`. One case goes unnoticed,
 * because the API does not number its changes: the roles change and return to the same set within one wait.
 *
 * After forty waits, throws `conflict` if the change is not there, and `timeout` if it is. If a later read or write
 * fails, throws its error, which also says what is known of the change.
 */
export async function settle(write: RoleWrite, seconds: number, options: SettleOptions): Promise<SettledResult> {
  const settling = {...options, maxReadAgeMs: seconds * 500}
  const first = await writeRoles(write, settling)
  let {changes, roles: expected} = first
  const label = tokenLabel(first.token)
  let rewrites = 0
  for (let waits = 1; ; waits += 1) {
    await wait(seconds, rewrites, options)
    const state = `The change to ${label} is ${hasWritten(changes) ? 'written' : 'there'}`
    const roles = await withKnown(readRoles(write), `${state}, but the command could not confirm that it stands.`)
    const isThere = showsChanges(roles, changes)
    if (isThere && hasRolesOf(roles, expected)) return {...first, changes, roles, rewrites}
    if (waits === MOST_WAITS) throw isThere ? notSettled(first.token, hasWritten(changes)) : undone(first.token)
    expected = roles
    if (isThere) continue
    options.progress.state = 'undone'
    const repeating = writeRoles({...write, repeats: changes}, settling)
    const repeat = await withKnown(repeating, `Another writer undid the change to ${label}, and the repeat failed.`)
    expected = repeat.roles
    changes = withRepeat(changes, repeat.changes)
    rewrites += 1
  }
}

async function wait(seconds: number, rewrites: number, {clock, report}: SettleOptions): Promise<void> {
  const milliseconds = seconds * 1000 * (1 + clock.random() / 2)
  report.debug('settle', `waits ${Math.round(milliseconds)} ms`, `rewrites ${rewrites}`)
  const repeats = rewrites === 0 ? '' : `, written again ${rewrites === 1 ? 'once' : `${rewrites} times`}`
  report.status(`waiting ${Math.round(milliseconds / 1000)} s to check the change again${repeats}`)
  await clock.sleep(milliseconds)
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

async function readRoles({read}: RoleWrite): Promise<readonly TokenRole[]> {
  return rolesOf(await read())
}

/** Puts what is known of the change into an error of the work. */
async function withKnown<T>(work: Promise<T>, before: string): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw error instanceof AstroError ? withContext(error, before) : error
  }
}
