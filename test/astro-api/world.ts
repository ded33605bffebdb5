import type {ApiToken, Deployment, Organization, Role as ReadRole} from '../../src/lib/astro-api/responses.js'

import {customRoles, defaultRoles} from './roles.js'
import {seedTokens} from './seed-tokens.js'

// The emulator checks each response against `astro-api.yaml`, so a test fails if a type differs from it.
type Mutable<T> = {-readonly [Key in keyof T]: T[Key]}
export type Subject = NonNullable<ApiToken['createdBy']> & {subjectType: 'SERVICEKEY' | 'USER'}

export type Role = ReadRole & {readonly id?: string}

/** An entry of a token's roles, with any unknown fields. */
export type TokenRole = Readonly<Record<string, unknown>> & {
  readonly entityType: string
  readonly entityId: string
  readonly deploymentId?: string
  readonly role: string
}

/** An entry that gives a role on a Deployment itself. */
export function roleOnDeployment(entityId: string, role: string): TokenRole {
  return {entityType: 'DEPLOYMENT', entityId, role}
}

/** An API token. Tests may change it. */
export type WorldToken = Mutable<Omit<ApiToken, 'createdBy' | 'roles'>> & {
  roles?: readonly TokenRole[]
  scope: 'DEPLOYMENT' | 'ORGANIZATION' | 'WORKSPACE'
  createdBy?: Subject
  updatedBy?: Subject
  shortToken: string
  startAt: string
  expiryPeriodInDays?: number
}

/** A Deployment, with the times that `sorts` can order by. */
export type WorldDeployment = Mutable<Deployment> & {
  workspaceId: string
  description?: string
  organizationId: string
  status: string
  createdAt: string
  updatedAt: string
}

export interface Workspace {
  id: string
  name: string
  organizationId: string
}

/**
 * The data of the emulated API. Deployments and Workspaces name their Organization. All tokens and roles belong to the
 * first Organization.
 */
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

/** The IDs of the seeded world. They never change. */
export const ids = {
  organization: 'cly2zde8gxd6ncf10epf91dho',
  otherOrganization: 'clw9zdoc9is0j8ht9lgmxg9ed',
  workspaces: {
    data: 'clx781u33xtplpft75v2seh60',
    finance: 'clx5j50ce9uvw53efr4edt2sy',
  },
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

type DeploymentFacts = Pick<WorldDeployment, 'description' | 'id' | 'name' | 'status'> & {workspace: Workspace}

const hours = (count: number): number => count * 3_600_000

/** A small Organization with two Workspaces, six Deployments and tokens of every kind, with ages relative to `now`. */
export function seedWorld(now = new Date()): World {
  const data = {id: ids.workspaces.data, name: 'Data Platform', organizationId: ids.organization}
  const finance = {id: ids.workspaces.finance, name: 'Finance', organizationId: ids.organization}
  const {deployments} = ids
  const facts: DeploymentFacts[] = [
    {id: deployments.etlProd, name: 'etl-prod', description: 'The nightly load', status: 'HEALTHY', workspace: data},
    {id: deployments.etlStaging, name: 'etl-staging', status: 'HEALTHY', workspace: data},
    {id: deployments.mlTraining, name: 'ml-training', status: 'DEPLOYING', workspace: data},
    {id: deployments.sandbox, name: 'sandbox', status: 'HIBERNATING', workspace: data},
    {id: deployments.reports, name: 'reports', description: 'Monthly figures', status: 'HEALTHY', workspace: finance},
    {id: deployments.billing, name: 'billing', status: 'UNHEALTHY', workspace: finance},
  ]
  return {
    organizations: [
      {id: ids.organization, name: 'Acme Air'},
      {id: ids.otherOrganization, name: 'Other Air'},
    ],
    workspaces: [data, finance],
    deployments: facts.map((fact, index) => deployment(fact, new Date(now.getTime() - hours(24 * (60 - index))))),
    tokens: seedTokens(ids, now),
    customRoles: customRoles(),
    defaultRoles: defaultRoles(),
    withoutRolesInLists: [ids.tokens.unassigned],
  }
}

function deployment({workspace, ...facts}: DeploymentFacts, createdAt: Date): WorldDeployment {
  return {
    ...facts,
    workspaceId: workspace.id,
    workspaceName: workspace.name,
    organizationId: workspace.organizationId,
    createdAt: createdAt.toISOString(),
    updatedAt: new Date(createdAt.getTime() + hours(6)).toISOString(),
  }
}
