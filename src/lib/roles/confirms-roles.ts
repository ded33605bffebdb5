import {type SubjectRoles, type TokenRole} from '../astro-api/responses.js'

/**
 * Whether the response to a write has the roles that were sent. It must have the roles on Deployments, and at least one
 * role in total, because every token has one. Other kinds of roles are compared only if the response has them.
 */
export function confirmsRoles(response: SubjectRoles | undefined, sent: readonly TokenRole[]): boolean {
  if (response?.deploymentRoles === undefined) return false
  const {dagRoles, deploymentRoles, organizationRole, workspaceRoles} = response
  const ofType = (...types: string[]) => sent.filter(({entityType}) => types.includes(entityType))
  const pairs = (type: string) => ofType(type).map(({entityId, role}) => [entityId, role])
  const onDeployments = (deploymentRoles ?? []).map((entry) => [entry.deploymentId, entry.role])
  const onWorkspaces = (workspaceRoles ?? []).map((entry) => [entry.workspaceId, entry.role])
  const onDags = (dagRoles ?? []).map((entry) => [entry.deploymentId, entry.dagId ?? entry.dagTag, entry.role])
  const sentOnDags = ofType('DAG', 'DAG_TAG').map((entry) => [entry.deploymentId, entry.entityId, entry.role])
  const count = onDeployments.length + onWorkspaces.length + onDags.length + (organizationRole ? 1 : 0)
  return (
    count > 0 &&
    hasSameRows(pairs('DEPLOYMENT'), onDeployments) &&
    (organizationRole === undefined || (organizationRole ?? undefined) === ofType('ORGANIZATION')[0]?.role) &&
    (workspaceRoles === undefined || hasSameRows(pairs('WORKSPACE'), onWorkspaces)) &&
    (dagRoles === undefined || hasSameRows(sentOnDags, onDags))
  )
}

/** Compares two lists regardless of order and repetition. */
function hasSameRows(a: readonly unknown[], b: readonly unknown[]): boolean {
  const left = new Set(a.map((row) => JSON.stringify(row)))
  const right = new Set(b.map((row) => JSON.stringify(row)))
  return left.size === right.size && [...left].every((row) => right.has(row))
}
