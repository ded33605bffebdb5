import {lstat, realpath, stat} from 'node:fs/promises'
import {dirname, join} from 'node:path'

import {configPath} from '../auth/config-file.js'
import {
  type CheckOwner,
  parseYaml,
  readMapping,
  readText,
  readYamlText,
  type YamlFile,
  type YamlText,
} from '../auth/yaml.js'
import {type Context} from '../context.js'
import {ignore, isCode} from '../helpers.js'

/** The Deployment in a project's config file. It may not be a valid ID. */
export interface ProjectDeployment {
  readonly deploymentId: string
  /** The path of the config file. */
  readonly path: string
}

/**
 * Reads `project.deployment`, which `astro deploy --save` writes, from `.astro/config.yaml` in the working directory or
 * its nearest ancestor with that file, where the search ends. Ignores the config files with logins, in the home
 * directory and under ASTRO_HOME. Undefined if no project names a Deployment.
 *
 * The file must be a regular file of at most 1 MiB that belongs to the user, root or the owner of the working
 * directory, because other users must not choose the Deployment. Otherwise, skips it with a warning and ends the
 * search. Throws `config`, which names the file, if it is unreadable or malformed.
 */
export async function readProjectDeployment({
  directory,
  env,
  home,
  report,
  userId,
}: Omit<Context, 'clock'>): Promise<ProjectDeployment | undefined> {
  if (directory === undefined) return undefined
  const own = [configPath(env, home), configPath({}, home)].flatMap((path) => path ?? [])
  const logins = await Promise.all(own.map(async (path) => realPath(path)))
  const checkOwner = await ownerCheck(userId, directory)
  for (let folder = directory; ; folder = dirname(folder)) {
    const path = join(folder, '.astro', 'config.yaml')
    const hint = 'Fix the file, or name the Deployment with --deployment-id'
    const file: YamlFile = {path, what: "The project's config file", hint}
    const isLogin = logins.includes(await realPath(path))
    const found = isLogin ? undefined : await readProjectText(file, checkOwner)
    if (found?.kind === 'text') return readDeployment(file, found.text)
    if (found?.kind === 'unsuitable') report.warn(`${file.what} ${path} ${found.problem} and is skipped.`)
    if (found?.kind === 'unsuitable' || dirname(folder) === folder) return undefined
  }
}

async function readProjectText(file: YamlFile, checkOwner: CheckOwner): Promise<YamlText> {
  try {
    // Also checks the owner of links; otherwise another user could link to any project file of this user.
    for (const path of [file.path, dirname(file.path)]) {
      const problem = checkOwner((await lstat(path)).uid)
      if (problem !== undefined) return {kind: 'unsuitable', problem}
    }
  } catch (error) {
    if (isMissing(error)) return {kind: 'absent'}
  }

  const isDangling = await realpath(file.path).then(() => false, isMissing)
  return isDangling ? {kind: 'unsuitable', problem: 'is a broken link'} : readYamlText(file, checkOwner)
}

/** Accepts the user, root and the owner of the directory, and everyone on a system without owners. */
async function ownerCheck(userId: number | undefined, directory: string): Promise<CheckOwner> {
  const stats = await stat(directory).catch(ignore)
  const trusted = new Set([0, stats?.uid, userId])
  return (owner) => (userId === undefined || trusted.has(owner) ? undefined : `belongs to another user (ID ${owner})`)
}

async function readDeployment(file: YamlFile, content: string): Promise<ProjectDeployment | undefined> {
  const source = await parseYaml(file, content)
  const root = readMapping(source.data, source, [])
  const project = readMapping(root.project, source, ['project'])
  const deploymentId = readText(project.deployment, source, ['project', 'deployment'])
  return deploymentId === undefined ? undefined : {deploymentId, path: file.path}
}

/** Resolves symbolic links, for example in the home directory. Returns the path itself if it does not exist. */
async function realPath(path: string): Promise<string> {
  return realpath(path).catch(() => path)
}

function isMissing(error: unknown): boolean {
  return isCode(error, 'ELOOP', 'ENOENT', 'ENOTDIR')
}
