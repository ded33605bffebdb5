import {type ApiToken} from '../astro-api/answers.js'
import {type AstroApi, type TokenFilter} from '../astro-api/operations.js'
import {AstroError} from '../errors.js'

/** The token that a command is about: by its ID, by its exact name, or one that the user picks. */
export type TokenSelector = 'pick' | {readonly id: string} | {readonly name: string}

/**
 * Asks the user for one of the tokens, and gives its ID. What helps to tell them apart is their roles on these
 * Deployments, on any where undefined.
 */
export type ChooseToken = (tokens: readonly ApiToken[], deploymentIds: readonly string[] | undefined) => Promise<string>

export interface TokenSearch {
  /** The Deployments that the command is about; undefined where that is not known yet. */
  readonly deploymentIds?: readonly string[] | undefined
  /** A Deployment on which the token should have a role: those that it lists are looked at first. */
  readonly onDeployment?: string | undefined
  /**
   * How well a token fits, such as on how many of the Deployments it has a role: those that fit best are meant, and none
   * that does so by 0. All fit alike unless given.
   */
  readonly rank?: (token: ApiToken) => number
  /** Undefined where nobody can be asked. */
  readonly choose?: ChooseToken | undefined
}

export const ORGANIZATION = 'ORGANIZATION'

/**
 * The ID of the token that is meant. An ID is taken as it is, and nothing is sent. A name is looked for among the
 * Organization's tokens or, with `onDeployment`, first among those of them that have a role on that Deployment; where
 * several have it, `choose` decides.
 *
 * Throws `not_found` with the closest names, or with what the token of that name is instead, and where there is none to
 * pick from; `ambiguous` for a name that several tokens have, and `usage` for none, where nobody can be asked.
 */
export async function findTokenId(api: AstroApi, selector: TokenSelector, search: TokenSearch = {}): Promise<string> {
  if (selector === 'pick') return pickToken(api, search)
  if ('id' in selector) return selector.id

  const {onDeployment} = search
  const tokens = await listOrganizationTokens(api, onDeployment)
  const named = bestOf(
    tokens.filter((token) => token.name === selector.name),
    search,
  )
  if (named.length > 0) return theOne(named, search)

  const namesakes = (await api.listTokens({})).filter((token) => token.name === selector.name)
  const elsewhere = namesakes.filter((token) => token.scope === ORGANIZATION)
  const [only, ...others] = elsewhere
  // Whoever goes on with the only one of the name says what it lacks.
  if (only) return theOne(others.length > 0 ? bestOf(elsewhere, search) : elsewhere, search, selector.name)
  throw namesakes[0] ? wrongScope(namesakes[0]) : await nameNotFound(selector.name, tokens, onDeployment)
}

function bestOf(tokens: readonly ApiToken[], {rank}: TokenSearch): readonly ApiToken[] {
  if (!rank) return tokens
  const ranked = tokens.map((token) => ({token, value: rank(token)}))
  let best = 0
  for (const {value} of ranked) best = Math.max(best, value)
  return best === 0 ? [] : ranked.filter(({value}) => value === best).map(({token}) => token)
}

/** The `usage` error where no token is named and nobody can be asked. */
export function noTokenNamed(): AstroError {
  return new AstroError('usage', 'Which token? None was named.', {
    hint: 'Give its TOKEN-ID, or its name with --org-token-name',
  })
}

async function pickToken(api: AstroApi, search: TokenSearch): Promise<string> {
  const {choose, deploymentIds, onDeployment} = search
  if (!choose) throw noTokenNamed()
  const tokens = bestOf(await listOrganizationTokens(api, onDeployment), search)
  if (tokens.length > 0) return choose(tokens, deploymentIds)
  const where = onDeployment === undefined ? '' : ` on Deployment ${onDeployment}`
  throw new AstroError('not_found', `There is no Organization token to pick from${where}.`, {
    hint: 'See the tokens there are: astro organization token list',
  })
}

async function listOrganizationTokens(api: AstroApi, onDeployment: string | undefined): Promise<readonly ApiToken[]> {
  const filter = onDeployment === undefined ? {includeOnlyOrganizationTokens: true} : {deploymentId: onDeployment}
  return (await listIfAny(api, filter)).filter((token) => token.scope === ORGANIZATION)
}

/**
 * Reads the token by its ID, before its roles are written. Throws `not_found` where there is none, or one that is not an
 * Organization token, and `api` where its roles could not be sent back unchanged.
 */
export async function readOrganizationToken(api: AstroApi, tokenId: string): Promise<ApiToken> {
  const token = await api.getTokenForWrite(tokenId).catch((error: unknown) => {
    if (!(error instanceof AstroError) || error.kind !== 'not_found') throw error
    throw new AstroError('not_found', `No Organization token has the ID ${tokenId}.`, {
      ...error.details,
      hint: 'See the tokens there are: astro organization token list',
    })
  })
  // Its roles would be written to the token that was asked for.
  if (token.id.toLowerCase() !== tokenId.toLowerCase()) {
    throw new AstroError('api', `The Astro API answered with token ${token.id} where ${tokenId} was asked for.`)
  }

  if (token.scope !== ORGANIZATION) throw wrongScope(token)
  return token
}

/** A Deployment that does not exist lists none; whoever goes on with its ID finds that out and says so. */
async function listIfAny(api: AstroApi, filter: TokenFilter): Promise<readonly ApiToken[]> {
  return api.listTokens(filter).catch((error: unknown) => {
    if (error instanceof AstroError && error.kind === 'not_found' && filter.deploymentId !== undefined) return []
    throw error
  })
}

/** The ID of the only token of a name, or of the one that is chosen. Throws `not_found` where none of them fits. */
async function theOne(
  namesakes: readonly ApiToken[],
  {choose, deploymentIds}: TokenSearch,
  name = '',
): Promise<string> {
  const [token, ...others] = namesakes
  if (!token) {
    const where = deploymentIds ? `Deployment ${deploymentIds.join(', ')}` : 'a Deployment'
    throw new AstroError('not_found', `None of the Organization tokens of the name "${name}" has a role on ${where}.`, {
      hint: 'See where they have one: {{list}} --all-deployments',
    })
  }

  if (others.length === 0) return token.id
  if (choose) return choose(namesakes, deploymentIds)
  const candidates = namesakes.map(({id, name}) => ({id, name}))
  throw new AstroError('ambiguous', `${namesakes.length} Organization tokens have the name "${token.name}".`, {
    candidates,
    hint: `Give the ID in place of the name: ${candidates.map(({id}) => id).join(' or ')}`,
  })
}

async function nameNotFound(
  name: string,
  tokens: readonly ApiToken[],
  onDeployment: string | undefined,
): Promise<AstroError> {
  const {closest} = await import('../closest.js')
  const candidates = closest(name, tokens, (token) => [token.name]).map((token) => ({id: token.id, name: token.name}))
  const where = onDeployment === undefined ? '' : ` with a role on Deployment ${onDeployment}`
  return new AstroError('not_found', `No Organization token${where} has the name "${name}".`, {
    candidates,
    hint:
      candidates.length > 0
        ? `Did you mean ${candidates.map((token) => `"${token.name}" (${token.id})`).join(' or ')}?`
        : 'See the tokens there are: astro organization token list',
  })
}

function wrongScope(token: ApiToken): AstroError {
  return new AstroError(
    'not_found',
    `"${token.name}" (${token.id}) is a token of scope ${token.scope}, not an Organization token.`,
    {hint: 'Its roles are managed where it was made; here, name a token of scope ORGANIZATION'},
  )
}
