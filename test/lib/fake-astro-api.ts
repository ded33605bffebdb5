import {
  type ApiToken,
  type Deployment,
  type Role,
  type SubjectRoles,
  type TokenRole,
} from '../../src/lib/astro-api/answers.js'
import {type AstroApi} from '../../src/lib/astro-api/operations.js'
import {AstroError} from '../../src/lib/errors.js'

/** What an Organization has; some of the operations may be replaced. */
export interface Organization extends Partial<AstroApi> {
  readonly tokens?: readonly ApiToken[]
  readonly deployments?: readonly Deployment[]
  readonly roles?: readonly Role[]
}

export interface FakeAstroApi extends AstroApi {
  /** What was asked, in its order: the operation and its arguments. */
  readonly calls: (readonly [operation: keyof AstroApi, ...args: unknown[]])[]
}

/** An Organization in memory that behaves as the Astro API is documented to. */
export function fakeAstroApi({deployments = [], roles = [], tokens = [], ...replaced}: Organization): FakeAstroApi {
  const stored = new Map(tokens.map((token) => [token.id, token]))
  const server: AstroApi = {
    listTokens: ({deploymentId, includeOnlyOrganizationTokens}) =>
      Promise.resolve(
        [...stored.values()].filter(
          (token) =>
            (!includeOnlyOrganizationTokens || token.scope === 'ORGANIZATION') &&
            (deploymentId === undefined || (token.roles ?? []).some((entry) => isWithin(entry, deploymentId))),
        ),
      ),
    getToken(tokenId) {
      const token = stored.get(tokenId)
      if (token) return Promise.resolve(token)
      return Promise.reject(
        new AstroError('not_found', 'The Astro API says: no token.', {status: 404, requestId: 'req-token'}),
      )
    },
    async getTokenForWrite(tokenId) {
      return this.getToken(tokenId)
    },
    async setTokenRoles(tokenId, written) {
      const known = {ids: deployments.map(({id}) => id), names: roles.map(({name}) => name)}
      const wrong = written.find(
        ({entityId, entityType, role}) =>
          entityType === 'DEPLOYMENT' && !(known.ids.includes(entityId) && known.names.includes(role)),
      )
      if (wrong)
        throw new AstroError('invalid_request', 'The Astro API says: no.', {status: 400, requestId: 'req-write'})
      stored.set(tokenId, {...(await this.getToken(tokenId)), roles: written})
      return subjectRoles(written)
    },
    listDeployments: ({deploymentIds} = {}) =>
      Promise.resolve(deployments.filter(({id}) => deploymentIds?.includes(id) ?? true)),
    listDeploymentRoles: () => Promise.resolve(roles),
  }
  const api = {...server, ...replaced}
  const calls: FakeAstroApi['calls'] = []
  return {
    calls,
    async listTokens(filter) {
      calls.push(['listTokens', filter])
      return api.listTokens(filter)
    },
    async getToken(tokenId) {
      calls.push(['getToken', tokenId])
      return api.getToken(tokenId)
    },
    async getTokenForWrite(tokenId) {
      return this.getToken(tokenId)
    },
    async setTokenRoles(tokenId, written) {
      calls.push(['setTokenRoles', tokenId, written])
      return api.setTokenRoles(tokenId, written)
    },
    async listDeployments(filter) {
      calls.push(filter === undefined ? ['listDeployments'] : ['listDeployments', filter])
      return api.listDeployments(filter)
    },
    async listDeploymentRoles() {
      calls.push(['listDeploymentRoles'])
      return api.listDeploymentRoles()
    },
  }
}

/** An Organization token, frozen as what is read must not be changed. */
export function organizationToken(id: string, roles?: readonly TokenRole[], more: Partial<ApiToken> = {}): ApiToken {
  for (const entry of roles ?? []) Object.freeze(entry)
  return Object.freeze({
    id,
    name: `name-of-${id}`,
    scope: 'ORGANIZATION',
    createdAt: '2026-01-02T03:04:05Z',
    ...(roles && {roles: Object.freeze(roles)}),
    ...more,
  })
}

export function roleOnDeployment(entityId: string, role: string): TokenRole {
  return {entityType: 'DEPLOYMENT', entityId, role}
}

/** What the API answers to a write of these roles. */
export function subjectRoles(roles: readonly TokenRole[]): SubjectRoles {
  const of = (type: string) => roles.filter(({entityType}) => entityType === type)
  return {
    organizationRole: of('ORGANIZATION')[0]?.role ?? null,
    workspaceRoles: of('WORKSPACE').map(({entityId, role}) => ({workspaceId: entityId, role})),
    deploymentRoles: of('DEPLOYMENT').map(({entityId, role}) => ({deploymentId: entityId, role})),
  }
}

function isWithin({deploymentId: holder, entityId, entityType}: TokenRole, deploymentId: string): boolean {
  return entityType === 'DEPLOYMENT' ? entityId === deploymentId : holder === deploymentId
}
