import type {Answer} from './answers.js'
import type {OperationId, Route} from './contract.js'
import type {Credential, Credentials} from './credentials.js'
import type {Role} from './types.js'
import type {World, WorldDeployment, WorldToken} from './world.js'

import {errorAnswer} from './answers.js'
import {clientId} from './credentials.js'
import {byOneOf, page, sorted} from './listing.js'
import {renew} from './oauth.js'
import {laggingToken, replaceRoles} from './role-writes.js'

/** A request that the contract has found in order. */
export interface Call {
  world: World
  credentials: Credentials
  /** Undefined where the operation needs none. */
  credential: Credential | undefined
  params: Route['params']
  query: URLSearchParams
  body: unknown
  requestId: string
  now: Date
  /** The emulator's own address, without a slash at its end. */
  url: string
}

export type Handler = (call: Call) => Answer

/** What each operation does. */
export const handlers: Readonly<Record<OperationId, Handler>> = {
  listOrganizations(call) {
    const own = call.world.organizations.filter(({id}) => call.credential?.organizations.includes(id))
    return page(call.query, 'organizations', own)
  },
  listDeployments(call) {
    const {query} = call
    const found = deploymentsOf(call)
      .filter(byOneOf(query.getAll('deploymentIds'), ({id}) => id))
      .filter(byOneOf(query.getAll('names'), ({name}) => name))
      .filter(byOneOf(query.getAll('workspaceIds'), ({workspaceId}) => workspaceId))
    return page(query, 'deployments', sorted(found, query.getAll('sorts'), deploymentField))
  },
  getDeployment(call) {
    const deployment = deploymentsOf(call).find(({id}) => id === call.params.deploymentId)
    return deployment ? {status: 200, body: deployment} : notFound(call, 'Deployment', call.params.deploymentId)
  },
  listRoles(call) {
    const {query, world} = call
    const inScope = (roles: Role[]) => roles.filter(byOneOf(query.getAll('scopeTypes'), ({scopeType}) => scopeType))
    const {status, body} = page(query, 'roles', inScope(ownedByFirst(call, world.customRoles)))
    if (query.get('includeDefaultRoles') !== 'true') return {status, body}
    return {status, body: {...body, defaultRoles: inScope(world.defaultRoles)}}
  },
  listApiTokens(call) {
    const {query} = call
    const [workspaceId, deploymentId] = [query.get('workspaceId'), query.get('deploymentId')]
    if (deploymentId !== null && !deploymentsOf(call).some(({id}) => id === deploymentId)) {
      return notFound(call, 'Deployment', deploymentId)
    }

    if (workspaceId !== null && !workspaceIdsOf(call).includes(workspaceId)) {
      return notFound(call, 'Workspace', workspaceId)
    }

    const onlyOrganization = query.get('includeOnlyOrganizationTokens') === 'true'
    const found = ownedByFirst(call, call.world.tokens)
      .filter(({scope}) => !onlyOrganization || scope === 'ORGANIZATION')
      .filter((token) => workspaceId === null || hasWorkspaceRole(token, workspaceId))
      .filter((token) => deploymentId === null || hasRoleInDeployment(token, deploymentId))
    const items = found.map((token) => {
      const {roles, ...bare} = token
      return roles && call.world.withoutRolesInLists.includes(token.id) ? bare : token
    })
    return page(query, 'tokens', sorted(items, query.getAll('sorts'), tokenField))
  },
  getApiToken(call) {
    const token = tokenOf(call)
    const {now, world} = call
    return token
      ? {status: 200, body: laggingToken(token, now, world.readLagMs ?? 0)}
      : notFound(call, 'API token', call.params.tokenId)
  },
  updateApiTokenRoles(call) {
    const token = tokenOf(call)
    if (token === undefined) return notFound(call, 'API token', call.params.tokenId)
    const written = replaceRoles(token, call)
    return 'message' in written ? errorAnswer(written, call.requestId) : {status: 200, body: written}
  },
  getAuthConfig({url}) {
    return {status: 200, body: {clientId, audience: 'astronomer-ee', domainUrl: `${url}/`}}
  },
  renewAccessToken: renew,
}

function notFound({requestId}: Call, kind: string, id = ''): Answer {
  return errorAnswer({status: 404, message: `${kind} ${id} was not found`}, requestId)
}

function deploymentsOf({params, world}: Call): WorldDeployment[] {
  return world.deployments.filter(({organizationId}) => organizationId === params.organizationId)
}

function workspaceIdsOf({params, world}: Call): string[] {
  return world.workspaces.filter(({organizationId}) => organizationId === params.organizationId).map(({id}) => id)
}

/** Tokens and roles are the first Organization's; see World. */
function ownedByFirst<Item>({params, world}: Call, items: Item[]): Item[] {
  return world.organizations[0]?.id === params.organizationId ? items : []
}

function tokenOf(call: Call): undefined | WorldToken {
  return ownedByFirst(call, call.world.tokens).find(({id}) => id === call.params.tokenId)
}

function hasWorkspaceRole({roles = []}: WorldToken, workspaceId: string): boolean {
  return roles.some(({entityType, entityId}) => entityType === 'WORKSPACE' && entityId === workspaceId)
}

function hasRoleInDeployment({roles = []}: WorldToken, id: string): boolean {
  return roles.some(({deploymentId, entityId, entityType}) => {
    const holder = entityType === 'DEPLOYMENT' ? entityId : entityType.startsWith('DAG') && deploymentId
    return holder === id
  })
}

function deploymentField({createdAt, name, updatedAt}: WorldDeployment, field: string): string {
  return {createdAt, name, updatedAt}[field] ?? ''
}

function tokenField({createdAt, description, name, startAt, updatedAt}: WorldToken, field: string): string {
  return {createdAt, description, name, tokenStartAt: startAt, updatedAt}[field] ?? ''
}
