import {type AstroApi} from '../astro-api/operations.js'
import {type ApiToken} from '../astro-api/responses.js'
import {AstroError, hasKind} from '../errors.js'
import {seeTokens, tokenNotFound, type TokenScope, withRoles, wrongScope} from '../roles/scope.js'

/**
 * Prompts for one of these tokens and returns its ID. `deploymentIds` are the Deployments of the command; undefined if
 * they depend on the token.
 */
export type PickToken = (tokens: readonly ApiToken[], deploymentIds: readonly string[] | undefined) => Promise<string>

/**
 * Selects a token by its ID, by its exact name, or with a prompt. `pick` also decides between tokens with the same
 * name.
 */
export type TokenSelector =
  {readonly id: string} | {readonly name: string; readonly pick?: PickToken | undefined} | {readonly pick: PickToken}

export interface TokenSearch {
  /** The Deployments of the command; undefined if they depend on the token. */
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
 * Returns the ID of the selected token. Returns a given ID without a request. Searches a name among all tokens of the
 * scope or, with `onDeployment`, first among the tokens of this Deployment.
 *
 * Throws `not_found` with similar names, or with the scope of the token if it has another scope. Throws `ambiguous` if
 * several tokens have the name and it cannot prompt.
 */
export async function selectTokenId(
  api: AstroApi,
  scope: TokenScope,
  selector: TokenSelector,
  search: TokenSearch = {},
): Promise<string> {
  if ('id' in selector) return selector.id
  const listed = await listTokens(api, scope, search.onDeployment)
  if (!('name' in selector)) return promptForToken(await bestOf(api, listed, search), scope, selector.pick, search)

  const {name} = selector
  const named = await bestOf(
    api,
    listed.filter((token) => token.name === name),
    search,
  )
  if (named.length > 0) return onlyToken(named, scope, selector, search)

  const namesakes = (await api.listTokens({})).filter((token) => token.name === name)
  const elsewhere = namesakes.filter((token) => token.scope === scope.type)
  if (elsewhere.length > 0) {
    // The only match. The caller reports a missing role.
    const [only, ...others] = elsewhere
    if (only && others.length === 0) return only.id
    return onlyToken(await bestOf(api, elsewhere, search), scope, selector, search)
  }

  const where = search.onDeployment === undefined ? '' : ` with a role on Deployment ${search.onDeployment}`
  throw namesakes[0] ? wrongScope(scope, namesakes[0]) : await tokenNotFound(scope, name, listed, where)
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

async function promptForToken(
  tokens: readonly ApiToken[],
  scope: TokenScope,
  pick: PickToken,
  {deploymentIds, onDeployment}: TokenSearch,
): Promise<string> {
  if (tokens.length > 0) return pick(tokens, deploymentIds)
  const where = onDeployment === undefined ? 'There is no' : `Deployment ${onDeployment} has no`
  throw new AstroError('not_found', `${where} ${scope.label} to choose from.`, {hint: seeTokens(scope)})
}

async function onlyToken(
  namesakes: readonly ApiToken[],
  {label}: TokenScope,
  {name, pick}: {readonly name: string; readonly pick?: PickToken | undefined},
  {deploymentIds}: TokenSearch,
): Promise<string> {
  const [token, ...others] = namesakes
  if (!token) {
    const where = deploymentIds ? `Deployment ${deploymentIds.join(', ')}` : 'a Deployment'
    throw new AstroError('not_found', `None of the ${label}s named "${name}" has a role on ${where}.`, {
      hint: 'See where they have one: {{list}} --all-deployments',
    })
  }

  if (others.length === 0) return token.id
  if (pick) return pick(namesakes, deploymentIds)
  throw new AstroError('ambiguous', `${namesakes.length} ${label}s are named "${name}".`, {
    candidates: namesakes.map(({id}) => ({id, name})),
    hint: `Use the ID instead of the name: ${namesakes.map(({id}) => id).join(' or ')}`,
  })
}
