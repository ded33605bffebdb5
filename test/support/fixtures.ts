/** An Organization, its Deployments and a token, as the Astro API would show them to the command tests. */

export const ORGANIZATION_ID = 'clorg0000000000000000001a'
export const DEPLOYMENT_ID = 'cldep0000000000000000001a'
export const OTHER_DEPLOYMENT_ID = 'cldep0000000000000000002b'
export const TOKEN_ID = 'cltok0000000000000000001a'
export const API = 'https://api.astronomer.io'
export const ROOT = `/v1/organizations/${ORGANIZATION_ID}`

/** An unsigned JSON Web Token with these claims, good for an hour. */
export function apiToken(claims: Readonly<Record<string, unknown>> = {}): string {
  const payload = {
    exp: Math.floor(Date.now() / 1000) + 3600,
    permissions: ['apiTokenId:clcaller00000000000000001', `organizationId:${ORGANIZATION_ID}`],
    ...claims,
  }
  return `${part({alg: 'RS256', typ: 'JWT'})}.${part(payload)}.c2lnbmF0dXJl`
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** The environment of a job that has an API token. */
export function tokenEnv(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {ASTRO_API_TOKEN: apiToken(), ASTRO_DOMAIN: 'astronomer.io', ...more}
}

/** Entries of every kind that a write must send back as they are. */
export const OTHER_ROLES = [
  {entityType: 'ORGANIZATION', entityId: ORGANIZATION_ID, role: 'ORGANIZATION_MEMBER'},
  {entityType: 'WORKSPACE', entityId: 'clwsp0000000000000000001a', role: 'WORKSPACE_MEMBER'},
  {entityType: 'DEPLOYMENT', entityId: OTHER_DEPLOYMENT_ID, role: 'Deploy Reader', grantedBy: {via: 'team', since: 3}},
  {entityType: 'DAG', entityId: 'daily_load', deploymentId: DEPLOYMENT_ID, role: 'DAG_VIEWER'},
  {entityType: 'DAG_TAG', entityId: 'finance', deploymentId: DEPLOYMENT_ID, role: 'DAG_AUTHOR'},
  {entityType: 'SOMETHING_NEW', entityId: 'x', role: 'NEW_ROLE', nested: [1, {two: null}]},
]

/** A type, not an interface: nock takes bodies of open-ended objects alone. */
export type RoleEntry = {
  readonly entityType: string
  readonly entityId: string
  readonly role: string
}

export function deploymentRole(role: string, entityId = DEPLOYMENT_ID): RoleEntry {
  return {entityType: 'DEPLOYMENT', entityId, role}
}

export function token(roles: readonly RoleEntry[] | undefined, more: Readonly<Record<string, unknown>> = {}) {
  return {
    id: TOKEN_ID,
    name: 'etl-prod',
    description: 'Runs the nightly load',
    scope: 'ORGANIZATION',
    kind: 'STANDARD',
    shortToken: 'abc',
    createdAt: '2026-01-02T03:04:05Z',
    createdBy: {id: 'clusr0000000000000000001a', subjectType: 'USER', fullName: 'Jo Doe', username: 'jo@example.com'},
    startAt: '2026-01-02T03:04:05Z',
    updatedAt: '2026-01-02T03:04:05Z',
    endAt: '2027-01-02T03:04:05Z',
    ...(roles && {roles}),
    ...more,
  }
}

/** What the API answers to a write of these roles. */
export function subjectRoles(roles: readonly RoleEntry[]) {
  const of = (type: string) => roles.filter(({entityType}) => entityType === type)
  return {
    organizationRole: of('ORGANIZATION')[0]?.role ?? null,
    workspaceRoles: of('WORKSPACE').map(({entityId, role}) => ({workspaceId: entityId, role})),
    deploymentRoles: of('DEPLOYMENT').map(({entityId, role}) => ({deploymentId: entityId, role})),
  }
}

export function page(key: string, items: readonly unknown[]) {
  return {[key]: items, limit: 1000, offset: 0, totalCount: items.length}
}
