import {isDeepStrictEqual} from 'node:util'

import type {Refusal} from './answers.js'
import type {Call} from './handlers.js'
import type {SubjectRoles} from './types.js'
import type {TokenRole, World, WorldToken} from './world.js'

const roleScopes: ReadonlyMap<string, string> = new Map([
  ['DAG', 'DAG'],
  ['DAG_TAG', 'DAG'],
  ['DEPLOYMENT', 'DEPLOYMENT'],
  ['ORGANIZATION', 'ORGANIZATION'],
  ['WORKSPACE', 'WORKSPACE'],
])

/** The role lists that writes replaced, and when. */
const replaced = new WeakMap<WorldToken, readonly {at: number; roles: WorldToken['roles']}[]>()

/** The token as a read sees it that lags so many milliseconds behind. */
export function laggingToken(token: WorldToken, now: Date, lagMs: number): WorldToken {
  const since = now.getTime() - lagMs
  const shown = replaced.get(token)?.find(({at}) => at > since)
  return shown ? {...token, ...(shown.roles && {roles: shown.roles})} : token
}

/** Puts the roles of the request in place of all that the token has, or says why not and changes nothing. */
export function replaceRoles(token: WorldToken, call: Call): Refusal | SubjectRoles {
  // The contract has checked the body's shape.
  const {roles} = call.body as {roles: TokenRole[]}
  for (const [index, entry] of roles.entries()) {
    const refusal = refusalOf(entry, `roles.${index}`, token, call) ?? repetition(entry, roles.slice(0, index))
    if (refusal) return refusal
  }

  const past = replaced.get(token) ?? []
  replaced.set(token, [...past, {at: call.now.getTime(), roles: token.roles}])
  token.roles = roles
  token.updatedAt = call.now.toISOString()
  if (call.credential) token.updatedBy = call.credential.subject
  return subjectRoles(roles)
}

function refusalOf(entry: TokenRole, field: string, token: WorldToken, {params, world}: Call): Refusal | undefined {
  const {deploymentId, entityId, entityType, role} = entry
  const scope = roleScopes.get(entityType)
  if (scope === undefined) {
    // A type that came after the contract was written: the token may keep it.
    const kept = token.roles?.some((held) => isDeepStrictEqual(held, entry))
    return kept ? undefined : invalid(field, 'entityType', `Unknown entity type ${entityType}`)
  }

  if (scope === 'DAG' && deploymentId === undefined) {
    return invalid(field, 'deploymentId', `A role on a ${entityType} needs the deploymentId`)
  }

  const [kind, id] = scope === 'DAG' ? ['DEPLOYMENT', deploymentId ?? ''] : [entityType, entityId]
  if (!exists(kind, id, params.organizationId ?? '', world)) {
    return {status: 404, message: `${kind} ${id} was not found`}
  }

  const known = [...world.customRoles, ...world.defaultRoles].some(
    (one) => one.name === role && one.scopeType === scope,
  )
  return known ? undefined : {status: 400, message: `There is no role '${role}' for ${entityType}`}
}

function invalid(at: string, name: string, message: string): Refusal {
  return {status: 400, message, fieldErrors: [{code: 'invalid', field: `${at}.${name}`, message}]}
}

function exists(kind: string, id: string, organizationId: string, {deployments, workspaces}: World): boolean {
  if (kind === 'ORGANIZATION') return id === organizationId
  const among = kind === 'WORKSPACE' ? workspaces : deployments
  return among.some((one) => one.id === id && one.organizationId === organizationId)
}

/** A token has one role on a Deployment, Workspace or Organization. */
function repetition({entityId, entityType}: TokenRole, before: readonly TokenRole[]): Refusal | undefined {
  const counted = ['DEPLOYMENT', 'ORGANIZATION', 'WORKSPACE'].includes(entityType)
  const repeated = before.some((one) => one.entityType === entityType && one.entityId === entityId)
  return counted && repeated ? {status: 400, message: `More than one role for ${entityType} ${entityId}`} : undefined
}

/** Null, not an empty list, stands for no roles of a kind. */
function subjectRoles(roles: readonly TokenRole[]): SubjectRoles {
  const of = (type: string): TokenRole[] => roles.filter(({entityType}) => entityType === type)
  const inDag = ({deploymentId = '', role}: TokenRole) => ({deploymentId, role})
  return {
    organizationRole: of('ORGANIZATION')[0]?.role ?? null,
    workspaceRoles: orNull(of('WORKSPACE').map(({entityId, role}) => ({workspaceId: entityId, role}))),
    deploymentRoles: orNull(of('DEPLOYMENT').map(({entityId, role}) => ({deploymentId: entityId, role}))),
    dagRoles: orNull([
      ...of('DAG').map((entry) => ({dagId: entry.entityId, ...inDag(entry)})),
      ...of('DAG_TAG').map((entry) => ({dagTag: entry.entityId, ...inDag(entry)})),
    ]),
  }
}

function orNull<Item>(items: Item[]): Item[] | null {
  return items.length > 0 ? items : null
}
