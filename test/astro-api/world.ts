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

/** The data of the emulated API. Everything belongs to the only Organization. */
export interface World {
  organizations: Organization[]
  workspaces: Organization[]
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
const DATA = {id: workspaces.data, name: 'Data Platform'}
const FINANCE = {id: workspaces.finance, name: 'Finance'}
const USER = {id: ids.user, fullName: 'Ada Byron', username: 'ada@acme-air.example'}

/** The role of each ORGANIZATION token. */
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
    tokens: seedTokens(),
    customRoles: customRoles(),
    defaultRoles: defaultRoles(),
    withoutRolesInLists: [tokens.unassigned],
  }
}

interface DeploymentFacts extends Pick<Deployment, 'id' | 'name'> {
  /** Milliseconds since it was created. */
  age: number
  workspace?: Organization
}

export function createDeployment({age, workspace = DATA, ...names}: DeploymentFacts): WorldDeployment {
  const place = {workspaceId: workspace.id, workspaceName: workspace.name, organizationId: ids.organization}
  return {...names, ...place, status: 'HEALTHY', createdAt: timeAgo(age)}
}

type TokenFacts = Partial<WorldToken> & Pick<DeploymentFacts, 'age' | 'id' | 'name'>

/** Creates an ORGANIZATION token, unless the facts give another scope. */
export function createToken({age, ...facts}: TokenFacts): WorldToken {
  const createdAt = timeAgo(age)
  const times = {createdAt, startAt: createdAt, updatedAt: createdAt}
  const kinds = {scope: 'ORGANIZATION', kind: 'STANDARD'} as const
  return {description: '', ...kinds, shortToken: facts.id.slice(-6), ...times, ...facts}
}

function seedTokens(): WorldToken[] {
  const createdBy = {id: tokens.deployBot, apiTokenName: 'deploy-bot'}
  const facts: readonly TokenFacts[] = [
    {id: tokens.ciPipeline, name: 'ci-pipeline', age: 3 * DAY},
    {id: tokens.deployBot, name: 'deploy-bot', age: 5 * HOUR, description: 'Deploys everywhere'},
    {id: tokens.nightly, name: 'nightly', age: 40 * DAY},
    {id: tokens.nightlyTwin, name: 'nightly', age: 2 * DAY, endAt: timeAgo(-28 * DAY)},
    {id: tokens.unassigned, name: 'unassigned', age: 0},
    {id: tokens.dataQuality, name: 'data-quality', age: HOUR / 6},
    {id: tokens.reportViewer, name: 'Report viewer', age: DAY},
    {id: tokens.terraform, name: 'terraform', age: 12 * DAY, description: 'Made by another token', createdBy},
    {id: tokens.oldCi, name: 'old-ci', age: 91 * DAY, endAt: timeAgo(DAY)},
    {id: tokens.workspaceLoader, name: 'workspace-loader', age: 7 * DAY, scope: 'WORKSPACE'},
    {id: tokens.etlProdDeployer, name: 'etl-prod-deployer', age: 7 * DAY, scope: 'DEPLOYMENT'},
  ]
  const roles = seedRoles()
  return facts.map((fact) => {
    const inherent = fact.scope === undefined ? [MEMBER] : []
    return createToken({createdBy: USER, roles: [...inherent, ...(roles[fact.id] ?? [])], ...fact})
  })
}

/** The roles of the seeded tokens by their IDs, without MEMBER. */
function seedRoles(): Readonly<Record<string, readonly TokenRole[]>> {
  const {billing, etlProd, etlStaging, mlTraining, reports, sandbox} = deployments
  const on = roleOnDeployment
  const inData = {entityType: 'WORKSPACE', entityId: workspaces.data}
  const onTraining = {deploymentId: mlTraining, entityId: 'orders'}
  return {
    [tokens.deployBot]: [
      on(etlProd, 'DEPLOYMENT_ADMIN'),
      on(etlStaging, 'Deploy Reader'),
      on(reports, 'Deploy Operator'),
    ],
    [tokens.nightlyTwin]: [on(billing, 'Deploy Operator')],
    [tokens.dataQuality]: [
      {...inData, role: 'WORKSPACE_MEMBER'},
      {...onTraining, entityType: 'DAG', role: 'DAG_AUTHOR'},
      {...onTraining, entityType: 'DAG_TAG', role: 'DAG_VIEWER'},
      // A field that the contract does not describe. A client must send it back unchanged.
      {...on(mlTraining, 'Deploy Reader'), grantedBy: {via: 'terraform', ticket: 417}},
      on(sandbox, 'DEPLOYMENT_ADMIN'),
    ],
    [tokens.reportViewer]: [
      on(reports, 'DEPLOYMENT_ACCESSOR'),
      {entityType: 'DAG', deploymentId: reports, entityId: 'daily_totals', role: 'DAG Trigger'},
    ],
    [tokens.terraform]: [on(etlProd, 'Log Reader')],
    [tokens.oldCi]: [on(etlStaging, 'DEPLOYMENT_ADMIN')],
    [tokens.workspaceLoader]: [{...inData, role: 'WORKSPACE_OPERATOR'}, on(etlProd, 'Deploy Operator')],
    [tokens.etlProdDeployer]: [on(etlProd, 'DEPLOYMENT_ADMIN')],
  }
}

function timeAgo(milliseconds: number): string {
  return new Date(Date.now() - milliseconds).toISOString()
}

/** The token with this ID, to read or change it. Throws if there is none. */
export function tokenOf({world}: {readonly world: World}, id: string): WorldToken {
  const token = world.tokens.find((each) => each.id === id)
  if (!token) throw new Error(`The world has no token ${id}.`)
  return token
}
