import {type RoleChange} from '../token-roles.js'
import {type Scoping} from '../token-scoping.js'
import {safeText} from './safe-text.js'

/** What a command did, or would do, in a line for each Deployment. */
export function scopingMessages({changes, isDryRun, token}: Scoping): string[] {
  const name = `${safeText(token.name)} (${safeText(token.id)})`
  return changes.map((change) => changeMessage(name, change, isDryRun))
}

function changeMessage(name: string, change: RoleChange, isDryRun: boolean): string {
  const {action, deploymentId, previousRole = '', role = ''} = change
  const [before, after] = [safeText(previousRole), safeText(role)]
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
