import {lstatSync, realpathSync, statSync} from 'node:fs'
import {dirname, join} from 'node:path'

import {type AstroApi} from '../astro-api/operations.js'
import {type ApiToken, type Deployment} from '../astro-api/responses.js'
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
import {AstroError} from '../errors.js'
import {isCode, realPathOf} from '../helpers.js'
import {dagDeploymentIdsIn, deploymentIdsIn} from '../roles/arithmetic.js'
import {notFound} from '../roles/errors.js'
import {parseId, parseIds} from './ids.js'

export interface NamedDeployments {
  readonly ids: readonly string[]
  readonly names: readonly string[]
  /** The variable or the file that names them; undefined for flags. */
  readonly source?: string
}

export interface DeploymentSelection {
  readonly deploymentIds: readonly string[]
  /** The names of Deployments, by ID, as far as a response had them. */
  readonly deploymentNames: ReadonlyMap<string, string>
}

const SEE_ALL = 'List all Deployments with the Astro CLI: astro deployment list --all'

/** Reads the flags, ASTRO_DEPLOYMENT_ID, then the project. Throws `usage` or, for the project file, `config`. */
export async function readNamedDeployments(
  {ids, names}: Pick<NamedDeployments, 'ids' | 'names'>,
  context: Context,
): Promise<NamedDeployments | undefined> {
  if (ids.length > 0 || names.length > 0) {
    return {ids: parseIds(ids, {what: '--deployment-id', nameFlag: '--deployment-name'}), names}
  }

  const variable = context.env.ASTRO_DEPLOYMENT_ID?.trim()
  if (variable) {
    return {ids: [parseId(variable, {what: 'ASTRO_DEPLOYMENT_ID'})], names: [], source: 'ASTRO_DEPLOYMENT_ID'}
  }

  const project = await readProjectDeployment(context)
  if (!project) return undefined
  const id = parseId(project.deploymentId, {what: `project.deployment in ${project.path}`, kind: 'config'})
  return {ids: [id], names: [], source: project.path}
}

/** Does not check IDs. Throws `not_found` for an unknown name, and `ambiguous` for one that Deployments share. */
export async function findNamedDeployments(
  api: AstroApi,
  {ids, names}: Pick<NamedDeployments, 'ids' | 'names'>,
  workspaceId: string | undefined,
): Promise<DeploymentSelection> {
  const place = workspaceId === undefined ? {} : {workspaceIds: [workspaceId]}
  const found = names.length === 0 ? [] : await api.listDeployments({...place, names})
  const unknown = names.filter((name) => !found.some((each) => each.name === name))
  if (unknown.length > 0) throw await namesNotFound(unknown, await api.listDeployments(place), workspaceId)
  const named = names.flatMap((name) => found.filter((each) => each.name === name))
  for (const name of names) {
    const namesakes = found.filter((each) => each.name === name)
    if (namesakes.length > 1) throw ambiguousName(name, namesakes)
  }

  return {deploymentIds: [...new Set([...ids, ...named.map(({id}) => id)])], deploymentNames: namesOf(named)}
}

/** Lists the Deployments of the Organization, or of the Workspace. Throws `not_found` if the credential sees none. */
export async function listDeployments(api: AstroApi, workspaceId?: string): Promise<readonly Deployment[]> {
  const deployments = await api.listDeployments(workspaceId === undefined ? {} : {workspaceIds: [workspaceId]})
  if (deployments.length > 0) return deployments
  const message = `There are no Deployments in ${placeOf(workspaceId)}, or the credential cannot see them.`
  throw new AstroError('not_found', message, {hint: SEE_ALL})
}

/** The known Deployments on which one of the tokens has a role. Throws `not_found` if there are none. */
export function deploymentsOf(
  tokens: readonly ApiToken[],
  known?: readonly Deployment[],
  workspaceId?: string,
): readonly string[] {
  const within = known && new Set(known.map(({id}) => id))
  const ids = deploymentIdsIn(tokens.flatMap(({roles = []}) => roles)).filter((id) => within?.has(id) ?? true)
  if (ids.length > 0) return ids
  const {name = '', roles = []} = tokens[0] ?? {}
  const dags = dagDeploymentIdsIn(roles).length > 0 ? ' It only has roles on DAGs, which stay.' : ''
  const message = `The token "${name}" has no role on a Deployment in ${placeOf(workspaceId)}.${dags}`
  throw new AstroError('not_found', message, {hint: 'See where it has a role: {{list}} --all-deployments'})
}

export function namesOf(deployments: readonly Deployment[]): ReadonlyMap<string, string> {
  return new Map(deployments.map(({id, name}) => [id, name]))
}

async function namesNotFound(
  names: readonly string[],
  items: readonly Deployment[],
  workspaceId: string | undefined,
): Promise<AstroError> {
  const [wanted = ''] = names
  const quoted = names.map((name) => `"${name}"`).join(', ')
  const message = `No Deployment in ${placeOf(workspaceId)} is named ${quoted}.`
  return notFound(message, {wanted, isId: false, items, otherwise: SEE_ALL})
}

function ambiguousName(name: string, deployments: readonly Deployment[]): AstroError {
  const places = deployments.map(
    ({id, workspaceId, workspaceName}) => `${id} in Workspace ${workspaceName ?? workspaceId ?? 'unknown'}`,
  )
  return new AstroError('ambiguous', `${deployments.length} Deployments are named "${name}".`, {
    candidates: deployments.map(({id}) => ({id, name})),
    hint: `Use --deployment-id: ${places.join(', ')}`,
  })
}

function placeOf(workspaceId: string | undefined): string {
  return workspaceId === undefined ? 'this Organization' : `Workspace ${workspaceId}`
}

/** The Deployment in a project's config file. It may not be a valid ID. */
export interface ProjectDeployment {
  readonly deploymentId: string
  readonly path: string
}

/**
 * Reads `project.deployment` from the nearest `.astro/config.yaml` without logins. Throws `config` if it is malformed.
 * Skips a file of another user with a warning, because other users must not choose the Deployment.
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
  const logins = new Set(own.map((path) => realPathOf(path)))
  const checkOwner = ownerCheck(userId, directory)
  for (let folder = directory; ; folder = dirname(folder)) {
    const path = join(folder, '.astro', 'config.yaml')
    const hint = 'Fix the file, or name the Deployment with --deployment-id'
    const file: YamlFile = {path, what: "The project's config file", hint}
    const isLogin = logins.has(realPathOf(path))
    const found = isLogin ? undefined : readProjectText(file, checkOwner)
    if (found?.kind === 'text') return readDeployment(file, found.text)
    if (found?.kind === 'unsuitable') report.warn(`${file.what} ${path} ${found.problem} and is skipped.`)
    if (found?.kind === 'unsuitable' || dirname(folder) === folder) return undefined
  }
}

function readProjectText(file: YamlFile, checkOwner: CheckOwner): YamlText {
  try {
    // Also checks the owner of links; otherwise another user could link to any project file of this user.
    for (const path of [file.path, dirname(file.path)]) {
      const problem = checkOwner(lstatSync(path).uid)
      if (problem !== undefined) return {kind: 'unsuitable', problem}
    }
  } catch (error) {
    if (isMissing(error)) return {kind: 'absent'}
  }

  return isBrokenLink(file.path) ? {kind: 'unsuitable', problem: 'is a broken link'} : readYamlText(file, checkOwner)
}

function isBrokenLink(path: string): boolean {
  try {
    realpathSync.native(path)
    return false
  } catch (error) {
    return isMissing(error)
  }
}

/** Accepts the user, root and the owner of the directory, and everyone on a system without owners. */
function ownerCheck(userId: number | undefined, directory: string): CheckOwner {
  const trusted = new Set([0, ownerOf(directory), userId])
  return (owner) => (userId === undefined || trusted.has(owner) ? undefined : `belongs to another user (ID ${owner})`)
}

function ownerOf(path: string): number | undefined {
  try {
    return statSync(path).uid
  } catch {
    return undefined
  }
}

async function readDeployment(file: YamlFile, content: string): Promise<ProjectDeployment | undefined> {
  const source = await parseYaml(file, content)
  const root = readMapping(source.data, source, [])
  const project = readMapping(root.project, source, ['project'])
  const deploymentId = readText(project.deployment, source, ['project', 'deployment'])
  return deploymentId === undefined ? undefined : {deploymentId, path: file.path}
}

function isMissing(error: unknown): boolean {
  return isCode(error, 'ELOOP', 'ENOENT', 'ENOTDIR')
}
