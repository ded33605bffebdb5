import {type ApiToken} from '../astro-api/responses.js'
import {type AstroError, EXITS} from '../errors.js'
import {roleAfter, roleBefore} from '../roles/arithmetic.js'
import {type AuditedRole} from '../roles/audit.js'
import {type RoleResult, type ScopedToken} from '../roles/service.js'

/**
 * The JSON documents that `--json` prints, created from the domain and not from displayed rows. Keys are snake_case and
 * times are RFC 3339. JSON.stringify omits keys whose value is undefined.
 */

/** A result with the known names of Deployments, by ID. */
export interface NamedResult extends RoleResult {
  readonly deploymentNames?: ReadonlyMap<string, string> | undefined
}

/** For `list` on one Deployment; the role is empty for a token that only has roles on its DAGs. */
export function listJson(deploymentId: string, tokens: readonly ScopedToken[]) {
  return {
    deployment_id: deploymentId,
    tokens: tokens.map(({role, token}) => {
      const {description, id, kind, name, scope, ...times} = tokenJson(token)
      return {id, name, description, scope, kind, role: role ?? '', ...times}
    }),
  }
}

/** For `list --all-deployments`: grouped by token; the role is empty for a token that only has roles on DAGs there. */
export function auditJson(roles: readonly AuditedRole[]) {
  const deploymentsOf = new Map<
    ApiToken,
    {deployment_id: string; deployment_name: string | undefined; role: string}[]
  >()
  for (const {deploymentId, deploymentName, role, token} of roles) {
    const deployments = deploymentsOf.get(token) ?? []
    deployments.push({deployment_id: deploymentId, deployment_name: deploymentName || undefined, role: role ?? ''})
    deploymentsOf.set(token, deployments)
  }

  return {tokens: [...deploymentsOf].map(([token, deployments]) => ({...tokenJson(token), deployments}))}
}

/** For `add` and `update`, which give the same role everywhere. */
export function roleJson(result: NamedResult) {
  const {changes, deploymentNames, isDryRun, settlement, token} = result
  return {
    ...tokenJson(token),
    // Omitted, because the token was read before the write and the write changes this time.
    updated_at: undefined,
    role: changes.map((change) => roleAfter(change)).find((role) => role !== undefined),
    dry_run: isDryRun,
    ...settlementJson(settlement),
    deployments: changes.map((change) => ({
      deployment_id: change.deploymentId,
      deployment_name: deploymentNames?.get(change.deploymentId) || undefined,
      role: roleAfter(change),
      previous_role: roleBefore(change),
      action: change.action,
    })),
  }
}

/** For `remove`: the role that the token had on each Deployment. */
export function removalJson({changes, deploymentNames, isDryRun, settlement, token}: NamedResult) {
  return {
    id: token.id,
    name: token.name,
    scope: token.scope,
    action: 'removed',
    dry_run: isDryRun,
    ...settlementJson(settlement),
    deployments: changes.map((change) => ({
      deployment_id: change.deploymentId,
      deployment_name: deploymentNames?.get(change.deploymentId) || undefined,
      role: roleAfter(change),
      previous_role: roleBefore(change),
      action: change.action,
    })),
  }
}

/** For an error: an allow-list of the fields of an AstroError. Redacts each text. */
export function errorJson({details, kind, message}: AstroError, redact: (text: string) => string) {
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

/** Who created the token: a person's full name, or the name of an API token. */
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
    kind: token.kind,
    created_at: token.createdAt,
    created_by: creatorOf(token),
    updated_at: token.updatedAt,
    expires_at: token.endAt,
    last_used_at: token.lastUsedAt,
    last_rotated_at: token.lastRotatedAt,
  }
}

function settlementJson(settlement: RoleResult['settlement']) {
  return {settled: settlement?.settled, rewrites: settlement?.rewrites}
}
