import type {ApiToken, Deployment, Organization, Role} from '../../src/lib/astro-api/responses.js'

import {customRoles, defaultRoles} from './roles.js'

type Mutable<T> = {-readonly [Key in keyof T]: T[Key]}

/** An entry of a token's roles, with any unknown fields. */
export type TokenRole = Readonly<Record<string, unknown>> & {
  readonly entityType: string
  readonly entityId: string
  readonly deploymentId?: string
  readonly role: string
}

export function roleOnDeployment(entityId: string, role: string): TokenRole {
  return {entityType: 'DEPLOYMENT', entityId, role}
}

export type WorldToken = Mutable<Omit<ApiToken, 'roles'>> & {
  roles?: readonly TokenRole[]
  scope: 'DEPLOYMENT' | 'ORGANIZATION' | 'WORKSPACE'
  shortToken: string
  startAt: string
}

export type WorldDeployment = Mutable<Deployment> & {
  workspaceId: string
  organizationId: string
  status: string
  /** Not in the contract, but `sorts` can order by it. */
  createdAt: string
}

type Workspace = Organization & {organizationId: string}

/** The data of the emulated API. Everything belongs to the only Organization. */
export interface World {
  organizations: Organization[]
  workspaces: Workspace[]
  deployments: WorldDeployment[]
  tokens: WorldToken[]
  customRoles: Role[]
  defaultRoles: Role[]
  /** Whether a write adds roles that give access to the Deployments of DAGs and the Workspaces of Deployments. */
  addsAccessors?: boolean
  /** Whether a write is rejected that gives a role on a DAG but none on its Deployment. */
  needsAccessors?: boolean
  /** The IDs of tokens that lists return without roles, as the API may do. */
  withoutRolesInLists: string[]
}

/** The IDs of the seeded world. */
export const ids = {
  organization: 'cly2zde8gxd6ncf10epf91dho',
  workspaces: {data: 'clx781u33xtplpft75v2seh60', finance: 'clx5j50ce9uvw53efr4edt2sy'},
  deployments: {
    etlProd: 'cly03wkh5dnsipzz5fk2z9ri1',
    etlStaging: 'cly6wyojfljooa5lqsaj08xui',
    mlTraining: 'clw79zzzzg4zdmen2khvdgaj8',
    sandbox: 'clw5benyjqwx4hh5344tfjgvq',
    reports: 'clz27bn7xj8b7tfq7xkwo886v',
    billing: 'clx9mpzom75wbbr4qmw2wxfog',
  },
  tokens: {
    ciPipeline: 'clx7mvn4a4wfhym4l1vfz3zfk',
    deployBot: 'clx2bj3j4wj99ibag7i1mnbqn',
    dataQuality: 'cly8puq80idw3706i8j76b2la',
    nightly: 'clx2j4h9du7794g9dpmrcg629',
    nightlyTwin: 'clw12u66mr26846p7q9m2i0hz',
    reportViewer: 'clz5ep1enthjxjqi3ogz5kok1',
    terraform: 'clz50mwufxbv932byv7s6ehog',
    oldCi: 'clw4rclri1qzj865ufrdl1erb',
    unassigned: 'clw4foeqh3av90ric7phkqdlm',
    workspaceLoader: 'cly47ns26lrwbqcab69m64p2g',
    etlProdDeployer: 'clz78z6tnovmizwdiaeq1kdfy',
  },
  user: 'cly9psc3lkr2aqxv9upctnwla',
} as const

const {deployments, tokens, workspaces} = ids
const HOUR = 3_600_000
const DAY = 24 * HOUR
const DATA: Workspace = {id: workspaces.data, name: 'Data Platform', organizationId: ids.organization}
const FINANCE: Workspace = {id: workspaces.finance, name: 'Finance', organizationId: ids.organization}
const USER = {id: ids.user, fullName: 'Ada Byron', username: 'ada@acme-air.example'}

/** The role of each generated ORGANIZATION token. */
export const MEMBER: TokenRole = {entityType: 'ORGANIZATION', entityId: ids.organization, role: 'ORGANIZATION_MEMBER'}

/** A small Organization with tokens of every kind, with ages relative to now. */
export function seedWorld(): World {
  const facts = [
    {id: deployments.etlProd, name: 'etl-prod'},
    {id: deployments.etlStaging, name: 'etl-staging'},
    {id: deployments.mlTraining, name: 'ml-training'},
    {id: deployments.sandbox, name: 'sandbox'},
    {id: deployments.reports, name: 'reports', workspace: FINANCE},
    {id: deployments.billing, name: 'billing', workspace: FINANCE},
  ]
  return {
    organizations: [{id: ids.organization, name: 'Acme Air'}],
    workspaces: [DATA, FINANCE],
    deployments: facts.map((fact, index) => createDeployment({...fact, age: (60 - index) * DAY})),
    tokens: [...organizationTokens(), ...narrowerTokens()].map((facts) => createToken({createdBy: USER, ...facts})),
    customRoles: customRoles(),
    defaultRoles: defaultRoles(),
    withoutRolesInLists: [tokens.unassigned],
  }
}

interface DeploymentFacts extends Pick<Deployment, 'id' | 'name'> {
  /** Milliseconds since it was created. */
  age: number
  workspace?: Workspace
}

export function createDeployment({age, workspace = DATA, ...names}: DeploymentFacts): WorldDeployment {
  const {id: workspaceId, name: workspaceName, organizationId} = workspace
  return {...names, workspaceId, workspaceName, organizationId, status: 'HEALTHY', createdAt: timeAgo(age)}
}

type TokenFacts = Partial<WorldToken> & Pick<DeploymentFacts, 'age' | 'id' | 'name'>

/** Default: a token with ORGANIZATION scope and no role on a Deployment. */
export function createToken({age, ...facts}: TokenFacts): WorldToken {
  const createdAt = timeAgo(age)
  const times = {createdAt, startAt: createdAt, updatedAt: createdAt}
  const kinds = {scope: 'ORGANIZATION', kind: 'STANDARD'} as const
  return {description: '', ...kinds, roles: [MEMBER], shortToken: facts.id.slice(-6), ...times, ...facts}
}

function organizationTokens(): TokenFacts[] {
  const {billing, etlProd, etlStaging, reports} = deployments
  const onDag = {entityType: 'DAG', deploymentId: reports}
  return [
    {id: tokens.ciPipeline, name: 'ci-pipeline', description: 'Deploys from CI', age: 3 * DAY},
    {
      id: tokens.deployBot,
      name: 'deploy-bot',
      description: 'Deploys everywhere',
      age: 5 * HOUR,
      roles: [
        MEMBER,
        roleOnDeployment(etlProd, 'DEPLOYMENT_ADMIN'),
        roleOnDeployment(etlStaging, 'Deploy Reader'),
        roleOnDeployment(reports, 'Deploy Operator'),
      ],
    },
    {id: tokens.nightly, name: 'nightly', age: 40 * DAY},
    {
      id: tokens.nightlyTwin,
      name: 'nightly',
      age: 2 * DAY,
      endAt: timeAgo(-28 * DAY),
      roles: [MEMBER, roleOnDeployment(billing, 'Deploy Operator')],
    },
    {id: tokens.unassigned, name: 'unassigned', age: 0},
    {id: tokens.dataQuality, name: 'data-quality', age: HOUR / 6, roles: mixedRoles()},
    {
      id: tokens.reportViewer,
      name: 'Report viewer',
      age: DAY,
      roles: [
        MEMBER,
        roleOnDeployment(reports, 'DEPLOYMENT_ACCESSOR'),
        {...onDag, entityId: 'monthly_close', role: 'DAG_VIEWER'},
        {...onDag, entityId: 'daily_totals', role: 'DAG Trigger'},
      ],
    },
    {
      id: tokens.terraform,
      name: 'terraform',
      description: 'Made by another token',
      age: 12 * DAY,
      createdBy: {id: tokens.deployBot, apiTokenName: 'deploy-bot'},
      roles: [MEMBER, roleOnDeployment(etlProd, 'Log Reader')],
    },
    {
      id: tokens.oldCi,
      name: 'old-ci',
      age: 91 * DAY,
      endAt: timeAgo(DAY),
      roles: [MEMBER, roleOnDeployment(etlStaging, 'DEPLOYMENT_ADMIN')],
    },
  ]
}

function mixedRoles(): TokenRole[] {
  const {mlTraining, sandbox} = deployments
  return [
    MEMBER,
    {entityType: 'WORKSPACE', entityId: workspaces.data, role: 'WORKSPACE_MEMBER'},
    {entityType: 'DAG', entityId: 'check_orders', deploymentId: mlTraining, role: 'DAG_AUTHOR'},
    {entityType: 'DAG_TAG', entityId: 'quality', deploymentId: mlTraining, role: 'DAG_VIEWER'},
    // A field that the contract does not describe. A client must send it back unchanged.
    {...roleOnDeployment(mlTraining, 'Deploy Reader'), grantedBy: {via: 'terraform', ticket: 417}},
    roleOnDeployment(sandbox, 'DEPLOYMENT_ADMIN'),
  ]
}

function narrowerTokens(): TokenFacts[] {
  const operator = {entityType: 'WORKSPACE', entityId: workspaces.data, role: 'WORKSPACE_OPERATOR'}
  return [
    {
      id: tokens.workspaceLoader,
      name: 'workspace-loader',
      scope: 'WORKSPACE',
      age: 7 * DAY,
      roles: [operator, roleOnDeployment(deployments.etlProd, 'Deploy Operator')],
    },
    {
      id: tokens.etlProdDeployer,
      name: 'etl-prod-deployer',
      scope: 'DEPLOYMENT',
      age: 7 * DAY,
      roles: [roleOnDeployment(deployments.etlProd, 'DEPLOYMENT_ADMIN')],
    },
  ]
}

function timeAgo(milliseconds: number): string {
  return new Date(Date.now() - milliseconds).toISOString()
}
