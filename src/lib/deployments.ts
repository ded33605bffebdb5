import {AstroError} from './errors.js'
import {parseId} from './ids.js'

/** Which Deployments a command acts on, and who said so. */
export interface DeploymentSelection {
  readonly deploymentIds: readonly string[]
  readonly source: '--deployment-id' | 'ASTRO_DEPLOYMENT_ID'
}

/**
 * The first of the places that name a Deployment: the flag (each once, in their order), then ASTRO_DEPLOYMENT_ID.
 * Throws `usage` for a text that is no ID and when no place names one.
 */
export function selectDeployments(flag: readonly string[] | undefined, env: NodeJS.ProcessEnv): DeploymentSelection {
  if (flag && flag.length > 0) {
    const ids = flag.map((id) => parseId(id, '--deployment-id'))
    return {deploymentIds: [...new Set(ids)], source: '--deployment-id'}
  }

  const variable = env.ASTRO_DEPLOYMENT_ID?.trim()
  if (variable) return {deploymentIds: [parseId(variable, 'ASTRO_DEPLOYMENT_ID')], source: 'ASTRO_DEPLOYMENT_ID'}

  throw new AstroError('usage', 'Which Deployment? None was named.', {
    hint: 'Name it with --deployment-id, or set ASTRO_DEPLOYMENT_ID',
  })
}
