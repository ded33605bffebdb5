import {AstroError} from '../errors.js'
import {type RoleChange} from './arithmetic.js'
import {hasRolesOf, showsChanges} from './confirm.js'
import {SEE_ROLES, tokenLabel, withContext} from './errors.js'
import {readTokenOfScope, rolesOf} from './scope.js'
import {type RoleWrite, type Service, type WriteResult, writeRoles} from './write.js'

const MOST_WAITS = 40

export interface SettledResult extends WriteResult {
  readonly rewrites: number
}

/**
 * Repeats the write until the roles stay the same during a wait without the lock. Every writer must do this, with round
 * trips under half of `seconds`. After forty waits, throws `conflict`, or `timeout` if the change is there.
 */
export async function settle(service: Service, write: RoleWrite, seconds: number): Promise<SettledResult> {
  const settling = {...write, maxReadAgeMs: seconds * 500}
  const first = await writeRoles(service, settling)
  let {changes, roles: expected} = first
  const label = tokenLabel(first.token)
  let rewrites = 0
  for (let waits = 1; ; waits += 1) {
    await wait(service, seconds, rewrites)
    const isWritten = changes.some(({action}) => action !== 'unchanged')
    const state = `The change to ${label} is ${isWritten ? 'written' : 'there'}`
    const reading = readTokenOfScope(service.api, service.scope, write.tokenId).then((token) => rolesOf(token))
    const roles = await withKnown(reading, `${state}, but the command could not confirm that it stands.`)
    const isThere = showsChanges(roles, changes)
    if (isThere && hasRolesOf(roles, expected)) return {...first, changes, roles, rewrites}
    if (waits === MOST_WAITS) throw isThere ? unsettled(state, isWritten) : undone(label)
    expected = roles
    if (isThere) continue
    service.progress.state = 'undone'
    const repeating = writeRoles(service, {...settling, repeats: changes})
    const repeat = await withKnown(repeating, `Another writer undid the change to ${label}, and the repeat failed.`)
    expected = repeat.roles
    changes = withRepeat(changes, repeat.changes)
    rewrites += 1
  }
}

async function wait({clock, report}: Service, seconds: number, rewrites: number): Promise<void> {
  const milliseconds = seconds * 1000 * (1 + clock.random() / 2)
  report.debug('settle', `waits ${Math.round(milliseconds)} ms`, `rewrites ${rewrites}`)
  const repeats = rewrites === 0 ? '' : `, written again ${rewrites === 1 ? 'once' : `${rewrites} times`}`
  report.status(`waiting ${Math.round(milliseconds / 1000)} s to check the change again${repeats}`)
  await clock.sleep(milliseconds)
}

/** Reports what a repeat wrote on Deployments that needed no change at first. */
function withRepeat(changes: readonly RoleChange[], repeated: readonly RoleChange[]): readonly RoleChange[] {
  return changes.map((change) => {
    const repeat = repeated.find(({deploymentId}) => deploymentId === change.deploymentId)
    return change.action === 'unchanged' && repeat ? repeat : change
  })
}

/** Puts what is known of the change into an error of the work. */
async function withKnown<T>(work: Promise<T>, before: string): Promise<T> {
  return work.catch((error: unknown) => {
    throw error instanceof AstroError ? withContext(error, before) : error
  })
}

function undone(label: string): AstroError {
  const hint = 'Make sure that every writer of this token uses --settle, then try again'
  return new AstroError('conflict', `Other writers keep undoing the change to ${label}.`, {hint})
}

function unsettled(state: string, isWritten: boolean): AstroError {
  const message = `${state}${isWritten ? ' and there' : ''}, but other writers keep changing this token.`
  return new AstroError('timeout', message, {hint: SEE_ROLES})
}
