import {AstroError} from '../errors.js'
import {parseId, parseIds} from './ids.js'
import {type ProjectDeployment} from './project-config.js'

/** Which Deployments a command acts on, and who said so. */
export interface DeploymentSelection {
  readonly deploymentIds: readonly string[]
  /** `--deployment-id`, `ASTRO_DEPLOYMENT_ID`, or the path of a project's config file. */
  readonly source: string
}

export interface DeploymentSources {
  readonly flag: readonly string[] | undefined
  readonly env: NodeJS.ProcessEnv
  /** What the project of the working directory names; asked last. */
  readonly readProject: () => Promise<ProjectDeployment | undefined>
}

/**
 * The first of the places that name a Deployment: the flag (each once, in their order), then ASTRO_DEPLOYMENT_ID, then
 * the project. Undefined where none does.
 *
 * Throws `usage` for a text that is no ID, and `config` for a project whose file cannot be read or names no ID.
 */
export async function selectDeployments({
  env,
  flag,
  readProject,
}: DeploymentSources): Promise<DeploymentSelection | undefined> {
  if (flag && flag.length > 0) {
    return {deploymentIds: [...new Set(parseIds(flag, '--deployment-id'))], source: '--deployment-id'}
  }

  const variable = env.ASTRO_DEPLOYMENT_ID?.trim()
  if (variable) return {deploymentIds: [parseId(variable, 'ASTRO_DEPLOYMENT_ID')], source: 'ASTRO_DEPLOYMENT_ID'}

  const project = await readProject()
  if (!project) return undefined
  const id = parseId(project.deploymentId, `project.deployment in ${project.path}`, 'config')
  return {deploymentIds: [id], source: project.path}
}

/** The `usage` error where no place names a Deployment and nobody can be asked. */
export function noDeploymentNamed(): AstroError {
  return new AstroError('usage', 'Which Deployment? None was named.', {
    hint: 'Name it with --deployment-id, set ASTRO_DEPLOYMENT_ID, or save it in the project: astro deploy --save',
  })
}
