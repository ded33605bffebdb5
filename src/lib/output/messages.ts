import {type RoleChange} from '../token-roles.js'
import {type Scoping} from '../token-scoping.js'
import {safeText} from './safe-text.js'

/** What a command did, in a line for each Deployment. */
export function scopingMessages({changes, token}: Scoping): string[] {
  const name = `${safeText(token.name)} (${safeText(token.id)})`
  return changes.map((change) => changeMessage(name, change))
}

function changeMessage(name: string, {action, deploymentId, previousRole = '', role = ''}: RoleChange): string {
  const [before, after] = [safeText(previousRole), safeText(role)]
  switch (action) {
    case 'added': {
      return `Added ${name} to Deployment ${deploymentId} as ${after}.`
    }

    case 'removed': {
      return `Removed ${name} from Deployment ${deploymentId}, where it was ${before}.`
    }

    case 'unchanged': {
      return `${name} is ${after} on Deployment ${deploymentId} already. Nothing changed.`
    }

    case 'updated': {
      return `Updated ${name} on Deployment ${deploymentId}: ${before} → ${after}.`
    }
  }
}
