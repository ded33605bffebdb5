import type {Role} from './world.js'

/** The custom roles of the seeded Organization. There are none of another scope. */
export function customRoles(): Role[] {
  return [
    {
      id: 'cly6f4r6mp6afqfjzczbttof7',
      name: 'Deploy Reader',
      description: 'Look at a Deployment, change nothing',
      scopeType: 'DEPLOYMENT',
      restrictedWorkspaceIds: [],
    },
    {
      id: 'clx9yu5jsjc616i76bofbcixg',
      name: 'Deploy Operator',
      description: 'Deploy code and restart',
      scopeType: 'DEPLOYMENT',
      restrictedWorkspaceIds: [],
    },
    {id: 'clz79db8p5qa3e68f7e4qeqpn', name: 'Log Reader', scopeType: 'DEPLOYMENT'},
    {id: 'clx75ye4scmejvqtia4d5rgn5', name: 'DAG Trigger', description: 'Run a DAG by hand', scopeType: 'DAG'},
  ]
}

/** The roles of every Organization. */
export function defaultRoles(): Role[] {
  return [
    {name: 'ORGANIZATION_OWNER', scopeType: 'ORGANIZATION'},
    {name: 'ORGANIZATION_BILLING_ADMIN', scopeType: 'ORGANIZATION'},
    {name: 'ORGANIZATION_MEMBER', scopeType: 'ORGANIZATION'},
    {name: 'WORKSPACE_OWNER', scopeType: 'WORKSPACE'},
    {name: 'WORKSPACE_OPERATOR', scopeType: 'WORKSPACE'},
    {name: 'WORKSPACE_AUTHOR', scopeType: 'WORKSPACE'},
    {name: 'WORKSPACE_MEMBER', scopeType: 'WORKSPACE'},
    {name: 'WORKSPACE_ACCESSOR', scopeType: 'WORKSPACE'},
    {name: 'DEPLOYMENT_ADMIN', description: 'Everything in a Deployment', scopeType: 'DEPLOYMENT'},
    {name: 'DEPLOYMENT_ACCESSOR', description: 'Access without permissions', scopeType: 'DEPLOYMENT'},
    {name: 'DAG_AUTHOR', scopeType: 'DAG'},
    {name: 'DAG_VIEWER', scopeType: 'DAG'},
  ]
}
