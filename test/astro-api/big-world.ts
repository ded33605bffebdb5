import {ids, seedWorld, type TokenRole, type World, type WorldDeployment, type WorldToken} from './world.js'

export interface BigWorldOptions {
  tokens?: number
  deployments?: number
  /** DEPLOYMENT roles of each token; at most as many as there are Deployments. */
  rolesPerToken?: number
  now?: Date
}

/**
 * The seeded Organization with generated Deployments (`deployment-0001` …) and ORGANIZATION tokens (`token-00001` …) in
 * place of its own; the same options give the same world. Role k of token i is on Deployment (i + k) modulo their
 * number; the ID of either is `bigWorldId('deployment' | 'token', index)`, counted from 0.
 */
export function bigWorld(options: BigWorldOptions = {}): World {
  const {tokens = 10_000, deployments = 100, rolesPerToken = 3, now = new Date()} = options
  if (rolesPerToken > deployments) throw new RangeError('A token has at most one role on each Deployment.')
  const world = seedWorld(now)
  const createdAt = (index: number): string => new Date(now.getTime() - (index + 1) * 60_000).toISOString()
  world.deployments = Array.from({length: deployments}, (_, index) => deployment(world, index, createdAt(index)))
  world.tokens = Array.from({length: tokens}, (_, index) => {
    const roles = Array.from({length: rolesPerToken}, (_unused, step) => (index + step) % deployments)
    return token(index, roles, createdAt(index))
  })
  return world
}

/** The ID of a generated Deployment or token. */
export function bigWorldId(kind: 'deployment' | 'token', index: number): string {
  return `cl${kind.slice(0, 1)}${index.toString(36).padStart(22, '0')}`
}

function deployment({workspaces}: World, index: number, createdAt: string): WorldDeployment {
  const workspace = workspaces[index % workspaces.length]
  return {
    id: bigWorldId('deployment', index),
    name: `deployment-${String(index + 1).padStart(4, '0')}`,
    workspaceId: workspace?.id ?? ids.workspaces.data,
    workspaceName: workspace?.name ?? '',
    organizationId: ids.organization,
    status: 'HEALTHY',
    createdAt,
    updatedAt: createdAt,
  }
}

function token(index: number, deployments: number[], createdAt: string): WorldToken {
  const onDeployments = deployments.map((position): TokenRole => ({
    entityType: 'DEPLOYMENT',
    entityId: bigWorldId('deployment', position),
    role: 'DEPLOYMENT_ADMIN',
  }))
  return {
    id: bigWorldId('token', index),
    name: `token-${String(index + 1).padStart(5, '0')}`,
    description: '',
    scope: 'ORGANIZATION',
    kind: 'STANDARD',
    roles: [{entityType: 'ORGANIZATION', entityId: ids.organization, role: 'ORGANIZATION_MEMBER'}, ...onDeployments],
    shortToken: String(index),
    createdAt,
    updatedAt: createdAt,
    startAt: createdAt,
  }
}
