import {lstat, realpath, stat} from 'node:fs/promises'
import {dirname, join} from 'node:path'

import {configPath} from '../auth/config-file.js'
import {type CheckOwner} from '../auth/small-file.js'
import {mappingAt, parseYaml, readYamlText, textAt, type YamlFile, type YamlText} from '../auth/yaml-file.js'

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
  /** The system's number of the user; undefined on Windows, where no owners are checked. */
  readonly userId: number | undefined
  readonly onWarning: (warning: string) => void
}

/**
 * What `astro deploy --save` wrote: `project.deployment` in `.astro/config.yaml` of `directory`, or of its nearest
 * ancestor that has that file. The search ends at the first such file, whatever is in it. The files that hold logins, in
 * the home directory and under ASTRO_HOME, are no project's. Undefined if no project names a Deployment.
 *
 * A file that is not a regular one of at most 1 MiB, or that belongs to somebody else than the user, root or the owner of
 * `directory`, is skipped with a warning: it might be there to choose the Deployment for others.
 *
 * Throws `config`, naming the file, when that cannot be read or does not hold what the Astro CLI writes.
 */
export async function readProjectDeployment(search: ProjectSearch): Promise<ProjectDeployment | undefined> {
  const {directory, env, home, onWarning} = search
  if (directory === undefined) return undefined
  const own = [configPath(env, home), configPath({}, home)].filter((path) => path !== undefined)
  const logins = await Promise.all(own.map(async (path) => realPath(path)))
  const checkOwner = await ownerCheck(search, directory)
  for (let folder = directory; ; folder = dirname(folder)) {
    const file = projectFile(join(folder, '.astro', 'config.yaml'))
    const isLogin = logins.includes(await realPath(file.path))
    const found: YamlText = isLogin ? {kind: 'absent'} : await readProjectText(file, checkOwner)
    if (found.kind === 'text') return deploymentIn(file, found.text)
    if (found.kind === 'unsuitable') {
      onWarning(`${file.what} ${file.path} ${found.problem} and is skipped.`)
      return undefined
    }

    if (dirname(folder) === folder) return undefined
  }
}

async function readProjectText(file: YamlFile, checkOwner: CheckOwner | undefined): Promise<YamlText> {
  const own = await lstat(file.path).catch((error: unknown) => (isMissing(error) ? 'missing' : undefined))
  if (own === 'missing') return {kind: 'absent'}
  const folder = await lstat(dirname(file.path)).catch(() => {})
  // Links too, or somebody else could lead to any of the user's own files.
  const [problem] = [folder, own].flatMap((stats) => (stats && checkOwner?.(stats.uid)) ?? [])
  if (problem !== undefined) return {kind: 'unsuitable', problem}
  const isDangling = await realpath(file.path).then(() => false, isMissing)
  return isDangling ? {kind: 'unsuitable', problem: 'is a link that leads nowhere'} : readYamlText(file, checkOwner)
}

/** Lets pass what belongs to the user, to root or to the owner of the directory. Undefined if there are no owners. */
async function ownerCheck({userId}: ProjectSearch, directory: string): Promise<CheckOwner | undefined> {
  if (userId === undefined) return undefined
  const stats = await stat(directory).catch(() => {})
  const trusted = new Set([0, stats?.uid, userId])
  return (owner) => (trusted.has(owner) ? undefined : `belongs to another user (ID ${owner})`)
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

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(?:ELOOP|ENOENT|ENOTDIR)$/.test(String(error.code))
}

function projectFile(path: string): YamlFile {
  return {path, what: "The project's config file", hint: 'Fix the file, or name the Deployment with --deployment-id'}
}
