import {type AstroApi} from '../astro-api/operations.js'
import {type Deployment, type Role} from '../astro-api/responses.js'
import {AstroError, hasKind} from '../errors.js'
import {DEPLOYMENT_ADMIN} from './role-arithmetic.js'

/** More IDs would make the URL longer than servers accept. Then the code requests the complete list instead. */
const MOST_IDS = 100

/** The Deployments on which a role is given or removed. Has a role only if one is given. */
interface RoleTarget {
  readonly deploymentIds: readonly string[]
  readonly role?: string | undefined
}

/**
 * Finds out why the API rejected a write. If a role or a Deployment does not exist, returns a `not_found` error that
 * names it and suggests others. Otherwise returns the original error.
 */
export async function explainRefusal(api: AstroApi, rejection: AstroError, target: RoleTarget): Promise<AstroError> {
  if (!hasKind(rejection, 'invalid_request', 'not_found')) return rejection
  try {
    await requireRole(api, target, rejection)
    await requireDeployments(api, target.deploymentIds, rejection)
    return rejection
  } catch (error) {
    // If the search for the reason fails, the original error is more useful.
    return hasKind(error, 'not_found') ? error : rejection
  }
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
  const [wanted = ''] = missing
  const [{closest}, deployments] = await Promise.all([import('../closest.js'), api.listDeployments().catch(() => [])])
  const candidates = closest(wanted, deployments, ({id, name}) => [id, name]).map(({id, name}) => ({id, name}))
  return new AstroError('not_found', `No Deployment has the ID ${missing.join(', ')}.`, {
    ...cause?.details,
    candidates,
    hint:
      candidates.length > 0
        ? `Did you mean ${candidates.map(({id, name}) => `${id} (${name})`).join(' or ')}?`
        : 'List the Deployments with the Astro CLI: astro deployment list --all',
  })
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

/** Throws `not_found` if no Deployment role has the name. The error lists the roles that these Deployments allow. */
export async function requireRole(api: AstroApi, {deploymentIds, role}: RoleTarget, cause?: AstroError): Promise<void> {
  if (role === undefined || role === DEPLOYMENT_ADMIN) return
  const roles = await api.listDeploymentRoles()
  if (roles.some(({name}) => name === role)) return

  const names = (await assignableRoles(api, roles, deploymentIds)).map(({name}) => name)
  const {byCloseness, closest} = await import('../closest.js')
  const [likely] = closest(role, names, (name) => [name])
  throw new AstroError('not_found', `No Deployment role is named "${role}".${cause ? ` ${cause.message}` : ''}`, {
    ...cause?.details,
    candidates: byCloseness(role, names, (name) => [name]).map((name) => ({name})),
    hint: `${likely === undefined ? '' : `Did you mean "${likely}"? `}Deployment roles: ${names.toSorted().join(', ')}`,
  })
}
