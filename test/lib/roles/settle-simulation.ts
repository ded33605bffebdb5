import {type AstroApi} from '../../../src/lib/astro-api/operations.js'
import {type TokenRole} from '../../../src/lib/astro-api/responses.js'
import {AstroError} from '../../../src/lib/errors.js'
import {roleOn} from '../../../src/lib/roles/role-arithmetic.js'
import {createTokenScoping} from '../../../src/lib/roles/token-scoping.js'
import {organizationToken, roleOnDeployment, subjectRoles} from '../fake-astro-api.js'
import {serviceOptions} from '../service-options.js'
import {createVirtualTime, type VirtualTime} from '../virtual-time.js'

/** How long a request takes to reach the API, and its response to come back, in milliseconds. */
export type Travel = readonly [request: number, response: number]

/** One command on a machine of its own, for a Deployment of its own. `keep` adds a role that is there already. */
export interface SimulatedWriter {
  readonly deploymentId: string
  readonly action: 'add' | 'keep' | 'remove' | 'update'
  readonly startsAt: number
  readonly random: () => number
  readonly travel: () => Travel
  /** Whether the response to a write is lost, although the write arrives. */
  readonly losesResponse?: () => boolean
}

export interface SimulationResult {
  /** Deployments of the writers that reported success although the change does not stand in the end. */
  readonly lost: readonly string[]
  readonly errors: readonly AstroError[]
  readonly succeeded: number
  /** Whether the roles that no writer named are unchanged. */
  readonly keepsOtherRoles: boolean
}

interface World {
  roles: readonly TokenRole[]
}

const OTHER_ROLES: readonly TokenRole[] = [
  {entityType: 'ORGANIZATION', entityId: 'clorg1', role: 'ORGANIZATION_MEMBER'},
  {entityType: 'DAG', entityId: 'load', deploymentId: 'd0', role: 'DAG_VIEWER'},
]
const [BEFORE, AFTER] = ['Deploy Reader', 'DEPLOYMENT_ADMIN']

/** What each writer finds on its Deployment, and what it is to leave there. */
const ROLES = {
  add: [undefined, AFTER],
  keep: [AFTER, AFTER],
  remove: [BEFORE, undefined],
  update: [BEFORE, AFTER],
} as const

/** Runs writers, in virtual time, against an API where each write replaces all roles of one token. */
export async function simulate(writers: readonly SimulatedWriter[], settleSeconds?: number): Promise<SimulationResult> {
  const time = createVirtualTime()
  const initial = writers.flatMap(({action, deploymentId}) => {
    const [role] = ROLES[action]
    return role === undefined ? [] : [roleOnDeployment(deploymentId, role)]
  })
  const world: World = {roles: [...OTHER_ROLES, ...initial]}
  const errors: AstroError[] = []
  const successes: SimulatedWriter[] = []
  await time.run(
    writers.map((writer) => async () => {
      await time.sleep(writer.startsAt)
      try {
        await runWriter(writer, createSimulatedApi(world, writer, time), time, settleSeconds)
        successes.push(writer)
      } catch (error) {
        if (!(error instanceof AstroError)) throw error
        errors.push(error)
      }
    }),
  )
  return {
    lost: successes
      .filter(({action, deploymentId}) => roleOn(world.roles, deploymentId) !== ROLES[action][1])
      .map(({deploymentId}) => deploymentId),
    errors,
    succeeded: successes.length,
    keepsOtherRoles: OTHER_ROLES.every((entry) => world.roles.includes(entry)),
  }
}

/** The real service without a lock, since each writer has a machine of its own. */
async function runWriter(
  {action, deploymentId, random}: SimulatedWriter,
  api: AstroApi,
  {now, sleep}: VirtualTime,
  settleSeconds: number | undefined,
) {
  const backoff = (attempts: number) => random() * 500 * 2 ** attempts
  const scoping = createTokenScoping(api, serviceOptions({backoff, clock: {now, sleep, random}}))
  const target = {tokenId: 'a', deploymentIds: [deploymentId], settleSeconds}
  if (action === 'remove') return scoping.remove(target)
  return scoping[action === 'update' ? 'update' : 'add']({...target, role: AFTER})
}

async function unused(): Promise<never> {
  throw new TypeError('Not simulated')
}

/** The API as one writer reaches it. A request has its effect when it arrives. */
function createSimulatedApi(world: World, {losesResponse, travel}: SimulatedWriter, {sleep}: VirtualTime): AstroApi {
  async function send<T>(arrive: () => T): Promise<T> {
    const [request, response] = travel()
    await sleep(request)
    const result = arrive()
    await sleep(response)
    return result
  }

  const getToken = async () => send(() => organizationToken('a', world.roles))
  return {
    getToken,
    getTokenForWrite: getToken,
    async setTokenRoles(_, sent) {
      await send(() => {
        world.roles = sent
      })
      if (losesResponse?.()) throw new AstroError('network', 'The response is lost.')
      return subjectRoles(sent)
    },
    listTokens: unused,
    listDeployments: unused,
    listDeploymentRoles: unused,
  }
}
