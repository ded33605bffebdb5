import {type Report} from '../context.js'
import {type Client, type Query} from './client.js'
import {fetchAll, PAGE_SIZE, type PageOptions} from './paging.js'
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

export interface TokenFilter {
  /** Only tokens with a role on this Deployment or its DAGs. */
  readonly deploymentId?: string
  /** Only tokens of scope ORGANIZATION. */
  readonly includeOnlyOrganizationTokens?: boolean
}

export interface DeploymentFilter {
  readonly deploymentIds?: readonly string[]
  readonly names?: readonly string[]
  readonly workspaceIds?: readonly string[]
}

/** The Astro API of one Organization, as far as this project uses it. Lists are complete. */
export interface AstroApi {
  listTokens(filter: TokenFilter): Promise<readonly ApiToken[]>
  /** Throws `not_found` if no token of the Organization has the ID. */
  getToken(tokenId: string): Promise<ApiToken>
  /** Replaces ALL roles of the token. Returns the roles in the response; undefined if it has no body. */
  setTokenRoles(tokenId: string, roles: readonly TokenRole[]): Promise<SubjectRoles | undefined>
  listDeployments(filter?: DeploymentFilter): Promise<readonly Deployment[]>
  /** The roles that a token can have on a Deployment: Astro's own and custom ones. */
  listDeploymentRoles(): Promise<readonly Role[]>
}

export function createAstroApi(client: Client, organizationId: string, report: Pick<Report, 'status'>): AstroApi {
  const reader = createReader(client, report)
  const root = `organizations/${encodeURIComponent(organizationId)}`
  const tokenPath = (tokenId: string) => `${root}/tokens/${encodeURIComponent(tokenId)}`
  // Oldest first: an item that is created between two pages then comes last and does not shift the others.
  const sorts = 'createdAt:asc'
  return {
    listTokens: async (filter) => list(reader, `${root}/tokens`, {...filter, sorts}, ['tokens', readToken]),
    getToken: async (tokenId) => readToken(await client.get(tokenPath(tokenId))),
    async setTokenRoles(tokenId, roles) {
      const response = await client.post(`${tokenPath(tokenId)}/roles`, {roles})
      return response === undefined ? undefined : readSubjectRoles(response)
    },
    listDeployments: async (filter = {}) =>
      list(reader, `${root}/deployments`, {...filter, sorts}, ['deployments', readDeployment]),
    listDeploymentRoles: async () => listDeploymentRoles(reader, root),
  }
}

export async function listOrganizations(client: Client): Promise<readonly Organization[]> {
  return list({client, countPage() {}}, 'organizations', {}, ['organizations', readOrganization])
}

interface Reader extends Pick<PageOptions<unknown>, 'countPage'> {
  readonly client: Client
}

/** Reports the pages that all lists have received so far. */
function createReader(client: Client, report: Pick<Report, 'status'>): Reader {
  let [done, all] = [0, 0]
  return {
    client,
    countPage(known) {
      done += 1
      all += known
      report.status(done < all ? `${done} of ${all} pages` : '')
    },
  }
}

async function list<T extends {readonly id: string}>(
  {client, countPage}: Reader,
  path: string,
  query: Query,
  [key, readItem]: readonly [key: string, readItem: ReadItem<T>],
): Promise<readonly T[]> {
  return fetchAll(
    async (offset) => readPage(await client.get(path, {...query, limit: PAGE_SIZE, offset}), key, readItem),
    {keyOf: (item) => item.id, countPage},
  )
}

async function listDeploymentRoles({client, countPage}: Reader, root: string): Promise<readonly Role[]> {
  const query = {includeDefaultRoles: true, limit: PAGE_SIZE, scopeTypes: ['DEPLOYMENT']}
  const defaults = new Map<string, Role>()
  const custom = await fetchAll(
    async (offset) => {
      const body = await client.get(`${root}/roles`, {...query, offset})
      // Each page has Astro's own roles beside the list.
      for (const role of readList(body, 'defaultRoles', readRole) ?? []) defaults.set(role.name, role)
      return readPage(body, 'roles', readRole)
    },
    {keyOf: (role) => role.name, countPage},
  )
  return [...defaults.values(), ...custom].filter((role) => role.scopeType === 'DEPLOYMENT')
}
