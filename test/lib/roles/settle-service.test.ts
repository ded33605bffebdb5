import {expect} from 'chai'

import {type TokenRole} from '../../../src/lib/astro-api/answers.js'
import {AstroError} from '../../../src/lib/errors.js'
import {type WriteState} from '../../../src/lib/roles/role-write.js'
import {createTokenScoping, type ScopingOptions} from '../../../src/lib/roles/token-scoping.js'
import {fakeAstroApi, organizationToken, roleOnDeployment, subjectRoles} from '../fake-astro-api.js'
import {fakeClock, serviceOptions} from '../service-options.js'
import {failureOf} from '../support.js'

const ORGANIZATION = {entityType: 'ORGANIZATION', entityId: 'clorg1', role: 'ORGANIZATION_MEMBER'}
const ADMIN = roleOnDeployment('d1', 'DEPLOYMENT_ADMIN')
const READER = roleOnDeployment('d1', 'Deploy Reader')
const OTHER = roleOnDeployment('d2', 'Deploy Reader')
const TARGET = {tokenId: 'a', deploymentIds: ['d1'], settleSeconds: 4}
const ADD = {...TARGET, role: 'DEPLOYMENT_ADMIN'}

interface Script {
  readonly roles: readonly TokenRole[]
  /** How long each read takes, in milliseconds; later ones take no time. */
  readonly readTimes?: readonly number[]
  /** Whether each write fails, and is not taken; later ones succeed. */
  readonly failures?: readonly (AstroError | undefined)[]
  /** What other writers do during each wait: the roles that they leave. */
  readonly meanwhile?: readonly (readonly TokenRole[] | undefined)[]
  /** What other writers do just before this one takes the lock, likewise. */
  readonly beforeLock?: readonly (readonly TokenRole[] | undefined)[]
}

/** The service in a world of one token, and what happens there, in order. */
function worldOf({beforeLock = [], failures = [], meanwhile = [], readTimes = [], roles}: Script) {
  const world = {roles, events: [] as string[], writes: [] as (readonly TokenRole[])[], states: [] as WriteState[]}
  const clock = fakeClock()
  let [locks, reads, waits] = [0, 0, 0]
  const api = fakeAstroApi({
    deployments: [{id: 'd1', name: 'reports'}],
    async getToken() {
      world.events.push('read')
      const {roles: standing} = world
      await clock.sleep(readTimes[reads] ?? 0)
      reads += 1
      return organizationToken('a', standing, {name: 'etl'})
    },
    async setTokenRoles(_, sent) {
      world.events.push('write')
      world.writes.push(sent)
      const failure = failures[world.writes.length - 1]
      if (failure) throw failure
      world.roles = sent
      return subjectRoles(sent)
    },
  })
  const options: Partial<ScopingOptions> = {
    clock,
    onWrite: (state) => world.states.push(state),
    onSettle() {
      world.events.push('wait')
      world.roles = meanwhile[waits] ?? world.roles
      waits += 1
    },
    async lock() {
      world.events.push('lock')
      world.roles = beforeLock[locks] ?? world.roles
      locks += 1
      return {
        isHeld: async () => true,
        replaced: {classify: () => 'unknown' as const, async record() {}},
        async release() {
          world.events.push('release')
        },
      }
    },
  }
  return {scoping: createTokenScoping(api, serviceOptions(options)), world}
}

describe('a change with settleSeconds', () => {
  it('holds the lock for each whole write, and never while it waits or checks', async () => {
    const {scoping, world} = worldOf({roles: [ORGANIZATION], meanwhile: [[ORGANIZATION, OTHER]]})

    const {settlement} = await scoping.add(ADD)

    const write = ['lock', 'read', 'write', 'release']
    expect(world.events).to.deep.equal([...write, 'wait', 'read', ...write, 'wait', 'read'])
    expect(settlement).to.deep.equal({settled: true, rewrites: 1})
  })

  it('repeats from a fresh read, so that what other writers did is kept', async () => {
    const {scoping, world} = worldOf({roles: [ORGANIZATION], meanwhile: [[ORGANIZATION, OTHER]]})

    await scoping.add(ADD)

    expect(world.writes).to.deep.equal([
      [ORGANIZATION, ADMIN],
      [ORGANIZATION, OTHER, ADMIN],
    ])
  })

  it('reports what the first write changed', async () => {
    const {scoping} = worldOf({roles: [ORGANIZATION], meanwhile: [[ORGANIZATION, READER]]})

    const {changes} = await scoping.add(ADD)

    expect(changes).to.deep.equal([{deploymentId: 'd1', action: 'added', role: 'DEPLOYMENT_ADMIN'}])
  })

  it('also waits after it found the role there, and writes what is undone meanwhile', async () => {
    const quiet = worldOf({roles: [ORGANIZATION, ADMIN]})
    const undone = worldOf({roles: [ORGANIZATION, ADMIN], meanwhile: [[ORGANIZATION]]})

    const results = [await quiet.scoping.add(ADD), await undone.scoping.add(ADD)]

    expect(results.map(({changes}) => changes[0]?.action)).to.deep.equal(['unchanged', 'unchanged'])
    expect(results.map(({settlement}) => settlement?.rewrites)).to.deep.equal([0, 1])
    expect(quiet.world.events).to.deep.equal(['lock', 'read', 'release', 'wait', 'read'])
    expect(undone.world.roles).to.deep.equal([ORGANIZATION, ADMIN])
  })

  it('removes a role again that another writer restored', async () => {
    const {scoping, world} = worldOf({roles: [ORGANIZATION, ADMIN], meanwhile: [[ORGANIZATION, ADMIN, OTHER]]})

    const {changes, settlement} = await scoping.remove(TARGET)

    expect(changes).to.deep.equal([{deploymentId: 'd1', action: 'removed', previousRole: 'DEPLOYMENT_ADMIN'}])
    expect(settlement?.rewrites).to.equal(1)
    expect(world.roles).to.deep.equal([ORGANIZATION, OTHER])
  })

  it('accepts that a role to remove again is gone by then', async () => {
    const [before, after] = [[ORGANIZATION, ADMIN], [ORGANIZATION]]
    const {scoping, world} = worldOf({roles: before, meanwhile: [before], beforeLock: [undefined, after]})

    const {changes} = await scoping.remove(TARGET)

    expect(changes.map(({action}) => action)).to.deep.equal(['removed'])
    expect(world.writes).to.have.length(1)
  })

  it('does not give a role back by update that another writer removed', async () => {
    const {scoping, world} = worldOf({roles: [ORGANIZATION, READER], meanwhile: [[ORGANIZATION]]})

    const error = await failureOf(async () => scoping.update(ADD))

    expect(error.kind).to.equal('not_found')
    expect(error.message).to.contain('Another writer undid the change to "etl" (a), and the repeat failed.')
    expect(world.roles).to.deep.equal([ORGANIZATION])
  })

  it('says nothing of settling without the option, and does not wait', async () => {
    const {scoping, world} = worldOf({roles: [ORGANIZATION]})

    const result = await scoping.add({...ADD, settleSeconds: undefined})

    expect(result).not.to.have.property('settlement')
    expect(world.events).to.deep.equal(['lock', 'read', 'write', 'release'])
  })

  it('does not wait in a dry run', async () => {
    const {scoping, world} = worldOf({roles: [ORGANIZATION]})

    await scoping.add({...ADD, isDryRun: true})

    expect(world.events).to.deep.equal(['lock', 'read', 'release'])
  })

  describe('the age of a read', () => {
    it('may be just below half of the seconds', async () => {
      const {scoping, world} = worldOf({roles: [ORGANIZATION], readTimes: [1999]})

      await scoping.add(ADD)

      expect(world.writes).to.have.length(1)
      expect(world.events.slice(0, 3)).to.deep.equal(['lock', 'read', 'write'])
    })

    it('leads to another read from half of the seconds on, three times', async () => {
      const {scoping, world} = worldOf({roles: [ORGANIZATION], readTimes: [2000, 2000, 2000]})

      await scoping.add(ADD)

      expect(world.events.slice(0, 6)).to.deep.equal(['lock', 'read', 'read', 'read', 'read', 'write'])
    })

    it('ends with timeout after four such reads in a row, with nothing written', async () => {
      const {scoping, world} = worldOf({roles: [ORGANIZATION], readTimes: [2000, 2000, 2000, 2000]})

      const error = await failureOf(async () => scoping.add(ADD))

      expect(error.kind).to.equal('timeout')
      expect(error.details.hint).to.contain('Nothing was written')
      expect(world.events).to.deep.equal(['lock', 'read', 'read', 'read', 'read', 'release'])
    })

    it('does not claim that nothing was written if the outcome of an earlier write is unknown', async () => {
      const lost = new AstroError('network', 'It is lost.')
      const script = {roles: [ORGANIZATION], readTimes: [0, 2000, 2000, 2000, 2000], failures: [lost]}
      const {scoping} = worldOf(script)

      const error = await failureOf(async () => scoping.add(ADD))

      expect(error.kind).to.equal('timeout')
      expect(error.message).to.contain('Could not confirm whether the roles were updated.')
      expect(error.details.hint).not.to.contain('Nothing was written')
    })

    it('does not matter if nothing is left to write', async () => {
      const {scoping, world} = worldOf({roles: [ORGANIZATION, ADMIN], readTimes: [9000]})

      await scoping.add(ADD)

      expect(world.writes).to.deep.equal([])
    })

    it('does not matter without settleSeconds', async () => {
      const {scoping, world} = worldOf({roles: [ORGANIZATION], readTimes: [9000]})

      await scoping.add({...ADD, settleSeconds: undefined})

      expect(world.events).to.deep.equal(['lock', 'read', 'write', 'release'])
    })
  })

  it('stays written when a repeat is refused', async () => {
    const failures = [undefined, new AstroError('forbidden', 'It is refused.', {status: 403})]
    const {scoping, world} = worldOf({roles: [ORGANIZATION], meanwhile: [[ORGANIZATION]], failures})

    await failureOf(async () => scoping.add(ADD))

    expect(world.states).to.deep.equal(['sent', 'written', 'sent', 'written'])
  })

  it('is refused if its first write is, and does not wait', async () => {
    const failures = [new AstroError('forbidden', 'It is refused.', {status: 403})]
    const {scoping, world} = worldOf({roles: [ORGANIZATION], failures})

    const error = await failureOf(async () => scoping.add(ADD))

    expect(error.message).to.equal('It is refused.')
    expect(world.states).to.deep.equal(['sent', 'refused'])
    expect(world.events).to.deep.equal(['lock', 'read', 'write', 'release'])
  })
})
