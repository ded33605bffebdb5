import {parseId, parseIds} from './ids.js'
import {type ProjectDeployment} from './project-config.js'

/** Deployments that the user named, and the source of their IDs. */
export interface NamedDeployments {
  readonly deploymentIds: readonly string[]
  /** `--deployment-id`, `ASTRO_DEPLOYMENT_ID`, or the path of a project's config file. */
  readonly source: string
}

export interface DeploymentSources {
  readonly flag: readonly string[] | undefined
  readonly env: NodeJS.ProcessEnv
  /** Reads the Deployment of the project in the working directory. Called only if no other source names one. */
  readonly readProject: () => Promise<ProjectDeployment | undefined>
}

/**
 * The Deployments from the first source that names any: the flag (in order, without duplicates), ASTRO_DEPLOYMENT_ID,
 * or the project. Undefined if no source names one.
 *
 * Throws `usage` for a text that is not an ID, and `config` for a project file that is unreadable or has no valid ID.
 */
export async function readNamedDeployments({
  env,
  flag,
  readProject,
}: DeploymentSources): Promise<NamedDeployments | undefined> {
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
