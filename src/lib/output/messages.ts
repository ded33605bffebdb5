import {type RoleChange} from '../roles/role-arithmetic.js'
import {type RoleResult} from '../roles/token-scoping.js'
import {type Output, writeTable} from './list.js'
import {safeText} from './safe-text.js'

/** What a command did, or would do: a line for each Deployment, but for several of them a table on a terminal. */
export async function writeResult(result: RoleResult, output: Output): Promise<void> {
  const {changes, isDryRun, token} = result
  const name = `${safeText(token.name)} (${safeText(token.id)})`
  if (!output.isTTY || changes.length < 2) {
    output.write(changes.map((change) => `${changeMessage(name, change, isDryRun)}\n`).join(''))
    return
  }

  output.write(`${summaryOf(result)} ${name} on ${changes.length} Deployments:\n`)
  const rows = changes.map((change) =>
    [change.deploymentId, change.action, previousRoleIn(change), roleIn(change)].map((text) => safeText(text)),
  )
  await writeTable([['DEPLOYMENT_ID', 'ACTION', 'PREVIOUS_ROLE', 'ROLE'], ...rows], true, output)
}

function summaryOf({changes, isDryRun}: RoleResult): string {
  const isAnyChanged = changes.some(({action}) => action !== 'unchanged')
  if (isAnyChanged) return isDryRun ? 'Would change the roles of' : 'Changed the roles of'
  return isDryRun ? 'Nothing would change for' : 'Nothing changed for'
}

function changeMessage(name: string, change: RoleChange, isDryRun: boolean): string {
  const {action, deploymentId} = change
  const [before, after] = [safeText(previousRoleIn(change)), safeText(roleIn(change))]
  switch (action) {
    case 'added': {
      return `${isDryRun ? 'Would add' : 'Added'} ${name} to Deployment ${deploymentId} as ${after}.`
    }

    case 'removed': {
      const where = isDryRun ? 'where it is' : 'where it was'
      return `${isDryRun ? 'Would remove' : 'Removed'} ${name} from Deployment ${deploymentId}, ${where} ${before}.`
    }

    case 'unchanged': {
      const nothing = isDryRun ? 'Nothing would change' : 'Nothing changed'
      return `${name} is ${after} on Deployment ${deploymentId} already. ${nothing}.`
    }

    case 'updated': {
      return `${isDryRun ? 'Would update' : 'Updated'} ${name} on Deployment ${deploymentId}: ${before} → ${after}.`
    }
  }
}

function previousRoleIn(change: RoleChange): string {
  return 'previousRole' in change ? change.previousRole : ''
}

function roleIn(change: RoleChange): string {
  return 'role' in change ? change.role : ''
}

/** Shows what a change would do. */
export async function writePlan(result: RoleResult, output: Output): Promise<void> {
  await writeResult({...result, isDryRun: true}, output)
}

/** What to confirm before a change of all Deployments. */
export function confirmationQuestion({changes, token}: RoleResult): string {
  return `Change ${token.name} on ${changes.length} Deployments?`
}
