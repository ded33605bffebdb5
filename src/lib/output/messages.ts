import {roleAfter, roleBefore, type RoleChange} from '../roles/arithmetic.js'
import {type Output} from './list.js'
import {writePlan} from './plan.js'
import {type NamedResult} from './result-json.js'
import {safeText} from './safe-text.js'

/** Writes the result of a command: a sentence for each Deployment, or a table for several Deployments on a terminal. */
export async function writeResult(result: NamedResult, output: Output): Promise<void> {
  const {changes} = result
  if (output.isTTY && changes.length > 1) await writePlan(result, output)
  else output.write(changes.map((change) => `${changeMessage(change, result)}\n`).join(''))
}

/** The label of a Deployment: `reports (clz27bn7xj8b7tfq7xkwo886v)`, or only its ID if the name is unknown. */
export function deploymentLabel(id: string, names?: NamedResult['deploymentNames']): string {
  const name = names?.get(id)
  return safeText(name ? `${name} (${id})` : id)
}

function changeMessage(change: RoleChange, {deploymentNames, isDryRun, token}: NamedResult): string {
  const {action, deploymentId} = change
  const name = safeText(`${token.name} (${token.id})`)
  const deployment = `Deployment ${deploymentLabel(deploymentId, deploymentNames)}`
  const [before, after] = [safeText(roleBefore(change) ?? ''), safeText(roleAfter(change) ?? '')]
  switch (action) {
    case 'added': {
      return `${isDryRun ? 'Would add' : 'Added'} ${name} to ${deployment} as ${after}.`
    }

    case 'removed': {
      const [verb, is] = isDryRun ? ['Would remove', 'is'] : ['Removed', 'was']
      const left = after && ` Astro left ${after} there, which its roles on DAGs need.`
      return `${verb} ${name} from ${deployment}, where its role ${is} ${before}.${left}`
    }

    case 'unchanged': {
      return `${name} already has ${after} on ${deployment}. ${isDryRun ? 'Nothing would change' : 'Nothing changed'}.`
    }

    case 'updated': {
      return `${isDryRun ? 'Would update' : 'Updated'} ${name} on ${deployment}: ${before} → ${after}.`
    }
  }
}
