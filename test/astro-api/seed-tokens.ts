import type {Subject, TokenRole, ids as worldIds, WorldToken} from './world.js'

type TokenFacts = Partial<WorldToken> &
  Pick<WorldToken, 'id' | 'name'> & {
    /** Milliseconds since it was created. */
    age: number
  }

const minutes = (count: number): number => count * 60_000
const hours = (count: number): number => minutes(count * 60)
const days = (count: number): number => hours(count * 24)

const onDeployment = (entityId: string, role: string): TokenRole => ({entityType: 'DEPLOYMENT', entityId, role})

/**
 * Nine tokens with ORGANIZATION scope, one with WORKSPACE scope and one with DEPLOYMENT scope. Each has exactly one role
 * of its scope and none of a wider one. With a role on a DAG, it has a role on the Deployment too.
 */
export function seedTokens(ids: typeof worldIds, now: Date): WorldToken[] {
  const user: Subject = {id: ids.user, subjectType: 'USER', fullName: 'Ada Byron', username: 'ada@acme-air.example'}
  const member: TokenRole = {entityType: 'ORGANIZATION', entityId: ids.organization, role: 'ORGANIZATION_MEMBER'}
  const facts = [...plainTokens(ids, member, now), ...specialTokens(ids, member, now), ...narrowerTokens(ids)]
  return facts.map((fact) => withDefaults(fact, user, now))
}

function plainTokens({deployments, tokens}: typeof worldIds, member: TokenRole, now: Date): TokenFacts[] {
  return [
    {id: tokens.ciPipeline, name: 'ci-pipeline', description: 'Deploys from CI', age: days(3), roles: [member]},
    {
      id: tokens.deployBot,
      name: 'deploy-bot',
      description: 'Deploys everywhere',
      age: hours(5),
      roles: [
        member,
        onDeployment(deployments.etlProd, 'DEPLOYMENT_ADMIN'),
        onDeployment(deployments.etlStaging, 'Deploy Reader'),
        onDeployment(deployments.reports, 'Deploy Operator'),
      ],
    },
    {id: tokens.nightly, name: 'nightly', description: 'The first of two', age: days(40), roles: [member]},
    {
      id: tokens.nightlyTwin,
      name: 'nightly',
      description: 'The second of two',
      age: days(2),
      endAt: new Date(now.getTime() + days(28)).toISOString(),
      expiryPeriodInDays: 30,
      roles: [member, onDeployment(deployments.billing, 'Deploy Operator')],
    },
    {id: tokens.unassigned, name: 'unassigned', description: 'Has no role on a Deployment', age: 0, roles: [member]},
  ]
}

function specialTokens(ids: typeof worldIds, member: TokenRole, now: Date): TokenFacts[] {
  const {deployments, tokens} = ids
  const serviceKey: Subject = {id: tokens.deployBot, subjectType: 'SERVICEKEY', apiTokenName: 'deploy-bot'}
  return [
    {id: tokens.dataQuality, name: 'data-quality', age: minutes(10), roles: mixedRoles(ids, member)},
    {
      id: tokens.reportViewer,
      name: 'Report viewer',
      description: 'Sees two DAGs of reports',
      age: days(1),
      roles: [
        member,
        onDeployment(deployments.reports, 'DEPLOYMENT_ACCESSOR'),
        {entityType: 'DAG', entityId: 'monthly_close', deploymentId: deployments.reports, role: 'DAG_VIEWER'},
        {entityType: 'DAG', entityId: 'daily_totals', deploymentId: deployments.reports, role: 'DAG Trigger'},
      ],
    },
    {
      id: tokens.terraform,
      name: 'terraform',
      description: 'Made by another token',
      age: days(12),
      createdBy: serviceKey,
      updatedBy: serviceKey,
      roles: [{...member, role: 'ORGANIZATION_OWNER'}, onDeployment(deployments.etlProd, 'Log Reader')],
    },
    {
      id: tokens.oldCi,
      name: 'old-ci',
      description: 'Expired yesterday',
      age: days(91),
      endAt: new Date(now.getTime() - days(1)).toISOString(),
      expiryPeriodInDays: 90,
      roles: [member, onDeployment(deployments.etlStaging, 'DEPLOYMENT_ADMIN')],
    },
  ]
}

function mixedRoles({deployments, workspaces}: typeof worldIds, member: TokenRole): TokenRole[] {
  return [
    member,
    {entityType: 'WORKSPACE', entityId: workspaces.data, role: 'WORKSPACE_MEMBER'},
    {entityType: 'DAG', entityId: 'check_orders', deploymentId: deployments.mlTraining, role: 'DAG_AUTHOR'},
    {entityType: 'DAG_TAG', entityId: 'quality', deploymentId: deployments.mlTraining, role: 'DAG_VIEWER'},
    // A field that the contract does not describe. A client must send it back unchanged.
    {...onDeployment(deployments.mlTraining, 'Deploy Reader'), grantedBy: {via: 'terraform', ticket: 417}},
    onDeployment(deployments.sandbox, 'DEPLOYMENT_ADMIN'),
  ]
}

function narrowerTokens({deployments, tokens, workspaces}: typeof worldIds): TokenFacts[] {
  return [
    {
      id: tokens.workspaceLoader,
      name: 'workspace-loader',
      scope: 'WORKSPACE',
      age: days(7),
      roles: [
        {entityType: 'WORKSPACE', entityId: workspaces.data, role: 'WORKSPACE_OPERATOR'},
        onDeployment(deployments.etlProd, 'Deploy Operator'),
      ],
    },
    {
      id: tokens.etlProdDeployer,
      name: 'etl-prod-deployer',
      scope: 'DEPLOYMENT',
      age: days(7),
      roles: [onDeployment(deployments.etlProd, 'DEPLOYMENT_ADMIN')],
    },
  ]
}

function withDefaults({age, ...facts}: TokenFacts, createdBy: Subject, now: Date): WorldToken {
  const createdAt = new Date(now.getTime() - age).toISOString()
  return {
    description: '',
    scope: 'ORGANIZATION',
    kind: 'STANDARD',
    shortToken: facts.id.slice(-6),
    createdAt,
    createdBy,
    updatedAt: createdAt,
    updatedBy: createdBy,
    startAt: createdAt,
    ...facts,
  }
}
