import {type AstroApi} from '../astro-api/operations.js'
import {type Deployment, type Role, type TokenRole} from '../astro-api/responses.js'
import {AstroError, hasKind} from '../errors.js'
import {dagDeploymentIdsIn, DEPLOYMENT_ACCESSOR, DEPLOYMENT_ADMIN} from './arithmetic.js'
import {suggestionOf} from './errors.js'

/** More IDs would make the URL longer than servers accept. Then the code requests the complete list instead. */
const MOST_IDS = 100

/** The Deployment roles that every Organization has. */
const DEFAULT_ROLES: ReadonlySet<string> = new Set([DEPLOYMENT_ACCESSOR, DEPLOYMENT_ADMIN])

/** A role to give on Deployments. Without a role, it is removed. */
interface Assignment {
  readonly tokenId: string
  readonly deploymentIds: readonly string[]
  readonly role?: string | undefined
}

/**
 * Finds out why the API rejected a write. If a role or a Deployment does not exist, returns a `not_found` error that
 * names it and suggests others. Otherwise returns the original error, with a hint for a removal that DAG roles prevent.
 */
export async function explainRejection(
  api: AstroApi,
  rejection: AstroError,
  assignment: Assignment,
  roles: readonly TokenRole[] = [],
): Promise<AstroError> {
  if (!hasKind(rejection, 'invalid_request', 'not_found')) return rejection
  const {deploymentIds, role, tokenId} = assignment
  try {
    if (role !== undefined) await requireRole(api, role, deploymentIds, rejection)
    await requireDeployments(api, deploymentIds, rejection)
  } catch (error) {
    // If the search for the reason fails, the original error is more useful.
    if (hasKind(error, 'not_found')) return error
  }

  const onDags = deploymentIds.filter((id) => dagDeploymentIdsIn(roles).includes(id))
  if (role !== undefined || rejection.kind !== 'invalid_request' || onDags.length === 0) return rejection
  const flags = onDags.map((id) => ` --deployment-id ${id}`).join('')
  return new AstroError(rejection.kind, rejection.message, {
    ...rejection.details,
    hint: `Roles on DAGs may need a role on the Deployment. To keep them: {{update}} ${tokenId} --role ${DEPLOYMENT_ACCESSOR}${flags}`,
  })
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
  const likely = closest(wanted, deployments, ({id, name}) => [id, name])
  const otherwise = 'List the Deployments with the Astro CLI: astro deployment list --all'
  return new AstroError('not_found', `No Deployment has the ID ${missing.join(', ')}.`, {
    ...cause?.details,
    ...suggestionOf(likely, ({id, name}) => `${id} (${name})`, otherwise),
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

/**
 * Throws `not_found` if no Deployment role has the name. The error lists the roles that these Deployments allow; without
 * Deployments, all roles.
 */
export async function requireRole(
  api: AstroApi,
  role: string,
  deploymentIds: readonly string[] = [],
  cause?: AstroError,
): Promise<void> {
  if (DEFAULT_ROLES.has(role)) return
  const roles = await api.listDeploymentRoles()
  if (roles.some(({name}) => name === role)) return

  const available = deploymentIds.length > 0 ? await assignableRoles(api, roles, deploymentIds) : roles
  const names = available.map(({name}) => name)
  const {byCloseness, closest} = await import('../closest.js')
  const [likely] = closest(role, names, (name) => [name])
  const others = names
    .filter((name) => name !== likely)
    .toSorted()
    .join(', ')
  throw new AstroError('not_found', `No Deployment role is named "${role}".`, {
    ...cause?.details,
    candidates: byCloseness(role, names, (name) => [name]).map((name) => ({name})),
    hint:
      likely === undefined
        ? `Deployment roles: ${others}`
        : `Did you mean "${likely}"?${others && ` Other Deployment roles: ${others}`}`,
  })
}
