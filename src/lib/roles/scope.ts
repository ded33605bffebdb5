import {type AstroApi, type TokenFilter} from '../astro-api/operations.js'
import {type ApiToken, type TokenRole} from '../astro-api/responses.js'
import {AstroError, hasKind} from '../errors.js'
import {notFound, tokenLabel} from './errors.js'

/** The kind of tokens that the commands work with, by the scope in which they were created. */
export interface TokenScope {
  /** The API's name: ORGANIZATION, WORKSPACE or DEPLOYMENT. */
  readonly type: string
  readonly label: string
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
    const details = {...error.details, hint: seeTokens(scope)}
    throw new AstroError('not_found', `No ${scope.label} has the ID ${tokenId}.`, details)
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
  const message = `${tokenLabel(token)} is a token of scope ${token.scope}, not an ${scope.label}.`
  return new AstroError('not_found', message, {hint: 'Manage its roles in the scope where it was created'})
}

/** The `not_found` error for an unknown name. `where` follows the kind of token. */
export async function tokenNotFound(
  scope: TokenScope,
  name: string,
  tokens: readonly ApiToken[],
  where = '',
): Promise<AstroError> {
  const search = {wanted: name, isId: false, items: tokens, otherwise: seeTokens(scope)}
  return notFound(`No ${scope.label}${where} is named "${name}".`, search)
}

export function seeTokens({label, listCommand}: TokenScope): string {
  return `List the ${label}s with the Astro CLI: ${listCommand}`
}

/** The token's roles. Throws `api` if there are none, since every token has one and a write would lose the others. */
export function rolesOf({id, roles}: ApiToken): readonly TokenRole[] {
  if (roles && roles.length > 0) return roles
  throw new AstroError('api', `The Astro API returned token ${id} without its roles.`, {
    hint: 'Try again. If it happens again, contact Astronomer support',
  })
}

export type TokenWithRoles = ApiToken & {readonly roles: readonly TokenRole[]}

/** Reads the tokens without roles by ID. Throws `api` if that has no roles either. */
export async function withRoles(api: AstroApi, tokens: readonly ApiToken[]): Promise<readonly TokenWithRoles[]> {
  const completing = tokens.map(async (token) => ({
    ...token,
    roles: rolesOf(token.roles?.length ? token : await api.getToken(token.id)),
  }))
  return Promise.all(completing)
}
