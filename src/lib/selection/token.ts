import {type AstroApi} from '../astro-api/operations.js'
import {type ApiToken} from '../astro-api/responses.js'
import {AstroError, hasKind} from '../errors.js'
import {seeTokens, type TokenScope, withRoles, wrongScope} from '../roles/scope.js'

/** A search for tokens. */
export interface TokenSearch {
  /** The exact name; undefined for every token. */
  readonly name?: string | undefined
  /** The Deployments of the command, for messages; undefined if they depend on the token. */
  readonly deploymentIds?: readonly string[] | undefined
  /** A Deployment on which the token should have a role. The search starts with the tokens of this Deployment. */
  readonly onDeployment?: string | undefined
  /**
   * Rates a token, for example by the number of Deployments on which it has a role. The search keeps the tokens with
   * the highest rank, and none with rank 0. Without `rank`, it keeps all.
   */
  readonly rank?: ((token: ApiToken) => number) | undefined
}

/**
 * Finds the tokens that the user can mean; at least one. Searches a name among all tokens of the scope or, with
 * `onDeployment`, first among the tokens of this Deployment. The only token of a name is found even if its rank is 0:
 * the caller reports the missing role.
 *
 * Throws `not_found` with similar names, or with the scope of the token if it has another scope.
 */
export async function findTokens(
  api: AstroApi,
  scope: TokenScope,
  search: TokenSearch = {},
): Promise<readonly ApiToken[]> {
  const {name, onDeployment} = search
  const listed = await listTokens(api, scope, onDeployment)
  const wanted = name === undefined ? listed : listed.filter((token) => token.name === name)
  const best = await bestOf(api, wanted, search)
  if (best.length > 0) return best
  if (name === undefined) {
    const where = onDeployment === undefined ? 'There is no' : `Deployment ${onDeployment} has no`
    throw new AstroError('not_found', `${where} ${scope.label} to choose from.`, {hint: seeTokens(scope)})
  }

  const namesakes = (await api.listTokens({})).filter((token) => token.name === name)
  const elsewhere = namesakes.filter((token) => token.scope === scope.type)
  if (elsewhere.length === 1) return elsewhere
  if (elsewhere.length > 0) return requireSome(await bestOf(api, elsewhere, search), scope, search)
  throw namesakes[0] ? wrongScope(scope, namesakes[0]) : await nameNotFound(name, listed, scope, onDeployment)
}

/** The error for several tokens of one name. */
export function ambiguousToken(tokens: readonly ApiToken[], {label}: TokenScope): AstroError {
  const name = tokens[0]?.name ?? ''
  return new AstroError('ambiguous', `${tokens.length} ${label}s are named "${name}".`, {
    candidates: tokens.map(({id}) => ({id, name})),
    hint: `Use the ID instead of the name: ${tokens.map(({id}) => id).join(' or ')}`,
  })
}

async function listTokens(
  api: AstroApi,
  scope: TokenScope,
  deploymentId: string | undefined,
): Promise<readonly ApiToken[]> {
  const filter = deploymentId === undefined ? scope.filter : {deploymentId}
  const tokens = await api.listTokens(filter).catch((error: unknown) => {
    // The caller checks that the Deployment exists.
    if (deploymentId !== undefined && hasKind(error, 'not_found')) return []
    throw error
  })
  return tokens.filter((token) => token.scope === scope.type)
}

async function bestOf(api: AstroApi, tokens: readonly ApiToken[], {rank}: TokenSearch): Promise<readonly ApiToken[]> {
  if (!rank) return tokens
  const ranked = (await withRoles(api, tokens)).map((token) => ({token, value: rank(token)}))
  let best = 0
  for (const {value} of ranked) best = Math.max(best, value)
  return best === 0 ? [] : ranked.filter(({value}) => value === best).map(({token}) => token)
}

function requireSome(
  tokens: readonly ApiToken[],
  {label}: TokenScope,
  {deploymentIds, name}: TokenSearch,
): readonly ApiToken[] {
  if (tokens.length > 0) return tokens
  const where = deploymentIds ? `Deployment ${deploymentIds.join(', ')}` : 'a Deployment'
  throw new AstroError('not_found', `None of the ${label}s named "${name ?? ''}" has a role on ${where}.`, {
    hint: 'See where they have one: {{list}} --all-deployments',
  })
}

async function nameNotFound(
  name: string,
  tokens: readonly ApiToken[],
  scope: TokenScope,
  onDeployment: string | undefined,
): Promise<AstroError> {
  const {closest} = await import('../closest.js')
  const candidates = closest(name, tokens, (token) => [token.name]).map((token) => ({id: token.id, name: token.name}))
  const where = onDeployment === undefined ? '' : ` with a role on Deployment ${onDeployment}`
  return new AstroError('not_found', `No ${scope.label}${where} is named "${name}".`, {
    candidates,
    hint:
      candidates.length > 0
        ? `Did you mean ${candidates.map((token) => `"${token.name}" (${token.id})`).join(' or ')}?`
        : seeTokens(scope),
  })
}
