import {AstroError} from '../errors.js'
import {type Client, type Query} from './client.js'
import {numberThatChanges} from './exact-json.js'
import {fetchAll, PAGE_SIZE} from './paging.js'
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
} from './responses.js'

/** Filters a list of tokens; without a filter, the list has all tokens of the Organization. */
export interface TokenFilter {
  /** Only tokens with a role on this Deployment or its DAGs. */
  readonly deploymentId?: string
  /** Only tokens of scope ORGANIZATION. */
  readonly includeOnlyOrganizationTokens?: boolean
}

/** Filters a list of Deployments; without a filter, the list has all Deployments of the Organization. */
export interface DeploymentFilter {
  readonly deploymentIds?: readonly string[]
  readonly workspaceIds?: readonly string[]
}

/** The Astro API of one Organization, as far as this project uses it. Lists are complete, including all pages. */
export interface AstroApi {
  listTokens(filter: TokenFilter): Promise<readonly ApiToken[]>
  /** Throws `not_found` if no token of the Organization has the ID. */
  getToken(tokenId: string): Promise<ApiToken>
  /**
   * Reads a token before a write. Also throws `api` if its roles cannot be sent back exactly as they were read, because
   * a number in them would change or because they are nested too deeply.
   */
  getTokenForWrite(tokenId: string): Promise<ApiToken>
  /** Replaces ALL roles of the token. Returns the roles in the response; undefined if it has no body. */
  setTokenRoles(tokenId: string, roles: readonly TokenRole[]): Promise<SubjectRoles | undefined>
  listDeployments(filter?: DeploymentFilter): Promise<readonly Deployment[]>
  /** The roles that a token can have on a Deployment: Astro's own and custom ones. */
  listDeploymentRoles(): Promise<readonly Role[]>
}

/** Reports the progress of lists with several pages: the pages received so far, and the number of all pages. */
export type OnPages = (done: number, all: number) => void

/** Creates the API of an Organization. The client has the host and the credential. */
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
  // Oldest first: an item that is created between two pages then comes last and does not shift the others.
  const sorts = 'createdAt:asc'
  return {
    listTokens: async (filter) => list(reader, `${root}/tokens`, {...filter, sorts}, ['tokens', readToken]),
    getToken: async (tokenId) => readToken(await client.get(tokenPath(tokenId))),
    getTokenForWrite: async (tokenId) => getTokenForWrite(client, tokenPath(tokenId)),
    async setTokenRoles(tokenId, roles) {
      const response = await client.post(`${tokenPath(tokenId)}/roles`, {roles})
      return response === undefined ? undefined : readSubjectRoles(response)
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

/** JSON.stringify recurses and can overflow the stack; JSON.parse does not. */
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

/** Reads a complete list. `key` is the key of the items in a page, and `readItem` checks one of them. */
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
      // Each page has Astro's own roles beside the list.
      for (const role of readList(body, 'defaultRoles', readRole) ?? []) defaults.set(role.name, role)
      return readPage(body, 'roles', readRole)
    },
    {keyOf: (role) => role.name},
  )
  return [...defaults.values(), ...custom].filter((role) => role.scopeType === 'DEPLOYMENT')
}
