import type {Role} from '../../src/lib/astro-api/responses.js'

/** The custom roles of the seeded Organization. */
export function customRoles(): Role[] {
  const onDeployments = ['Deploy Reader', 'Deploy Operator', 'Log Reader']
  return [...onDeployments.map((name) => ({name, scopeType: 'DEPLOYMENT'})), {name: 'DAG Trigger', scopeType: 'DAG'}]
}

const DEFAULT_ROLES = {
  ORGANIZATION: ['OWNER', 'BILLING_ADMIN', 'MEMBER'],
  WORKSPACE: ['OWNER', 'OPERATOR', 'AUTHOR', 'MEMBER', 'ACCESSOR'],
  DEPLOYMENT: ['ADMIN', 'ACCESSOR'],
  DAG: ['AUTHOR', 'VIEWER'],
}

/** The roles of every Organization. */
export function defaultRoles(): Role[] {
  return Object.entries(DEFAULT_ROLES).flatMap(([scopeType, names]) =>
    names.map((name) => ({name: `${scopeType}_${name}`, scopeType})),
  )
}
