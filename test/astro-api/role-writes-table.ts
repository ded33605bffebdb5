import type {SubjectRoles} from './types.js'

import {ids, type TokenRole} from './world.js'

const {billing, mlTraining, reports, sandbox} = ids.deployments
const DAG = {entityType: 'DAG', entityId: 'a_dag', role: 'DAG_VIEWER'}
const onReports = (role: string): TokenRole => ({entityType: 'DEPLOYMENT', entityId: reports, role})

export const ADMIN: TokenRole = {entityType: 'DEPLOYMENT', entityId: billing, role: 'DEPLOYMENT_ADMIN'}
export const MEMBER: TokenRole = {
  entityType: 'ORGANIZATION',
  entityId: ids.organization,
  role: 'ORGANIZATION_MEMBER',
}

/** Entries that the API rejects beside ADMIN. */
export const REJECTED: readonly (readonly [title: string, entry: TokenRole, status: number, message: string])[] = [
  ['an unknown role', onReports('Raeder'), 400, "There is no role 'Raeder' for DEPLOYMENT"],
  ['a role of another scope', onReports('DAG Trigger'), 400, "There is no role 'DAG Trigger' for DEPLOYMENT"],
  ['an unknown Deployment', {...ADMIN, entityId: 'clnone'}, 404, 'DEPLOYMENT clnone was not found'],
  [
    'an unknown Workspace',
    {...MEMBER, entityType: 'WORKSPACE', entityId: 'clnone'},
    404,
    'WORKSPACE clnone was not found',
  ],
  ['another Organization', {...MEMBER, entityId: 'clnone'}, 404, 'ORGANIZATION clnone was not found'],
  ['a DAG without a Deployment', DAG, 400, 'A role on a DAG needs the deploymentId'],
  ['a DAG in an unknown Deployment', {...DAG, deploymentId: 'clnone'}, 404, 'DEPLOYMENT clnone was not found'],
  ['a second role', {...ADMIN, role: 'Log Reader'}, 400, `More than one role for DEPLOYMENT ${billing}`],
  ['an unknown type', {...MEMBER, entityType: 'ENVIRONMENT'}, 400, 'Unknown entity type ENVIRONMENT'],
]

/** Request bodies with the wrong shape. */
export const MALFORMED: readonly (readonly [title: string, body: unknown, field: string, message: string])[] = [
  ['no body', undefined, '', "must have required property 'requestBody'"],
  ['malformed JSON', '{"roles":', 'requestBody', 'must be object'],
  ['an empty list', {roles: []}, 'roles', 'must NOT have fewer than 1 items'],
  [
    'an entry without entityId',
    {roles: [{entityType: 'DEPLOYMENT', role: 'x'}]},
    'roles.0',
    "must have required property 'entityId'",
  ],
  [
    'a form',
    new URLSearchParams({roles: '[]'}),
    'content-type',
    "must be application/json, not 'application/x-www-form-urlencoded'",
  ],
]

/** The roles of the token data-quality in reverse order, as the API returns them after a write. */
export const DATA_QUALITY: SubjectRoles = {
  organizationRole: 'ORGANIZATION_MEMBER',
  workspaceRoles: [{workspaceId: ids.workspaces.data, role: 'WORKSPACE_MEMBER'}],
  deploymentRoles: [
    {deploymentId: sandbox, role: 'DEPLOYMENT_ADMIN'},
    {deploymentId: mlTraining, role: 'Deploy Reader'},
  ],
  dagRoles: [
    {dagId: 'check_orders', deploymentId: mlTraining, role: 'DAG_AUTHOR'},
    {dagTag: 'quality', deploymentId: mlTraining, role: 'DAG_VIEWER'},
  ],
}
