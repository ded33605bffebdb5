import {createClient} from '../../src/lib/astro-api/client.js'
import {statusError} from '../../src/lib/astro-api/failures.js'
import {type Http} from '../../src/lib/astro-api/http.js'
import {type AstroApi, createAstroApi} from '../../src/lib/astro-api/operations.js'
import {
  type ApiToken,
  type Deployment,
  type Role,
  type SubjectRoles,
  type TokenRole,
} from '../../src/lib/astro-api/responses.js'
import {createEmulator, handle} from '../astro-api/emulator.js'
import {encodeJwt} from '../astro-api/jwt.js'
import {recordedRequest} from '../astro-api/requests.js'
import {contentOf} from '../astro-api/response-bytes.js'
import {type Role as EmulatedRole} from '../astro-api/types.js'
import {type World, type WorldDeployment, type WorldToken} from '../astro-api/world.js'

/** What an Organization has; some of the operations may be replaced. */
export interface Organization extends Partial<AstroApi> {
  readonly tokens?: readonly ApiToken[]
  readonly deployments?: readonly Deployment[]
  readonly roles?: readonly Role[]
}

export interface FakeAstroApi extends AstroApi {
  /** The calls in their order: the operation and its arguments. */
  readonly calls: (readonly [operation: keyof AstroApi, ...args: unknown[]])[]
}

/** The operations on the emulator, without a socket, for an Organization that has these items. */
export function fakeAstroApi({deployments, roles = [], tokens = [], ...replaced}: Organization = {}): FakeAstroApi {
  const world = worldOf(tokens, roles, deployments)
  const organizationId = world.organizations[0]?.id ?? ''
  const client = createClient(emulatedHttp(world), {
    apiHost: 'https://emulator.example',
    bearer: () => encodeJwt({permissions: [`organizationId:${organizationId}`]}),
  })
  const api = {...createAstroApi(client, organizationId, {status() {}}), ...replaced}
  const calls: FakeAstroApi['calls'] = []
  return {
    calls,
    async getToken(tokenId) {
      calls.push(['getToken', tokenId])
      return api.getToken(tokenId)
    },
    async listTokens(filter) {
      calls.push(['listTokens', filter])
      return api.listTokens(filter)
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

/** Whatever the tokens have a role on exists, but for Deployments if some are given. */
function worldOf(
  tokens: readonly ApiToken[],
  roles: readonly Role[],
  deployments: readonly Deployment[] | undefined,
): World {
  const entries = tokens.flatMap((token) => token.roles ?? [])
  const idsOf = (type: string) => [
    ...new Set(entries.filter(({entityType}) => entityType === type).map(({entityId}) => entityId)),
  ]
  const held = entries
    .filter(({entityType}) => entityType !== 'DEPLOYMENT')
    .map(({entityType, role}) => ({name: role, scopeType: entityType.replace('DAG_TAG', 'DAG')}))
  const [organizationId = 'clorg1'] = idsOf('ORGANIZATION')
  return {
    organizations: [{id: organizationId, name: 'Acme Air'}],
    workspaces: idsOf('WORKSPACE').map((id) => ({id, name: id, organizationId})),
    // Items may lack what the service does not read.
    deployments: (deployments ?? idsOf('DEPLOYMENT').map((id) => ({id, name: id}))).map(
      (deployment) => ({...deployment, organizationId}) as WorldDeployment,
    ),
    tokens: tokens.map((token) => ({...token}) as WorldToken),
    customRoles: [...roles, ...held] as EmulatedRole[],
    defaultRoles: [],
    withoutRolesInLists: [],
  }
}

function emulatedHttp(world: World): Http {
  const emulator = createEmulator(world)
  return async ({headers = {}, json, method, url}) => {
    const request = {method, url, body: json ?? null, headers: {'content-type': 'application/json', ...headers}}
    const outcome = await handle(emulator, recordedRequest(request, 1))
    if (outcome.kind !== 'response') throw new Error(`Unexpected fault: ${outcome.kind}`)
    const {status} = outcome.response
    const text = contentOf(outcome.response).toString()
    if (status >= 400) throw statusError({status, body: text, retryAfter: undefined, now: 0})
    return JSON.parse(text) as unknown
  }
}

/** An Organization token, frozen, because callers must not change what they read. */
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

/** An entry of a token's roles. */
export function roleOnDeployment(entityId: string, role: string) {
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
