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
import {type Report} from '../context.js'
import {isCode} from '../helpers.js'

/** The Deployment in a project's config file. It may not be a valid ID. */
export interface ProjectDeployment {
  readonly deploymentId: string
  /** The path of the config file. */
  readonly path: string
}

/** The parameters of the search for a project. */
export interface ProjectSearch {
  /** The working directory; undefined if it has been removed. */
  readonly directory: string | undefined
  readonly env: NodeJS.ProcessEnv
  /** The user's home directory; empty if there is none. */
  readonly home: string
  /** The user's ID; undefined on Windows, where owners are not checked. */
  readonly userId: number | undefined
  readonly report: Pick<Report, 'warn'>
}

/**
 * Reads `project.deployment`, which `astro deploy --save` writes, from `.astro/config.yaml` in `directory` or its
 * nearest ancestor with that file. The search ends at the first such file. Ignores the config files with logins, in the
 * home directory and under ASTRO_HOME. Undefined if no project names a Deployment.
 *
 * The file must be a regular file of at most 1 MiB that belongs to the user, root or the owner of `directory`, because
 * other users must not choose the Deployment. Otherwise, skips it with a warning and ends the search.
 *
 * Throws `config`, which names the file, if it is unreadable or malformed.
 */
export async function readProjectDeployment(search: ProjectSearch): Promise<ProjectDeployment | undefined> {
  const {directory, env, home, report} = search
  if (directory === undefined) return undefined
  const own = [configPath(env, home), configPath({}, home)].filter((path) => path !== undefined)
  const logins = await Promise.all(own.map(async (path) => realPath(path)))
  const checkOwner = await ownerCheck(search, directory)
  for (let folder = directory; ; folder = dirname(folder)) {
    const file = describeProjectFile(join(folder, '.astro', 'config.yaml'))
    const isLogin = logins.includes(await realPath(file.path))
    const found: YamlText = isLogin ? {kind: 'absent'} : await readProjectText(file, checkOwner)
    if (found.kind === 'text') return readDeployment(file, found.text)
    if (found.kind === 'unsuitable') {
      report.warn(`${file.what} ${file.path} ${found.problem} and is skipped.`)
      return undefined
    }

    if (dirname(folder) === folder) return undefined
  }
}

async function readProjectText(file: YamlFile, checkOwner: CheckOwner | undefined): Promise<YamlText> {
  const own = await lstat(file.path).catch((error: unknown) => (isMissing(error) ? 'missing' : undefined))
  if (own === 'missing') return {kind: 'absent'}
  const folder = await lstat(dirname(file.path)).catch(() => {})
  // Also checks the owner of links; otherwise another user could link to any project file of this user.
  const [problem] = [folder, own].flatMap((stats) => (stats && checkOwner?.(stats.uid)) ?? [])
  if (problem !== undefined) return {kind: 'unsuitable', problem}
  const isDangling = await realpath(file.path).then(() => false, isMissing)
  return isDangling ? {kind: 'unsuitable', problem: 'is a broken link'} : readYamlText(file, checkOwner)
}

/** Accepts the user, root and the owner of the directory. Undefined if the system has no owners. */
async function ownerCheck({userId}: ProjectSearch, directory: string): Promise<CheckOwner | undefined> {
  if (userId === undefined) return undefined
  const stats = await stat(directory).catch(() => {})
  const trusted = new Set([0, stats?.uid, userId])
  return (owner) => (trusted.has(owner) ? undefined : `belongs to another user (ID ${owner})`)
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

function describeProjectFile(path: string): YamlFile {
  return {path, what: "The project's config file", hint: 'Fix the file, or name the Deployment with --deployment-id'}
}
