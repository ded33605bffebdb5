import {type AstroApi} from '../../../src/lib/astro-api/operations.js'
import {type TokenRole} from '../../../src/lib/astro-api/responses.js'
import {createTokenScoping, type RoleTarget, type TokenScoping} from '../../../src/lib/roles/token-scoping.js'
import {fakeAstroApi, organizationToken, roleOnDeployment} from '../fake-astro-api.js'
import {serviceOptions} from '../service-options.js'
import {MEMBER} from './write-world.js'

export const [ADMIN, READER] = ['DEPLOYMENT_ADMIN', 'Deploy Reader']
export const DAG = {entityType: 'DAG', entityId: 'load', deploymentId: 'd1', role: 'DAG_VIEWER'}
export const DAG_TAG = {entityType: 'DAG_TAG', entityId: 'finance', deploymentId: 'd2', role: 'DAG_AUTHOR'}
/** Entries that no command names, with fields and a type that this program does not know. */
export const OTHERS = [
  MEMBER,
  {...roleOnDeployment('d9', READER), grantedBy: {via: ['team', null]}},
  DAG,
  DAG_TAG,
  {entityType: 'SOMETHING_NEW', entityId: 'd1', role: 'NEW_ROLE', nested: {more: 1}},
]
const workspaceOf: Readonly<Record<string, string>> = {d1: 'w1', d2: 'w1', d3: 'w2', d9: 'w2'}
const deployments = Object.entries(workspaceOf).map(([id, workspaceId]) => ({id, name: `name-of-${id}`, workspaceId}))
const ORGANIZATION = {
  deployments,
  roles: [ADMIN, READER].map((name) => ({name, scopeType: 'DEPLOYMENT'})),
  listDeployments: async ({deploymentIds, workspaceIds}: Parameters<AstroApi['listDeployments']>[0] = {}) =>
    deployments.filter(
      ({id, workspaceId}) => (deploymentIds?.includes(id) ?? true) && (workspaceIds?.includes(workspaceId) ?? true),
    ),
}
export const NO_ROLES = 'The Astro API returned token a without its roles.'

/** The service in an Organization with a token `a`, named etl, that has these roles. */
export function organizationWith(
  roles: readonly TokenRole[] | undefined,
  more: Parameters<typeof fakeAstroApi>[0] = {},
) {
  const api = fakeAstroApi({...ORGANIZATION, tokens: [organizationToken('a', roles, {name: 'etl'})], ...more})
  return {api, scoping: createTokenScoping(api, serviceOptions())}
}

export type Command = 'add' | 'remove' | 'update'

/** Adds or updates to DEPLOYMENT_ADMIN on d1, or removes the role there, unless the target differs. */
export async function change(scoping: TokenScoping, command: Command, target: Partial<RoleTarget>) {
  const {role = ADMIN, ...rest} = target
  const whole = {tokenId: 'a', deploymentIds: ['d1'], ...rest}
  return command === 'remove' ? scoping.remove(whole) : scoping[command]({...whole, role})
}

export function rejectWith(error: Error): () => Promise<never> {
  return async () => {
    throw error
  }
}
