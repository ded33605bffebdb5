import {type ApiToken} from '../astro-api/responses.js'
import {type AstroError, EXITS} from '../errors.js'
import {type AuditedRole} from '../roles/audit.js'
import {type RoleResult, type ScopedToken} from '../roles/service.js'
import {
  AUDITED_ROLE_KEYS,
  AUDITED_TOKEN_KEYS,
  CHANGED_TOKEN_KEYS,
  type Field,
  type Item,
  LISTED_KEYS,
  REMOVED_TOKEN_KEYS,
} from './fields.js'

/** The JSON documents that `--json` prints. JSON.stringify omits keys whose value is undefined. */

/** A result with the known names of Deployments, by ID. */
export interface NamedResult extends RoleResult {
  readonly deploymentNames?: ReadonlyMap<string, string> | undefined
}

/** For `list` on one Deployment. */
export function listJson(deploymentId: string, tokens: readonly ScopedToken[]) {
  return {deployment_id: deploymentId, tokens: tokens.map((item) => jsonOf(LISTED_KEYS, item))}
}

/** For `list --all-deployments`, grouped by token. */
export function auditJson(roles: readonly AuditedRole[]) {
  const rolesOf = new Map<ApiToken, AuditedRole[]>()
  for (const role of roles) rolesOf.set(role.token, [...(rolesOf.get(role.token) ?? []), role])
  return {
    tokens: [...rolesOf].map(([token, items]) => ({
      ...jsonOf(AUDITED_TOKEN_KEYS, {token}),
      deployments: items.map((item) => jsonOf(AUDITED_ROLE_KEYS, item)),
    })),
  }
}

/** For `add` and `update`, which give the same role everywhere. */
export function roleJson(result: NamedResult) {
  return {
    ...jsonOf(CHANGED_TOKEN_KEYS, result),
    role: result.changes[0]?.role,
    ...stateJson(result),
    deployments: deploymentsJson(result),
  }
}

/** For `remove`: the role that the token had on each Deployment. */
export function removalJson(result: NamedResult) {
  const [only, ...others] = result.changes
  return {
    ...jsonOf(REMOVED_TOKEN_KEYS, result),
    action: 'removed',
    ...stateJson(result),
    deployment_id: others.length === 0 ? only?.deploymentId : undefined,
    deployments: deploymentsJson(result),
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

function jsonOf(fields: readonly Field[], item: Item): Record<string, string | undefined> {
  return Object.fromEntries(fields.map(({key, value}) => [key, value(item)]))
}

function stateJson({isDryRun, settlement}: NamedResult) {
  return {dry_run: isDryRun, settled: settlement?.settled, rewrites: settlement?.rewrites}
}

function deploymentsJson({changes, deploymentNames}: NamedResult) {
  return changes.map(({action, deploymentId, previousRole, role}) => ({
    deployment_id: deploymentId,
    deployment_name: deploymentNames?.get(deploymentId) || undefined,
    role,
    previous_role: previousRole,
    action,
  }))
}
