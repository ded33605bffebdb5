import {type RoleChange} from '../roles/role-arithmetic.js'
import {type Scoping} from '../roles/token-scoping.js'
import {type Output, writeTable} from './list.js'
import {safeText} from './safe-text.js'

const COLUMNS = [
  {header: 'DEPLOYMENT_ID', truncation: 'never'},
  {header: 'ACTION', truncation: 'blocks'},
  {header: 'PREVIOUS_ROLE', truncation: 'second'},
  {header: 'ROLE', truncation: 'second'},
] as const

/** What a command did, or would do: a line for each Deployment, but for several of them a table on a terminal. */
export async function writeScoping(result: Scoping, output: Output): Promise<void> {
  const {changes, isDryRun, token} = result
  const name = `${safeText(token.name)} (${safeText(token.id)})`
  if (!output.isTTY || changes.length < 2) {
    output.write(changes.map((change) => `${changeMessage(name, change, isDryRun)}\n`).join(''))
    return
  }

  output.write(`${summaryOf(result)} ${name} on ${changes.length} Deployments:\n`)
  const rows = changes.map(({action, deploymentId, previousRole = '', role = ''}) =>
    [deploymentId, action, previousRole, role].map((text) => safeText(text)),
  )
  await writeTable(COLUMNS, rows, output)
}

function summaryOf({changes, isDryRun}: Scoping): string {
  const isAnyChanged = changes.some(({action}) => action !== 'unchanged')
  if (isAnyChanged) return isDryRun ? 'Would change the roles of' : 'Changed the roles of'
  return isDryRun ? 'Nothing would change for' : 'Nothing changed for'
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
