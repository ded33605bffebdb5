import {type ApiToken} from '../astro-api/answers.js'
import {AstroError, EXITS, redact} from '../errors.js'
import {type AuditedRole} from '../roles/audit.js'
import {type RoleResult, type ScopedToken} from '../roles/token-scoping.js'

/**
 * The JSON documents that `--json` prints, made from the domain. Keys are snake_case, times RFC 3339, and what the API
 * did not say is absent: JSON.stringify leaves keys out whose value is undefined.
 */

/** For `list` on one Deployment; the role is empty for a token that has roles on its DAGs alone. */
export function listJson(deploymentId: string, tokens: readonly ScopedToken[]) {
  return {
    deployment_id: deploymentId,
    tokens: tokens.map(({role, token}) => {
      const {created_at, created_by, expires_at, ...identity} = tokenJson(token)
      return {...identity, role: role ?? '', created_at, created_by, expires_at}
    }),
  }
}

/** For `list --all-deployments`: grouped by token, each where the first of its roles stands. */
export function auditJson(roles: readonly AuditedRole[]) {
  const deploymentsOf = new Map<
    ApiToken,
    {deployment_id: string; deployment_name: string | undefined; role: string}[]
  >()
  for (const {deploymentId, deploymentName, role, token} of roles) {
    const deployments = deploymentsOf.get(token) ?? []
    deployments.push({deployment_id: deploymentId, deployment_name: deploymentName || undefined, role})
    deploymentsOf.set(token, deployments)
  }

  return {tokens: [...deploymentsOf].map(([token, deployments]) => ({...tokenJson(token), deployments}))}
}

/** For `add` and `update`, with the role that was to be given. */
export function roleJson({changes, isDryRun, token}: RoleResult) {
  const role = changes.flatMap((change) => ('role' in change ? [change.role] : []))[0] ?? ''
  const {created_at, created_by, expires_at, ...identity} = tokenJson(token)
  return {
    ...identity,
    role,
    created_at,
    created_by,
    expires_at,
    dry_run: isDryRun,
    deployments: changes.map((change) => ({
      deployment_id: change.deploymentId,
      role: 'role' in change ? change.role : undefined,
      previous_role: 'previousRole' in change ? change.previousRole : undefined,
      action: change.action,
    })),
  }
}

/** For `remove`: which role the token had on each Deployment. */
export function removalJson({changes, isDryRun, token}: RoleResult) {
  return {
    id: token.id,
    name: token.name,
    scope: token.scope,
    action: 'removed',
    dry_run: isDryRun,
    deployments: changes.map((change) => ({
      deployment_id: change.deploymentId,
      previous_role: 'previousRole' in change ? change.previousRole : undefined,
      action: change.action,
    })),
  }
}

/** The document of an error, by an allow-list of what an AstroError holds. */
export function errorJson({details, kind, message}: AstroError) {
  return {
    error: {
      kind,
      message: redact(message),
      exit: EXITS[kind],
      hint: details.hint === undefined ? undefined : redact(details.hint),
      status: details.status,
      request_id: details.requestId === undefined ? undefined : redact(details.requestId),
      field_errors: details.fieldErrors?.map((error) => ({
        code: redact(error.code),
        field: redact(error.field),
        message: redact(error.message),
      })),
      candidates: details.candidates?.map(({id, name}) => ({id, name})),
    },
  }
}

/** Who made the token: a person's full name, or the name of the API token that did. */
export function creatorOf({createdBy}: ApiToken): string | undefined {
  if (!createdBy) return undefined
  return createdBy.fullName || createdBy.apiTokenName || createdBy.username || createdBy.id
}

function tokenJson(token: ApiToken) {
  return {
    id: token.id,
    name: token.name,
    description: token.description,
    scope: token.scope,
    created_at: token.createdAt,
    created_by: creatorOf(token),
    expires_at: token.endAt,
  }
}
