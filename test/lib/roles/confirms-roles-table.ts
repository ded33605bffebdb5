import {type SubjectRoles} from '../../../src/lib/astro-api/responses.js'

const ORGANIZATION = {entityType: 'ORGANIZATION', entityId: 'clorg1', role: 'ORGANIZATION_MEMBER'}
const WORKSPACE = {entityType: 'WORKSPACE', entityId: 'w1', role: 'WORKSPACE_MEMBER'}
const ADMIN = {entityType: 'DEPLOYMENT', entityId: 'd1', role: 'DEPLOYMENT_ADMIN'}
const READER = {entityType: 'DEPLOYMENT', entityId: 'd2', role: 'Deploy Reader'}
const DAG = {entityType: 'DAG', entityId: 'load', deploymentId: 'd1', role: 'DAG_VIEWER'}
const TAG = {entityType: 'DAG_TAG', entityId: 'finance', deploymentId: 'd1', role: 'DAG_AUTHOR'}
export const SENT = [ORGANIZATION, WORKSPACE, ADMIN, READER, DAG, TAG]

const onD1 = {deploymentId: 'd1', role: 'DEPLOYMENT_ADMIN'}
const onD2 = {deploymentId: 'd2', role: 'Deploy Reader'}
const onDag = {deploymentId: 'd1', dagId: 'load', role: 'DAG_VIEWER'}
const onTag = {deploymentId: 'd1', dagTag: 'finance', role: 'DAG_AUTHOR'}
const workspaceRoles = [{workspaceId: 'w1', role: 'WORKSPACE_MEMBER'}]
const WHOLE: SubjectRoles = {
  organizationRole: 'ORGANIZATION_MEMBER',
  workspaceRoles,
  deploymentRoles: [onD1, onD2],
  dagRoles: [onDag, onTag],
}

/** Whether a response confirms a write of SENT, or of other roles. */
export const RESPONSES: readonly (readonly [title: string, boolean, SubjectRoles | undefined, sent?: typeof SENT])[] = [
  ['all roles', true, WHOLE],
  ['all roles in another order', true, {...WHOLE, deploymentRoles: [onD2, onD1], dagRoles: [onTag, onDag]}],
  ['Deployment roles only', true, {deploymentRoles: [onD1, onD2]}],
  ['Workspace roles only', true, {workspaceRoles, deploymentRoles: null}, [WORKSPACE]],
  ['DAG roles only', true, {dagRoles: [onDag], deploymentRoles: []}, [DAG]],
  ['the Organization role only', true, {organizationRole: 'ORGANIZATION_MEMBER', deploymentRoles: []}, [ORGANIZATION]],
  ['no Organization role, as sent', true, {organizationRole: null, deploymentRoles: [onD1]}, [ADMIN]],
  ['an Organization role that was not sent', false, {organizationRole: 'X', deploymentRoles: [onD1]}, [ADMIN]],
  ['no body', false, undefined],
  ['no roles', false, {}],
  ['no roles of any kind', false, {deploymentRoles: []}, [ORGANIZATION]],
  ['null as all Deployment roles', false, {deploymentRoles: null}, [ORGANIZATION]],
  ['no Deployment roles', false, {...WHOLE, deploymentRoles: null}],
  ['a missing key for Deployment roles', false, {organizationRole: 'ORGANIZATION_MEMBER'}],
  ['a missing Deployment role', false, {...WHOLE, deploymentRoles: [onD1]}],
  ['one more Deployment role', false, {...WHOLE, deploymentRoles: [onD1, onD2, {...onD2, deploymentId: 'd3'}]}],
  ['another Deployment role', false, {...WHOLE, deploymentRoles: [onD1, {...onD2, role: 'DEPLOYMENT_ADMIN'}]}],
  ['a role on another Deployment', false, {...WHOLE, deploymentRoles: [onD1, {...onD2, deploymentId: 'd3'}]}],
  ['no Organization role', false, {...WHOLE, organizationRole: null}],
  ['another Organization role', false, {...WHOLE, organizationRole: 'ORGANIZATION_OWNER'}],
  ['no Workspace roles', false, {...WHOLE, workspaceRoles: null}],
  ['another Workspace role', false, {...WHOLE, workspaceRoles: [{workspaceId: 'w2', role: 'WORKSPACE_MEMBER'}]}],
  ['no DAG roles', false, {...WHOLE, dagRoles: null}],
  ['another DAG role', false, {...WHOLE, dagRoles: [{...onDag, role: 'DAG_AUTHOR'}, onTag]}],
  ['a role on another DAG', false, {...WHOLE, dagRoles: [{...onDag, dagId: 'etl'}, onTag]}],
  ['a DAG role in another Deployment', false, {...WHOLE, dagRoles: [{...onDag, deploymentId: 'd2'}, onTag]}],
]
