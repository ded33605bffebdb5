import {ids, seedWorld, type TokenRole, type World, type WorldDeployment, type WorldToken} from './world.js'

interface BigWorldOptions {
  tokens: number
  deployments: number
  /** The number of DEPLOYMENT roles of each token; at most the number of Deployments. */
  rolesPerToken: number
}

/**
 * The seeded Organization with generated Deployments (`deployment-0001` …) and ORGANIZATION tokens (`token-00001` …)
 * instead of its own. Role k of token i is on Deployment (i + k) modulo their number.
 */
export function bigWorld({tokens, deployments, rolesPerToken}: BigWorldOptions): World {
  const world = seedWorld()
  const now = Date.now()
  const createdAt = (index: number): string => new Date(now - (index + 1) * 60_000).toISOString()
  return {
    ...world,
    deployments: Array.from({length: deployments}, (_, index) => deployment(world, index, createdAt(index))),
    tokens: Array.from({length: tokens}, (_, index) => {
      const roles = Array.from({length: rolesPerToken}, (_unused, step) => (index + step) % deployments)
      return token(index, roles, createdAt(index))
    }),
  }
}

/** The ID of a generated Deployment or token, with indexes from 0. */
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

function token(index: number, deployments: readonly number[], createdAt: string): WorldToken {
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
