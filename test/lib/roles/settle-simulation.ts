import {type TokenRole} from '../../../src/lib/astro-api/answers.js'
import {type AstroApi} from '../../../src/lib/astro-api/operations.js'
import {type Clock} from '../../../src/lib/clock.js'
import {AstroError} from '../../../src/lib/errors.js'
import {roleOn} from '../../../src/lib/roles/role-arithmetic.js'
import {createTokenScoping, type RoleResult} from '../../../src/lib/roles/token-scoping.js'
import {fakeAstroApi, organizationToken, roleOnDeployment, subjectRoles} from '../fake-astro-api.js'
import {serviceOptions} from '../service-options.js'

/** How long a request takes to reach the API, and its response to come back, in milliseconds. */
export type Travel = readonly [request: number, response: number]

/** One command on a machine of its own, for a Deployment of its own. `keep` adds a role that is there already. */
export interface SimulatedWriter {
  readonly deploymentId: string
  readonly action: 'add' | 'keep' | 'remove' | 'update'
  readonly startsAt: number
  readonly random: () => number
  /** Called once a request; `write` if it replaces the roles. */
  readonly travel: (kind: 'read' | 'write') => Travel
  /** Whether a write's response is lost, which says nothing of the write itself. */
  readonly losesResponse?: () => boolean
}

export interface SimulationResult {
  /** Deployments of the writers that reported success although the change does not stand at the end. */
  readonly lost: readonly string[]
  /** How the writers that reported no success failed; writers that never ended are missing here. */
  readonly errors: readonly AstroError[]
  readonly succeeded: number
  readonly requests: number
  /** Repeated writes of all that succeeded. */
  readonly rewrites: number
  /** Whether the roles that nobody named are as they were. */
  readonly keepsOtherRoles: boolean
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

/**
 * Runs writers against an API that replaces a token's whole role set with each write, in virtual time: no real time
 * passes. Ends when all writers have ended and no request is under way. Throws what a writer throws by mistake.
 */
export async function simulate(writers: readonly SimulatedWriter[], settleSeconds?: number): Promise<SimulationResult> {
  const time = createVirtualTime()
  const world = {requests: 0, roles: [...OTHER_ROLES, ...writers.flatMap((writer) => initialRoles(writer))]}
  const outcomes: (readonly [SimulatedWriter, AstroError | RoleResult])[] = []
  for (const writer of writers) {
    time.schedule(writer.startsAt, () => {
      runWriter(writer, {api: createSimulatedApi(world, writer, time), settleSeconds, time})
        .catch((error: unknown) => {
          if (error instanceof AstroError) return error
          throw error
        })
        .then((outcome) => outcomes.push([writer, outcome]))
        .catch(time.fail)
    })
  }

  await time.run()
  const successes = outcomes.flatMap(([{action, deploymentId}, outcome]) =>
    outcome instanceof AstroError ? [] : [{action, deploymentId, rewrites: outcome.settlement?.rewrites ?? 0}],
  )
  return {
    lost: successes
      .filter(({action, deploymentId}) => roleOn(world.roles, deploymentId) !== ROLES[action][1])
      .map(({deploymentId}) => deploymentId),
    errors: outcomes.flatMap(([, outcome]) => (outcome instanceof AstroError ? [outcome] : [])),
    succeeded: successes.length,
    requests: world.requests,
    rewrites: successes.reduce((sum, {rewrites}) => sum + rewrites, 0),
    keepsOtherRoles: OTHER_ROLES.every((entry) => world.roles.includes(entry)),
  }
}

function initialRoles({action, deploymentId}: SimulatedWriter): TokenRole[] {
  const [role] = ROLES[action]
  return role === undefined ? [] : [roleOnDeployment(deploymentId, role)]
}

interface Surroundings {
  readonly api: AstroApi
  readonly settleSeconds: number | undefined
  readonly time: VirtualTime
}

/** The real service, with nothing but the API and the clock simulated. Without a lock: each writer has its machine. */
async function runWriter(
  {action, deploymentId, random}: SimulatedWriter,
  {api, settleSeconds, time}: Surroundings,
): Promise<RoleResult> {
  const clock: Clock = {now: time.now, sleep: time.sleep, random}
  const scoping = createTokenScoping(api, serviceOptions({backoff: (tries) => random() * 500 * 2 ** tries, clock}))
  const target = {tokenId: 'a', deploymentIds: [deploymentId], settleSeconds}
  if (action === 'remove') return scoping.remove(target)
  return scoping[action === 'update' ? 'update' : 'add']({...target, role: AFTER})
}

/** The API as one writer reaches it. A request has its effect when it arrives. */
function createSimulatedApi(
  world: {requests: number; roles: readonly TokenRole[]},
  {losesResponse, travel}: SimulatedWriter,
  {sleep}: VirtualTime,
): AstroApi {
  async function send<T>(kind: 'read' | 'write', arrive: () => T): Promise<T> {
    const [request, response] = travel(kind)
    world.requests += 1
    await sleep(request)
    const answer = arrive()
    await sleep(response)
    return answer
  }

  return fakeAstroApi({
    getToken: async () => send('read', () => organizationToken('a', world.roles)),
    async setTokenRoles(_, sent) {
      await send('write', () => {
        world.roles = sent
      })
      if (losesResponse?.()) throw new AstroError('network', 'The response is lost.')
      return subjectRoles(sent)
    },
  })
}

interface VirtualTime {
  readonly now: () => number
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly schedule: (at: number, action: () => void) => void
  /** Ends the run with this error. */
  readonly fail: (error: unknown) => void
  /** Does what is scheduled, in its order, until nothing is left. */
  readonly run: () => Promise<void>
}

function createVirtualTime(): VirtualTime {
  let now = 0
  let events: {readonly at: number; readonly action: () => void}[] = []
  const failures: unknown[] = []
  const schedule = (at: number, action: () => void) => {
    // Before the first later one: what is due at the same time comes in the order in which it was scheduled.
    const place = events.findIndex((event) => event.at > at)
    events.splice(place === -1 ? events.length : place, 0, {at, action})
  }

  return {
    schedule,
    now: () => now,
    async sleep(milliseconds) {
      await new Promise<void>((resolve) => {
        schedule(now + milliseconds, resolve)
      })
    },
    fail(error) {
      failures.push(error)
      events = []
    },
    async run() {
      for (let event = events.shift(); event; event = events.shift()) {
        now = event.at
        event.action()
        // Lets every promise go as far as it can before time passes.
        await new Promise(setImmediate)
        if (failures.length > 0) throw failures[0]
      }
    },
  }
}
