import {type AstroApi, type TokenFilter} from '../astro-api/operations.js'
import {type ApiToken, type TokenRole} from '../astro-api/responses.js'
import {AstroError, hasKind} from '../errors.js'
import {suggestionOf, tokenLabel} from './errors.js'

/** The kind of tokens that the commands work with, by the scope in which they were created. */
export interface TokenScope {
  /** The API's name: ORGANIZATION, WORKSPACE or DEPLOYMENT. */
  readonly type: string
  /** The name in messages. */
  readonly label: string
  /** The API's filter for a list of these tokens. */
  readonly filter: TokenFilter
  /** The Astro CLI's command that lists these tokens. */
  readonly listCommand: string
}

export const ORGANIZATION_TOKENS: TokenScope = {
  type: 'ORGANIZATION',
  label: 'Organization token',
  filter: {includeOnlyOrganizationTokens: true},
  listCommand: 'astro organization token list',
}

/** Reads a token by its ID. Throws `not_found` if there is none or if it has another scope. */
export async function readTokenOfScope(api: AstroApi, scope: TokenScope, tokenId: string): Promise<ApiToken> {
  const token = await api.getToken(tokenId).catch((error: unknown) => {
    if (!hasKind(error, 'not_found')) throw error
    throw new AstroError('not_found', `No ${scope.label} has the ID ${tokenId}.`, {
      ...error.details,
      hint: seeTokens(scope),
    })
  })
  // Otherwise the roles of one token would be written to another.
  if (token.id.toLowerCase() !== tokenId.toLowerCase()) {
    throw new AstroError('api', `The Astro API returned token ${token.id} instead of ${tokenId}.`)
  }

  if (token.scope !== scope.type) throw wrongScope(scope, token)
  return token
}

/** The `not_found` error for a token of another scope. */
export function wrongScope(scope: TokenScope, token: ApiToken): AstroError {
  return new AstroError(
    'not_found',
    `${tokenLabel(token)} is a token of scope ${token.scope}, not an ${scope.label}.`,
    {hint: 'Manage its roles in the scope where it was created'},
  )
}

/** The `not_found` error for an unknown name. Suggests tokens with a similar name. `where` follows the kind of token. */
export async function tokenNotFound(
  scope: TokenScope,
  name: string,
  tokens: readonly ApiToken[],
  where = '',
): Promise<AstroError> {
  const {closest} = await import('../closest.js')
  const likely = closest(name, tokens, (token) => [token.name])
  const details = suggestionOf(likely, (token) => tokenLabel(token), seeTokens(scope))
  return new AstroError('not_found', `No ${scope.label}${where} is named "${name}".`, details)
}

/** The hint with the command that lists the tokens. */
export function seeTokens({label, listCommand}: TokenScope): string {
  return `List the ${label}s with the Astro CLI: ${listCommand}`
}

/**
 * The token's roles. Throws `api` if the response has none. Every Organization token has at least one role, so an empty
 * list is incomplete and must not lead to a write.
 */
export function rolesOf({id, roles}: ApiToken): readonly TokenRole[] {
  if (roles && roles.length > 0) return roles
  throw new AstroError('api', `The Astro API returned token ${id} without its roles.`, {
    hint: 'Try again. If it happens again, contact Astronomer support',
  })
}

export type TokenWithRoles = ApiToken & {readonly roles: readonly TokenRole[]}

/** How many tokens to read at the same time. */
const BATCH = 8

/**
 * Adds missing roles to the tokens of a list by reading those tokens by ID. Throws `api` if that has no roles either.
 */
export async function withRoles(api: AstroApi, tokens: readonly ApiToken[]): Promise<readonly TokenWithRoles[]> {
  const complete: TokenWithRoles[] = []
  for (let start = 0; start < tokens.length; start += BATCH) {
    const batch = tokens
      .slice(start, start + BATCH)
      .map(async (token) => ({...token, roles: rolesOf(token.roles?.length ? token : await api.getToken(token.id))}))
    complete.push(...(await Promise.all(batch)))
  }

  return complete
}
