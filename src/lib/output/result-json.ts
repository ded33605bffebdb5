import {type ApiToken} from '../astro-api/responses.js'
import {type AstroError, EXITS} from '../errors.js'
import {roleAfter, roleBefore, type RoleChange} from '../roles/arithmetic.js'
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
  return {deployment_id: deploymentId, tokens: tokens.map((item) => jsonOf(LISTED_KEYS, item))}
}

/** For `list --all-deployments`: grouped by token; the role is empty for a token that only has roles on DAGs there. */
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
  const {changes, isDryRun, settlement, token} = result
  return {
    ...jsonOf(CHANGED_TOKEN_KEYS, {token}),
    role: changes.map((change) => roleAfter(change)).find((role) => role !== undefined),
    dry_run: isDryRun,
    ...settlementJson(settlement),
    deployments: changes.map((change) => ({
      ...deploymentJson(change, result),
      role: roleAfter(change),
      previous_role: roleBefore(change),
      action: change.action,
    })),
  }
}

/** For `remove`: the role that the token had on each Deployment. */
export function removalJson(result: NamedResult) {
  const {changes, isDryRun, settlement, token} = result
  const [only, ...others] = changes
  return {
    ...jsonOf(REMOVED_TOKEN_KEYS, {token}),
    action: 'removed',
    dry_run: isDryRun,
    ...settlementJson(settlement),
    deployment_id: others.length === 0 ? only?.deploymentId : undefined,
    deployments: changes.map((change) => ({
      ...deploymentJson(change, result),
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

function jsonOf(fields: readonly Field[], item: Item): Record<string, string | undefined> {
  return Object.fromEntries(fields.map(({key, value}) => [key, value(item)]))
}

function deploymentJson({deploymentId}: RoleChange, {deploymentNames}: NamedResult) {
  return {deployment_id: deploymentId, deployment_name: deploymentNames?.get(deploymentId) || undefined}
}

function settlementJson(settlement: RoleResult['settlement']) {
  return {settled: settlement?.settled, rewrites: settlement?.rewrites}
}
