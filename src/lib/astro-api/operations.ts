import {AstroError} from '../errors.js'
import {
  type ApiToken,
  type Deployment,
  type Organization,
  readDeployment,
  type ReadItem,
  readList,
  readOrganization,
  readPage,
  readRole,
  readSubjectRoles,
  readToken,
  type Role,
  type SubjectRoles,
  type TokenRole,
} from './answers.js'
import {type Client, type Query} from './client.js'
import {numberThatChanges} from './exact-json.js'
import {fetchAll, PAGE_SIZE} from './paging.js'

/** Which tokens a list has; without a filter, all of the Organization. */
export interface TokenFilter {
  /** Those with a role on this Deployment or its DAGs. */
  readonly deploymentId?: string
  /** Those of scope ORGANIZATION. */
  readonly includeOnlyOrganizationTokens?: boolean
}

/** Which Deployments a list has; without a filter, all of the Organization. */
export interface DeploymentFilter {
  readonly deploymentIds?: readonly string[]
  readonly workspaceIds?: readonly string[]
}

/** What this project asks of one Organization's part of the Astro API. Lists are whole, whatever their pages. */
export interface AstroApi {
  listTokens(filter: TokenFilter): Promise<readonly ApiToken[]>
  /** Throws `not_found` for an ID that no token of the Organization has. */
  getToken(tokenId: string): Promise<ApiToken>
  /**
   * The same, for a token whose roles are about to be written. Throws `api` if they cannot be sent back exactly as they
   * were read, because a number in them would change or because they are nested too deeply.
   */
  getTokenForWrite(tokenId: string): Promise<ApiToken>
  /** Replaces ALL roles of the token. Returns what the API says it has now, undefined where it does not say. */
  setTokenRoles(tokenId: string, roles: readonly TokenRole[]): Promise<SubjectRoles | undefined>
  listDeployments(filter?: DeploymentFilter): Promise<readonly Deployment[]>
  /** The roles that a token can have on a Deployment, Astro's own and custom ones. */
  listDeploymentRoles(): Promise<readonly Role[]>
}

/** How far the reading of lists of several pages is: pages that came, of those in all. */
export type OnPages = (done: number, all: number) => void

/** The operations on an Organization, over a client that holds its host and credential. */
export function createAstroApi(client: Client, organizationId: string, onPages?: OnPages): AstroApi {
  const pages = {done: 0, all: 0}
  const reader = {
    client,
    onPage(known: number) {
      pages.done += 1
      pages.all += known
      onPages?.(pages.done, pages.all)
    },
  }

  const root = `organizations/${encodeURIComponent(organizationId)}`
  const tokenPath = (tokenId: string) => `${root}/tokens/${encodeURIComponent(tokenId)}`
  // Oldest first, so that what is made between two pages comes last and moves nothing.
  const sorts = 'createdAt:asc'
  return {
    listTokens: async (filter) => list(reader, `${root}/tokens`, {...filter, sorts}, ['tokens', readToken]),
    getToken: async (tokenId) => readToken(await client.get(tokenPath(tokenId))),
    getTokenForWrite: async (tokenId) => getTokenForWrite(client, tokenPath(tokenId)),
    async setTokenRoles(tokenId, roles) {
      const answer = await client.post(`${tokenPath(tokenId)}/roles`, {roles})
      return answer === undefined ? undefined : readSubjectRoles(answer)
    },
    listDeployments: async (filter = {}) =>
      list(reader, `${root}/deployments`, {...filter, sorts}, ['deployments', readDeployment]),
    listDeploymentRoles: async () => listDeploymentRoles(client, root),
  }
}

/** The Organizations that the credential belongs to. */
export async function listOrganizations(client: Client): Promise<readonly Organization[]> {
  return list({client}, 'organizations', {}, ['organizations', readOrganization])
}

async function getTokenForWrite(client: Client, path: string): Promise<ApiToken> {
  let json = ''
  const body = await client.get(path, {}, (text) => {
    json = text
  })
  const token = readToken(body)
  const number = numberThatChanges(json, 'roles')
  if (number !== undefined) throw rolesWouldChange(token, `${number} in them would change`)
  if (!canBeWritten(token.roles)) throw rolesWouldChange(token, 'they are nested too deeply')
  return token
}

/** JSON.stringify recurses; JSON.parse does not. */
function canBeWritten(value: unknown): boolean {
  try {
    JSON.stringify(value)
    return true
  } catch {
    return false
  }
}

function rolesWouldChange({id}: ApiToken, why: string): AstroError {
  return new AstroError('api', `The roles of token ${id} cannot be sent back as they are: ${why}.`, {
    hint: 'Change the roles of this token in the Astro UI instead',
  })
}

/** A whole list: `key` is where its items stand in a page, `readItem` checks one of them. */
async function list<T extends {readonly id: string}>(
  {client, onPage}: {readonly client: Client; readonly onPage?: (known: number) => void},
  path: string,
  query: Query,
  [key, readItem]: readonly [key: string, readItem: ReadItem<T>],
): Promise<readonly T[]> {
  return fetchAll(
    async (offset) => readPage(await client.get(path, {...query, limit: PAGE_SIZE, offset}), key, readItem),
    {keyOf: (item) => item.id, onPage},
  )
}

async function listDeploymentRoles(client: Client, root: string): Promise<readonly Role[]> {
  const query = {includeDefaultRoles: true, limit: PAGE_SIZE, scopeTypes: ['DEPLOYMENT']}
  const defaults = new Map<string, Role>()
  const custom = await fetchAll(
    async (offset) => {
      const body = await client.get(`${root}/roles`, {...query, offset})
      // Astro's own roles stand beside the list and come with each page.
      for (const role of readList(body, 'defaultRoles', readRole) ?? []) defaults.set(role.name, role)
      return readPage(body, 'roles', readRole)
    },
    {keyOf: (role) => role.name},
  )
  return [...defaults.values(), ...custom].filter((role) => role.scopeType === 'DEPLOYMENT')
}
