import {type AstroApi} from '../astro-api/operations.js'
import {AstroError} from '../errors.js'

/** The one Deployment role that Astro always has. */
const ADMIN = 'DEPLOYMENT_ADMIN'

/** More IDs than this make a longer address than servers take; then the whole list is asked for. */
const MOST_IDS = 100

/**
 * Finds out why the API refused a write, which it says in words alone: a role or a Deployment that does not exist.
 * Returns a `not_found` error that names it and what there is instead, or the refusal itself where it is neither.
 */
export async function explainRefusal(
  api: AstroApi,
  refusal: AstroError,
  target: {readonly deploymentIds: readonly string[]; readonly role?: string},
): Promise<AstroError> {
  if (refusal.kind !== 'invalid_request' && refusal.kind !== 'not_found') return refusal
  try {
    await requireRole(api, target.role, refusal)
    await requireDeployments(api, target.deploymentIds, refusal)
    return refusal
  } catch (error) {
    // Where the look for the reason fails itself, the refusal is what matters.
    return error instanceof AstroError && error.kind === 'not_found' ? error : refusal
  }
}

/** Throws `not_found` where a Deployment does not exist; `cause` is the answer that made one look. */
export async function requireDeployments(
  api: AstroApi,
  deploymentIds: readonly string[],
  cause?: AstroError,
): Promise<void> {
  const found = await api.listDeployments(deploymentIds.length > MOST_IDS ? {} : {deploymentIds})
  const ids = new Set(found.map(({id}) => id))
  const missing = deploymentIds.filter((id) => !ids.has(id))
  if (missing.length > 0) throw await deploymentNotFound(api, missing, cause)
}

/** The `not_found` error for Deployments that do not exist, with those whose ID or name is closest to the first. */
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
        : 'See the Deployments there are: astro deployment list',
  })
}

/** Throws `not_found`, with the roles there are, where no Deployment role has the name. */
export async function requireRole(api: AstroApi, role: string | undefined, cause?: AstroError): Promise<void> {
  if (role === undefined || role === ADMIN) return
  const names = (await api.listDeploymentRoles()).map(({name}) => name)
  if (names.includes(role)) return

  const {byCloseness, closest} = await import('../closest.js')
  const [likely] = closest(role, names, (name) => [name])
  throw new AstroError('not_found', `No Deployment role has the name "${role}".${cause ? ` ${cause.message}` : ''}`, {
    ...cause?.details,
    candidates: byCloseness(role, names, (name) => [name]).map((name) => ({name})),
    hint: `${likely === undefined ? '' : `Did you mean "${likely}"? `}Deployment roles: ${names.toSorted().join(', ')}`,
  })
}
