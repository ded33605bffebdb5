import {expect} from 'chai'

import {AstroError} from '../../../src/lib/errors.js'
import {createTokenScoping, type Target} from '../../../src/lib/roles/service.js'
import {type WriteState} from '../../../src/lib/roles/write.js'
import {type FaultAction} from '../../astro-api/faults.js'
import {openInProcess} from '../../astro-api/in-process.js'
import {defaultRoles} from '../../astro-api/roles.js'
import {
  roleOnDeployment,
  type TokenRole,
  type World,
  type WorldDeployment,
  type WorldToken,
} from '../../astro-api/world.js'
import {fakeClock, serviceOptions} from '../service-options.js'

export {roleOnDeployment} from '../../astro-api/world.js'

export type Roles = readonly TokenRole[]
export type Command = 'add' | 'remove' | 'update'

export const MEMBER = {entityType: 'ORGANIZATION', entityId: 'o1', role: 'ORGANIZATION_MEMBER'}
export const ADMIN = roleOnDeployment('d1', 'DEPLOYMENT_ADMIN')
export const READER = roleOnDeployment('d1', 'Deploy Reader')
export const ACCESSOR = roleOnDeployment('d1', 'DEPLOYMENT_ACCESSOR')
export const OTHER = roleOnDeployment('d2', 'Deploy Reader')
export const DAG = {entityType: 'DAG', entityId: 'load', deploymentId: 'd1', role: 'DAG_VIEWER'}

const TIME = '2026-01-02T03:04:05Z'

export function tokenOf(id: string, roles: Roles | undefined, more: Partial<WorldToken> = {}): WorldToken {
  const times = {createdAt: TIME, startAt: TIME, updatedAt: TIME}
  const token = {id, name: `name-of-${id}`, description: '', scope: 'ORGANIZATION', kind: 'STANDARD', shortToken: id}
  return {...token, ...times, ...(roles && {roles}), ...more} as WorldToken
}

function deployment(id: string, workspaceId: string): WorldDeployment {
  const [name, workspaceName] = [`name-of-${id}`, `name-of-${workspaceId}`]
  const times = {createdAt: TIME, updatedAt: TIME}
  return {id, name, workspaceId, workspaceName, organizationId: 'o1', status: 'HEALTHY', ...times}
}

/** An Organization with the token `a`, named etl, and the Deployments d1 and d2 in w1, d3 and d9 in w2. */
export function worldWith(roles: Roles | undefined, more: Partial<World> = {}): World {
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

/** What happens to the reads and writes with these numbers, in ascending order: `{'read 2': …}`. */
export type Events = Readonly<Record<`read ${number}` | `write ${number}`, FaultAction>>

/** Another writer leaves these roles. */
export function leave(roles: Roles): FaultAction {
  return {
    kind: 'act',
    run(world) {
      for (const token of world.tokens) token.roles = roles
    },
  }
}

interface Script extends Partial<Target> {
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

/** What is left after a command: steps such as `lock read write release`, states of the write, and messages. */
interface Ending {
  readonly ends: RegExp | string
  readonly hint?: string | undefined
  readonly steps: string
  readonly states: string
  readonly after: Roles
  readonly settlement?: object | undefined
  /** What the spinner showed last. */
  readonly status: string
}

/** A script, and those parts of its ending that matter. */
export type Case = Partial<Ending> & Script

/** Expects that a command on d1, which gives DEPLOYMENT_ADMIN or removes the role, ends as the case says. */
export async function expectEnding(given: Case): Promise<void> {
  const {after, ends, hint, settlement, states, status, steps, ...script} = given
  const ending = await runScript(script)
  if (ends !== undefined) expect(ending.ends).to.match(ends instanceof RegExp ? ends : exactly(ends))
  for (const [key, value] of Object.entries({after, hint, settlement, states, status, steps})) {
    if (value !== undefined) expect(ending, key).to.have.deep.property(key, value)
  }
}

function exactly(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)}$`)
}

async function runScript({before = [MEMBER], command = 'add', events = {}, world, ...script}: Script) {
  const emulated = openInProcess(worldWith(before, world))
  const seen = {read: 0, write: 0}
  for (const [name, action] of Object.entries(events)) {
    const [at, number] = name.split(' ') as ['read' | 'write', string]
    const operationId = at === 'read' ? 'getApiToken' : 'updateApiTokenRoles'
    // A fault does not count the requests that earlier faults take.
    emulated.inject({operationId, skip: Number(number) - 1 - seen[at]++, action})
  }

  const {steps, states, statuses, options} = recordingOptions(script)
  const {api} = emulated
  let reads = 0
  const service = createTokenScoping(
    {
      ...api,
      async getToken(id) {
        steps.push('read')
        await options.clock.wait(script.readTimes?.[reads++] ?? 0)
        return api.getToken(id)
      },
      async setTokenRoles(id, sent) {
        steps.push('write')
        return api.setTokenRoles(id, sent)
      },
    },
    options,
  )
  const target = {tokenId: 'a', deploymentIds: ['d1'], ...script}
  const run = command === 'remove' ? service.remove(target) : service[command]({...target, role: 'DEPLOYMENT_ADMIN'})
  const outcome = await run.then(
    ({changes, settlement}) => ({
      ends: changes.map(({action, deploymentId}) => `${action} ${deploymentId}`).join(', '),
      settlement,
    }),
    (error: unknown) => ({
      ends: error instanceof AstroError ? `${error.kind}: ${error.message}` : String(error),
      hint: error instanceof AstroError ? error.details.hint : undefined,
    }),
  )
  expect(emulated.violations).to.deep.equal([])
  const after = emulated.world.tokens[0]?.roles ?? []
  return {...outcome, after, steps: steps.join(' '), states: states.join(' '), status: statuses.at(-1) ?? ''}
}

function recordingOptions({losesLock, lockError}: Pick<Script, 'lockError' | 'losesLock'>) {
  const steps: string[] = []
  const states: WriteState[] = []
  const statuses: string[] = []
  const clock = fakeClock()
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
    report: {
      warn() {},
      debug: (...parts) => steps.push(parts.join(' ')),
      status: (text) => statuses.push(text),
    },
  })
  const recording = {
    ...clock,
    wait: clock.sleep,
    async sleep(milliseconds: number) {
      steps.push(`sleep:${milliseconds}`)
      await clock.sleep(milliseconds)
    },
  }
  return {steps, states, statuses, options: {...options, clock: recording}}
}
