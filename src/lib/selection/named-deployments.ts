import {parseId, parseIds} from './ids.js'
import {type ProjectDeployment} from './project-config.js'

/** Deployments that are named, and where. */
export interface NamedDeployments {
  readonly deploymentIds: readonly string[]
  /** `--deployment-id`, `ASTRO_DEPLOYMENT_ID`, or the path of a project's config file. */
  readonly source: string
}

export interface DeploymentSources {
  readonly flag: readonly string[] | undefined
  readonly env: NodeJS.ProcessEnv
  /** What the project of the working directory names; read last. */
  readonly readProject: () => Promise<ProjectDeployment | undefined>
}

/**
 * The Deployments of the first source that names any: the flag (each once, in their order), ASTRO_DEPLOYMENT_ID, the
 * project. Undefined if none does.
 *
 * Throws `usage` for a text that is not an ID, and `config` for a project whose file cannot be read or has no ID.
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
