import {expect} from 'chai'

import {AstroError} from '../../../src/lib/errors.js'
import {createTokenScoping, type RoleTarget} from '../../../src/lib/roles/service.js'
import {type WriteState} from '../../../src/lib/roles/write.js'
import {type FaultAction} from '../../astro-api/faults.js'
import {openInProcess} from '../../astro-api/in-process.js'
import {defaultRoles} from '../../astro-api/roles.js'
import {
  createDeployment,
  createToken,
  roleOnDeployment,
  type TokenRole,
  type World,
  type WorldToken,
} from '../../astro-api/world.js'
import {fakeClock, fakeReport, serviceOptions} from '../service-options.js'

export {roleOnDeployment} from '../../astro-api/world.js'

export type Roles = readonly TokenRole[]
export type Command = 'add' | 'remove' | 'update'

export const MEMBER = {entityType: 'ORGANIZATION', entityId: 'o1', role: 'ORGANIZATION_MEMBER'}
export const ADMIN = roleOnDeployment('d1', 'DEPLOYMENT_ADMIN')
export const READER = roleOnDeployment('d1', 'Deploy Reader')
export const ACCESSOR = roleOnDeployment('d1', 'DEPLOYMENT_ACCESSOR')
export const OTHER = roleOnDeployment('d2', 'Deploy Reader')
export const DAG = {entityType: 'DAG', entityId: 'load', deploymentId: 'd1', role: 'DAG_VIEWER'}

export function tokenOf(id: string, roles: Roles, more: Partial<WorldToken> = {}): WorldToken {
  return createToken({id, name: `name-of-${id}`, age: 0, roles, ...more})
}

export function deployment(id: string, workspaceId: string) {
  const workspace = {id: workspaceId, name: `name-of-${workspaceId}`, organizationId: 'o1'}
  return createDeployment({id, name: `name-of-${id}`, age: 0, workspace})
}

/** An Organization with the token `a`, named etl, and the Deployments d1 and d2 in w1, d3 and d9 in w2. */
export function worldWith(roles: Roles, more: Partial<World> = {}): World {
  return {
    organizations: [{id: 'o1', name: 'Acme Air'}],
    workspaces: ['w1', 'w2'].map((id) => ({id, name: id, organizationId: 'o1'})),
    deployments: [deployment('d1', 'w1'), deployment('d2', 'w1'), deployment('d3', 'w2'), deployment('d9', 'w2')],
    tokens: [tokenOf('a', roles, {name: 'etl'})],
    customRoles: [{name: 'Deploy Reader', scopeType: 'DEPLOYMENT'}],
    defaultRoles: defaultRoles(),
    withoutRolesInLists: [],
    ...more,
  }
}

/** The service on the emulator. */
export function serviceFor(world: World) {
  const emulated = openInProcess(world)
  return {...emulated, service: createTokenScoping(emulated.api, serviceOptions())}
}

/** What happens to the reads and writes with these numbers: `{'read 2': …}`. */
export type Events = Readonly<Record<`read ${number}` | `write ${number}`, FaultAction>>

/** Another writer leaves these roles. */
export function leave(roles: Roles): FaultAction {
  return {
    kind: 'act',
    run({tokens}) {
      for (const token of tokens) token.roles = roles
    },
  }
}

/** A command for one token, and what happens meanwhile. */
export interface Script extends Partial<RoleTarget> {
  readonly command?: Command
  /** The roles of the token at first; MEMBER by default. */
  readonly before?: Roles
  readonly world?: Partial<World>
  readonly events?: Events
  /** How long each read takes, in milliseconds. */
  readonly readTimes?: readonly number[]
  readonly losesLock?: boolean
  readonly lockError?: Error
}

/** What happens during a command, and the parts of its ending that matter. */
export type Cases = Readonly<
  Record<string, {readonly given?: Script; readonly expected: Partial<Awaited<ReturnType<typeof runScript>>>}>
>

/** The steps are such as `lock read write release`; the status is what the spinner showed last. */
export async function runScript(script: Script = {}) {
  const {before = [MEMBER], command = 'add', events = {}, readTimes = [], world, ...more} = script
  const emulated = openInProcess(worldWith(before, world))
  const {clock, options, states, steps, told} = recordingOptions(script)
  const {api} = emulated
  const counts = {read: 0, write: 0}
  const prepare = (name: 'read' | 'write') => {
    steps.push(name)
    counts[name] += 1
    const action = events[`${name} ${counts[name]}`]
    const operationId = name === 'read' ? 'getApiToken' : 'updateApiTokenRoles'
    if (action) emulated.inject({operationId, action})
  }

  const getToken: typeof api.getToken = async (id) => {
    prepare('read')
    await clock.sleep(readTimes[counts.read - 1] ?? 0)
    return api.getToken(id)
  }

  const setTokenRoles: typeof api.setTokenRoles = async (id, sent) => {
    prepare('write')
    return api.setTokenRoles(id, sent)
  }

  const service = createTokenScoping({...api, getToken, setTokenRoles}, options)
  const {role = ADMIN.role, ...target} = {tokenId: 'a', deploymentIds: ['d1'], ...more}
  const run = command === 'remove' ? service.remove(target) : service[command]({...target, role})
  const outcome = await run.then(
    ({changes, isDryRun, settlement}) => ({
      ends: changes.map(({action, deploymentId}) => `${action} ${deploymentId}`).join(', '),
      isDryRun,
      settlement,
    }),
    (error: unknown) =>
      error instanceof AstroError
        ? {ends: `${error.kind}: ${error.message}`, hint: error.details.hint}
        : {ends: String(error)},
  )
  expect(emulated.violations).to.deep.equal([])
  const after = emulated.world.tokens[0]?.roles ?? []
  return {
    ...outcome,
    after,
    states: states.join(' '),
    status: told.status.at(-1) ?? '',
    statuses: told.status,
    steps: steps.join(' '),
  }
}

function recordingOptions({lockError, losesLock = false}: Script) {
  const [states, steps] = [new Array<WriteState>(), new Array<string>()]
  const [clock, {told, ...report}] = [fakeClock(), fakeReport()]
  const sleep = async (milliseconds: number) => {
    steps.push(`sleep:${milliseconds}`)
    await clock.sleep(milliseconds)
  }

  const progress = {
    get state() {
      return states.at(-1) ?? 'not_written'
    },
    set state(state: WriteState) {
      if (state !== this.state) states.push(state)
    },
  }
  const options = serviceOptions({
    progress,
    async lock(tokenId) {
      steps.push(tokenId === 'a' ? 'lock' : `lock:${tokenId}`)
      if (lockError) throw lockError
      return {
        isHeld: async () => !losesLock,
        async release() {
          steps.push('release')
        },
      }
    },
    report: {...report, debug: (...parts) => steps.push(parts.join(' '))},
  })
  return {clock, options: {...options, clock: {...clock, sleep}}, states, steps, told}
}
