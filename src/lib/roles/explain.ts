import {type AstroApi} from '../astro-api/operations.js'
import {type ApiToken, type Deployment, type Role, type TokenRole} from '../astro-api/responses.js'
import {AstroError, hasKind} from '../errors.js'
import {shellWord} from '../helpers.js'
import {DEPLOYMENT_ACCESSOR, DEPLOYMENT_ADMIN, hasDagRole, roleOn} from './arithmetic.js'
import {notFound} from './errors.js'

/** More IDs would make the URL longer than servers accept. */
const MOST_IDS = 100

/** A role to give on Deployments. Without a role, it is removed. */
interface Assignment {
  readonly tokenId: string
  readonly deploymentIds: readonly string[]
  readonly role?: string | undefined
}

/** Returns `not_found` for an unknown role or Deployment, or adds a hint if DAG roles prevent a removal. */
export async function explainRejection(
  api: AstroApi,
  rejection: AstroError,
  {deploymentIds, role, tokenId}: Assignment,
  roles: readonly TokenRole[] = [],
): Promise<AstroError> {
  if (!hasKind(rejection, 'invalid_request', 'not_found')) return rejection
  try {
    if (role !== undefined) await requireRole(api, role, deploymentIds, rejection)
    await requireDeployments(api, deploymentIds, rejection)
  } catch (error) {
    // If the search for the reason fails, the original error is more useful.
    if (hasKind(error, 'not_found')) return error
  }

  const onDags = deploymentIds.filter((id) => hasDagRole(roles, id) && roleOn(roles, id) !== DEPLOYMENT_ACCESSOR)
  if (role !== undefined || rejection.kind !== 'invalid_request' || onDags.length === 0) return rejection
  const command = `{{update}} ${tokenId} --role ${DEPLOYMENT_ACCESSOR} ${flagsFor(onDags)}`
  const hint = `Roles on DAGs may need a role on the Deployment. To keep them: ${command}`
  return new AstroError(rejection.kind, rejection.message, {...rejection.details, hint})
}

/** Throws `not_found` with each Deployment on which the token has no role, and with those that do not exist. */
export async function requireRoles(
  api: AstroApi,
  token: ApiToken,
  {deploymentIds, role}: Omit<Assignment, 'tokenId'>,
): Promise<void> {
  const {id: tokenId, roles = []} = token
  const without = deploymentIds.filter((id) => roleOn(roles, id) === undefined)
  if (without.length === 0) return
  const error = noRoleOn(token, without, role)
  const reason = await explainRejection(api, error, {tokenId, deploymentIds: without})
  if (reason === error || without.length === 1) throw reason
  throw new AstroError('not_found', `${error.message} ${reason.message}`, reason.details)
}

function noRoleOn({id: tokenId, name, roles = []}: ApiToken, without: readonly string[], role: string | undefined) {
  const onDags = without.filter((id) => hasDagRole(roles, id))
  const place = onDags.length === without.length ? 'there' : `in ${onDags.join(', ')}`
  const dags = onDags.length > 0 ? ` It only has roles on DAGs ${place}.` : ''
  const where = `Deployment${without.length === 1 ? '' : 's'} ${without.join(', ')}`
  return new AstroError('not_found', `The token "${name}" has no role on ${where}.${dags}`, {
    hint:
      role === undefined
        ? 'See where it has a role: {{list}} --all-deployments'
        : `To give it the role: {{add}} ${tokenId} --role ${shellWord(role)} ${flagsFor(without)}`,
  })
}

function flagsFor(deploymentIds: readonly string[]): string {
  return deploymentIds.map((id) => `--deployment-id ${id}`).join(' ')
}

/** Throws `not_found` if a Deployment does not exist; `cause` is the response that led to this check. */
export async function requireDeployments(
  api: AstroApi,
  deploymentIds: readonly string[],
  cause?: AstroError,
): Promise<void> {
  const found = await findDeployments(api, deploymentIds)
  const ids = new Set(found.map(({id}) => id))
  const missing = deploymentIds.filter((id) => !ids.has(id))
  if (missing.length > 0) throw await deploymentNotFound(api, missing, cause)
}

/** Deployments that include those with these IDs; with many IDs, all Deployments. */
export async function findDeployments(api: AstroApi, deploymentIds: readonly string[]): Promise<readonly Deployment[]> {
  return api.listDeployments(deploymentIds.length > MOST_IDS ? {} : {deploymentIds})
}

/** The `not_found` error for unknown Deployments. Suggests Deployments with an ID or name similar to the first. */
export async function deploymentNotFound(
  api: AstroApi,
  missing: readonly string[],
  cause?: AstroError,
): Promise<AstroError> {
  const items = await api.listDeployments().catch(() => [])
  const [wanted = ''] = missing
  const message = `No Deployment has the ID ${missing.join(', ')}.`
  const namesake = items.find(({name}) => name.toLowerCase() === wanted)
  const otherwise = 'List the Deployments with the Astro CLI: astro deployment list --all'
  const error = await notFound(message, {wanted, isId: true, items, otherwise}, cause?.details)
  if (!namesake) return error
  const hint = `To use its name: {{this}} --deployment-name ${shellWord(namesake.name)}`
  return new AstroError(error.kind, message, {...error.details, hint})
}

/** The roles that can be given on all of the Deployments: a role may be restricted to certain Workspaces. */
export async function assignableRoles(
  api: AstroApi,
  roles: readonly Role[],
  deploymentIds: readonly string[],
): Promise<readonly Role[]> {
  if (roles.every(({restrictedWorkspaceIds}) => !restrictedWorkspaceIds?.length)) return roles
  const found = await findDeployments(api, deploymentIds)
  const deployments = found.filter(({id}) => deploymentIds.includes(id))
  return roles.filter(
    ({restrictedWorkspaceIds: allowed}) =>
      !allowed?.length || deployments.every(({workspaceId = ''}) => allowed.includes(workspaceId)),
  )
}

/** Throws `not_found` if no Deployment role has the name, with the roles that these Deployments allow, if any are given. */
export async function requireRole(
  api: AstroApi,
  role: string,
  deploymentIds: readonly string[] = [],
  cause?: AstroError,
): Promise<void> {
  if ([DEPLOYMENT_ACCESSOR, DEPLOYMENT_ADMIN].includes(role)) return
  const roles = await api.listDeploymentRoles()
  if (roles.some(({name}) => name === role)) return

  const available = deploymentIds.length > 0 ? await assignableRoles(api, roles, deploymentIds) : roles
  const {byCloseness, closest} = await import('../closest.js')
  const names = byCloseness(
    role,
    available.map(({name}) => name),
    (name) => [name],
  )
  const [likely] = closest(role, names, (name) => [name])
  const others = names.filter((name) => name !== likely)
  const list = others.toSorted().join(', ')
  const suggestion = `Did you mean "${likely}"?${list && ` Other Deployment roles: ${list}`}`
  throw new AstroError('not_found', `No Deployment role is named "${role}".`, {
    ...cause?.details,
    candidates: names.map((name) => ({name})),
    hint: likely === undefined ? `Deployment roles: ${list}` : suggestion,
  })
}
