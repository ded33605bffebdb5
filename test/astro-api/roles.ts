import type {Role} from '../../src/lib/astro-api/responses.js'

/** The custom roles of the seeded Organization. */
export function customRoles(): Role[] {
  return [
    {name: 'Deploy Reader', scopeType: 'DEPLOYMENT', restrictedWorkspaceIds: []},
    {name: 'Deploy Operator', scopeType: 'DEPLOYMENT', description: 'Deploy code and restart'},
    {name: 'Log Reader', scopeType: 'DEPLOYMENT'},
    {name: 'DAG Trigger', scopeType: 'DAG'},
  ]
}

/** The roles of every Organization. */
export function defaultRoles(): Role[] {
  return [
    ...['OWNER', 'BILLING_ADMIN', 'MEMBER'].map((name) => defaultRole('ORGANIZATION', name)),
    ...['OWNER', 'OPERATOR', 'AUTHOR', 'MEMBER', 'ACCESSOR'].map((name) => defaultRole('WORKSPACE', name)),
    ...['ADMIN', 'ACCESSOR'].map((name) => defaultRole('DEPLOYMENT', name)),
    ...['AUTHOR', 'VIEWER'].map((name) => defaultRole('DAG', name)),
  ]
}

function defaultRole(scopeType: string, name: string): Role {
  return {name: `${scopeType}_${name}`, scopeType}
}
