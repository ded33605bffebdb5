import {createDeployment, createToken, MEMBER, roleOnDeployment, seedWorld, type World} from './world.js'

type BigWorldOptions = Readonly<Record<'deployments' | 'rolesPerToken' | 'tokens', number>>

/**
 * The seeded Organization with generated Deployments (`deployment-0001` …) and ORGANIZATION tokens (`token-00001` …)
 * instead of its own. Role k of token i is on Deployment (i + k) modulo their number, which limits `rolesPerToken`.
 */
export function bigWorld({tokens, deployments, rolesPerToken}: BigWorldOptions): World {
  return {
    ...seedWorld(),
    deployments: Array.from({length: deployments}, (_, index) =>
      createDeployment({...identify('deployment', index), name: `deployment-${String(index + 1).padStart(4, '0')}`}),
    ),
    tokens: Array.from({length: tokens}, (_, index) => {
      const onDeployments = Array.from({length: rolesPerToken}, (_unused, step) =>
        roleOnDeployment(bigWorldId('deployment', (index + step) % deployments), 'DEPLOYMENT_ADMIN'),
      )
      const name = `token-${String(index + 1).padStart(5, '0')}`
      return createToken({...identify('token', index), name, roles: [MEMBER, ...onDeployments]})
    }),
  }
}

function identify(kind: 'deployment' | 'token', index: number) {
  return {id: bigWorldId(kind, index), age: (index + 1) * 60_000}
}

/** The ID of a generated Deployment or token, with indexes from 0. */
export function bigWorldId(kind: 'deployment' | 'token', index: number): string {
  return `cl${kind.slice(0, 1)}${index.toString(36).padStart(22, '0')}`
}
