import {realpath} from 'node:fs/promises'
import {dirname, join} from 'node:path'

import {configPath} from '../auth/config-file.js'
import {mappingAt, parseYaml, readYamlText, textAt, type YamlFile} from '../auth/yaml-file.js'

/** The Deployment that a project's config names, not checked to be an ID. */
export interface ProjectDeployment {
  readonly deploymentId: string
  /** The file that names it. */
  readonly path: string
}

/** Where to look for a project. */
export interface ProjectSearch {
  /** The working directory; undefined if it has been removed. */
  readonly directory: string | undefined
  readonly env: NodeJS.ProcessEnv
  /** The user's home directory; empty if there is none. */
  readonly home: string
}

/**
 * What `astro deploy --save` wrote: `project.deployment` in `.astro/config.yaml` of `directory`, or of its nearest
 * ancestor that has that file. The search ends at the first such file, whatever is in it; the files that hold logins,
 * in the home directory and under ASTRO_HOME, are no project's. Undefined where no project names one.
 *
 * Throws `config`, naming the file, when that cannot be read or does not hold what the Astro CLI writes.
 */
export async function readProjectDeployment({
  directory,
  env,
  home,
}: ProjectSearch): Promise<ProjectDeployment | undefined> {
  if (directory === undefined) return undefined
  const own = [configPath(env, home), configPath({}, home)].filter((path) => path !== undefined)
  const logins = await Promise.all(own.map(async (path) => realPath(path)))
  for (let folder = directory; ; folder = dirname(folder)) {
    const path = join(folder, '.astro', 'config.yaml')
    const file = projectFile(path)
    const content = logins.includes(await realPath(path)) ? undefined : await readYamlText(file)
    if (content !== undefined) return deploymentIn(file, content)
    if (dirname(folder) === folder) return undefined
  }
}

async function deploymentIn(file: YamlFile, content: string): Promise<ProjectDeployment | undefined> {
  const source = await parseYaml(file, content)
  const root = mappingAt(source.data, source, [])
  const project = mappingAt(root.project, source, ['project'])
  const deploymentId = textAt(project.deployment, source, ['project', 'deployment'])
  return deploymentId === undefined ? undefined : {deploymentId, path: file.path}
}

/** Without symbolic links, which the home directory may be reached by; a path that leads nowhere stays as it is. */
async function realPath(path: string): Promise<string> {
  return realpath(path).catch(() => path)
}

function projectFile(path: string): YamlFile {
  return {path, what: "The project's config file", hint: 'Mend the file, or name the Deployment with --deployment-id'}
}
