import {type SubjectRoles, type TokenRole} from '../../../src/lib/astro-api/responses.js'
import {AstroError} from '../../../src/lib/errors.js'
import {createTokenScoping, type ScopingOptions, type Target} from '../../../src/lib/roles/token-scoping.js'
import {fakeAstroApi, organizationToken, roleOnDeployment, subjectRoles} from '../fake-astro-api.js'
import {fakeClock, serviceOptions} from '../service-options.js'

type Roles = readonly TokenRole[]

export const MEMBER: TokenRole = {entityType: 'ORGANIZATION', entityId: 'clorg1', role: 'ORGANIZATION_MEMBER'}
export const ADMIN = roleOnDeployment('d1', 'DEPLOYMENT_ADMIN')
export const READER = roleOnDeployment('d1', 'Deploy Reader')
export const OTHER = roleOnDeployment('d2', 'Deploy Reader')

/** What becomes of a write. */
export interface Write {
  readonly error?: Error
  /** Unless given, a write arrives if it has no error. */
  readonly arrives?: boolean
  readonly response?: 'none' | SubjectRoles
  /** The roles that another writer leaves just after it. */
  readonly thenRoles?: Roles
}

/** What happens to one token `a`, named etl. What is not in the script goes well. */
export interface Script {
  readonly roles: Roles
  readonly writes?: readonly Write[]
  /** What reads return or throw, by their number from 1, instead of the roles that the token has. */
  readonly reads?: Readonly<Record<number, 'no roles' | Error | Roles>>
  /** Milliseconds that the reads take. */
  readonly readTimes?: readonly number[]
  /** The roles that other writers leave before each lock, before each look whether it is held, and in each wait. */
  readonly beforeLocks?: readonly (Roles | undefined)[]
  readonly beforeLooks?: readonly (Roles | undefined)[]
  readonly duringWaits?: readonly (Roles | undefined)[]
  /** Whether the lock is still held, look by look. */
  readonly isHeld?: readonly boolean[]
  /** What taking the lock fails with, by its number from 1. */
  readonly lockErrors?: Readonly<Record<number, Error>>
  /** The note beside the lock calls a read stale that lacks this role. */
  readonly noted?: TokenRole
  readonly options?: Partial<ScopingOptions>
}

/** A script, and what the test expects of it. */
export type Row = readonly [
  title: string,
  command: 'add' | 'remove' | 'update',
  script: Script,
  expected: Partial<Awaited<ReturnType<typeof runIn>>> & {readonly details?: object},
  more?: Partial<Target>,
]

/** Adds DEPLOYMENT_ADMIN on d1, updates d1 to it, or removes the role on d1. */
export async function runIn(script: Script, command: 'add' | 'remove' | 'update', more: Partial<Target> = {}) {
  const {world, scoping} = createWorld(script)
  const target = {tokenId: 'a', deploymentIds: ['d1'], ...more}
  const run = command === 'remove' ? scoping.remove(target) : scoping[command]({...target, role: 'DEPLOYMENT_ADMIN'})
  const outcome = await run.then(
    ({changes, isDryRun, settlement}) => ({
      ends: changes.map(({action, deploymentId}) => `${action} ${deploymentId}`).join(', '),
      error: undefined,
      isDryRun,
      settlement,
    }),
    (error: unknown) => ({
      ends: error instanceof AstroError ? `${error.kind}: ${error.message}` : String(error),
      error,
    }),
  )
  return {...world, steps: world.steps.join(' '), states: world.states.join(' '), ...outcome}
}

function createWorld(script: Script) {
  const {lockErrors = {}, noted, options, readTimes = [], reads = {}, writes = []} = script
  const world = {
    roles: script.roles,
    steps: [] as string[],
    states: [] as string[],
    recorded: [] as unknown[],
    warnings: [] as string[],
  }
  const count = {locks: 0, looks: 0, reads: 0, waits: 0, writes: 0}
  const clock = fakeClock()
  const {sleep} = clock
  const getToken = async () => {
    world.steps.push('read')
    const read = reads[++count.reads] ?? world.roles
    await sleep(readTimes[count.reads - 1] ?? 0)
    if (read instanceof Error) throw read
    return organizationToken('a', read === 'no roles' ? undefined : [...read], {name: 'etl'})
  }

  const api = fakeAstroApi({
    deployments: ['d1', 'd2'].map((id) => ({id, name: `name-of-${id}`})),
    getToken,
    async setTokenRoles(_, sent) {
      world.steps.push('write')
      const {error, arrives = !error, response, thenRoles} = writes[count.writes++] ?? {}
      world.roles = thenRoles ?? (arrives ? sent : world.roles)
      if (error) throw error
      return response === 'none' ? undefined : (response ?? subjectRoles(sent))
    },
  })
  const lock = async (tokenId: string) => {
    world.steps.push(`lock:${tokenId}`)
    world.roles = script.beforeLocks?.[count.locks] ?? world.roles
    const error = lockErrors[++count.locks]
    if (error) throw error
    return {
      async isHeld() {
        world.roles = script.beforeLooks?.[count.looks] ?? world.roles
        return script.isHeld?.[count.looks++] ?? true
      },
      async release() {
        world.steps.push('release')
      },
      replaced: {
        classify: (roles: readonly unknown[]) =>
          noted && !roles.includes(noted) ? ('stale' as const) : ('current' as const),
        async record(...write: unknown[]) {
          world.recorded.push(write)
        },
      },
    }
  }

  const scoping = createTokenScoping(
    api,
    serviceOptions({
      clock: {
        ...clock,
        async sleep(ms) {
          world.steps.push(`sleep:${ms}`)
          await sleep(ms)
        },
      },
      backoff: (attempts) => attempts * 100,
      lock,
      onWrite: (state) => world.states.push(state),
      onWarning: (warning) => world.warnings.push(warning),
      onSettle(ms, rewrites) {
        world.steps.push(`settle:${ms}:${rewrites}`)
        world.roles = script.duringWaits?.[count.waits++] ?? world.roles
      },
      ...options,
    }),
  )
  return {scoping, world}
}
