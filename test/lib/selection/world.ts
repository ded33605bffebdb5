import {type ApiToken, type TokenRole} from '../../../src/lib/astro-api/responses.js'
import {organizationToken} from '../fake-astro-api.js'

const MEMBER = {entityType: 'ORGANIZATION', entityId: 'clorg1', role: 'ORGANIZATION_MEMBER'}

/** A token with these roles besides its role in the Organization, which every token has. */
export function namedToken(id: string, name: string, roles: readonly TokenRole[] = [], scope?: string): ApiToken {
  return organizationToken(id, [{...MEMBER}, ...roles], {name, ...(scope !== undefined && {scope})})
}

export function roleOnDag(deploymentId: string): TokenRole {
  return {entityType: 'DAG_TAG', entityId: 'finance', deploymentId, role: 'DAG_VIEWER'}
}
