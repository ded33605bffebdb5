import {type AstroApi} from '../astro-api/operations.js'
import {type ApiToken} from '../astro-api/responses.js'
import {AstroError, hasKind} from '../errors.js'
import {deploymentIdsIn, roleOn} from '../roles/arithmetic.js'
import {assignableRoles} from '../roles/explain.js'
import {readTokenOfScope, seeTokens, tokenNotFound, type TokenScope, withRoles, wrongScope} from '../roles/scope.js'

export interface OfferedRole {
  readonly name: string
  readonly description?: string | undefined
  /** Whether the token has this role on one of the Deployments. */
  readonly isPresent: boolean
}

export interface TokenSearch {
  /** The exact name; undefined for every token. */
  readonly name?: string | undefined
  /** The Deployments of the command; undefined for all. */
  readonly deploymentIds?: readonly string[] | undefined
  /** Keeps all tokens, those with a role on one of the Deployments, or those with roles on most of them. */
  readonly keep: 'all' | 'any role' | 'most roles'
}

/** Finds a name's only token even without a role; the caller reports that. Throws `not_found` if there is none. */
export async function findTokens(api: AstroApi, scope: TokenScope, search: TokenSearch): Promise<readonly ApiToken[]> {
  const {deploymentIds, keep, name} = search
  const first = keep === 'most roles' ? deploymentIds?.[0] : undefined
  const listed = await listTokens(api, scope, first)
  const wanted = name === undefined ? listed : listed.filter((token) => token.name === name)
  const best = await bestOf(api, wanted, search)
  if (best.length > 0) return best
  if (name === undefined) {
    const where = first === undefined ? 'There is no' : `Deployment ${first} has no`
    throw new AstroError('not_found', `${where} ${scope.label} to choose from.`, {hint: seeTokens(scope)})
  }

  const namesakes = (await api.listTokens({})).filter((token) => token.name === name)
  const elsewhere = namesakes.filter((token) => token.scope === scope.type)
  const bestElsewhere = elsewhere.length > 1 ? await bestOf(api, elsewhere, search) : await withRoles(api, elsewhere)
  if (bestElsewhere.length > 0) return bestElsewhere
  if (namesakes[0] && elsewhere.length === 0) throw wrongScope(scope, namesakes[0])
  const place = first === undefined ? '' : ` with a role on Deployment ${first}`
  throw elsewhere.length > 0 ? noneHasRole(scope, search) : await tokenNotFound(scope, name, listed, place)
}

export function ambiguousToken(tokens: readonly ApiToken[], {label}: TokenScope): AstroError {
  const name = tokens[0]?.name ?? ''
  return new AstroError('ambiguous', `${tokens.length} ${label}s are named "${name}".`, {
    candidates: tokens.map(({id}) => ({id, name})),
    hint: `Use the ID instead of the name: ${tokens.map(({id}) => id).join(' or ')}`,
  })
}

/** Lists the roles that the token can have on all Deployments. Throws `not_found` if there are none. */
export async function listOfferedRoles(
  api: AstroApi,
  scope: TokenScope,
  {deploymentIds, tokenId}: {readonly deploymentIds: readonly string[]; readonly tokenId: string},
): Promise<readonly OfferedRole[]> {
  const [token, roles] = await Promise.all([readTokenOfScope(api, scope, tokenId), api.listDeploymentRoles()])
  const available = await assignableRoles(api, roles, deploymentIds)
  const present = new Set(deploymentIds.map((id) => roleOn(token.roles ?? [], id)))
  if (available.length > 0) {
    const offered = available.map(({description, name}) => ({name, description, isPresent: present.has(name)}))
    // A prompt starts at the first one, so that Enter alone changes nothing.
    return offered.toSorted((one, other) => Number(other.isPresent) - Number(one.isPresent))
  }

  throw new AstroError('not_found', 'No role can be given on all of these Deployments.', {
    hint: 'Choose the Deployments one by one',
  })
}

async function listTokens(api: AstroApi, scope: TokenScope, deploymentId?: string): Promise<readonly ApiToken[]> {
  const filter = deploymentId === undefined ? scope.filter : {deploymentId}
  const tokens = await api.listTokens(filter).catch((error: unknown) => {
    // The caller checks that the Deployment exists.
    if (deploymentId !== undefined && hasKind(error, 'not_found')) return []
    throw error
  })
  return tokens.filter((token) => token.scope === scope.type)
}

async function bestOf(
  api: AstroApi,
  tokens: readonly ApiToken[],
  {deploymentIds, keep}: TokenSearch,
): Promise<readonly ApiToken[]> {
  if (keep === 'all') return tokens
  const counted = (await withRoles(api, tokens)).map((token) => {
    const ids = deploymentIdsIn(token.roles).filter((id) => deploymentIds?.includes(id) ?? true)
    return {token, count: ids.length}
  })
  const [most] = counted.toSorted((a, b) => b.count - a.count)
  const least = keep === 'any role' ? 1 : most?.count || 1
  return counted.filter(({count}) => count >= least).map(({token}) => token)
}

function noneHasRole({label}: TokenScope, {deploymentIds, name = ''}: TokenSearch): AstroError {
  const where = deploymentIds ? `Deployment ${deploymentIds.join(', ')}` : 'a Deployment'
  return new AstroError('not_found', `None of the ${label}s named "${name}" has a role on ${where}.`, {
    hint: 'See where they have one: {{list}} --all-deployments',
  })
}
