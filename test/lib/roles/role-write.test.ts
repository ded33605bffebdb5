import {expect} from 'chai'

import {type ApiToken, type SubjectRoles, type TokenRole} from '../../../src/lib/astro-api/answers.js'
import {AstroError, type ErrorDetails, type ErrorKind} from '../../../src/lib/errors.js'
import {type WriteState} from '../../../src/lib/roles/role-write.js'
import {createTokenScoping, type ScopingOptions} from '../../../src/lib/roles/token-scoping.js'
import {fakeAstroApi, organizationToken, roleOnDeployment, subjectRoles} from '../fake-astro-api.js'
import {fakeClock, serviceOptions} from '../service-options.js'
import {failureOf} from '../support.js'

const ORGANIZATION = {entityType: 'ORGANIZATION', entityId: 'clorg1', role: 'ORGANIZATION_MEMBER'}
const READER = roleOnDeployment('d1', 'Deploy Reader')
const ADMIN = roleOnDeployment('d1', 'DEPLOYMENT_ADMIN')
const TARGET = {tokenId: 'a', deploymentIds: ['d1']}

/** What becomes of one write: whether it is taken, and what is answered. Reads may fail too. */
interface Answer {
  readonly isTaken?: boolean
  readonly failure?: AstroError
  readonly isEmpty?: boolean
  /** What another writer does to the roles just after. */
  readonly meanwhile?: (roles: readonly TokenRole[]) => readonly TokenRole[]
  /** The next read fails with this. */
  readonly readFailure?: AstroError
}

const failure = (kind: ErrorKind, details: ErrorDetails = {}) => new AstroError(kind, `It is ${kind}.`, details)

/** A token with these roles, whose writes meet these answers one after the other, and succeed when they are used up. */
function worldOf(roles: readonly TokenRole[], answers: readonly Answer[], options: Partial<ScopingOptions> = {}) {
  const world = {
    roles,
    reads: 0,
    writes: [] as (readonly TokenRole[])[],
    waits: [] as number[],
    /** What the next reads return, instead of the roles that stand. */
    reply: [] as ApiToken[],
  }
  let readFailure: AstroError | undefined
  const api = fakeAstroApi({
    deployments: [{id: 'd1', name: 'etl'}],
    async getToken() {
      world.reads++
      const error = readFailure
      readFailure = undefined
      if (error) throw error
      return world.reply.shift() ?? organizationToken('a', world.roles, {name: 'etl'})
    },
    async setTokenRoles(_, sent) {
      const answer = answers[world.writes.length] ?? {isTaken: true}
      world.writes.push(sent)
      if (answer.isTaken) world.roles = sent
      world.roles = answer.meanwhile?.(world.roles) ?? world.roles
      readFailure = answer.readFailure
      if (answer.failure) throw answer.failure
      return answer.isEmpty ? undefined : subjectRoles(sent)
    },
  })
  const backoff = (tries: number) => {
    world.waits.push(tries)
    return 0
  }

  return {scoping: createTokenScoping(api, serviceOptions({backoff, ...options})), world}
}

/** What is told of one write that meets these answers. */
const statesWith = async (answers: Parameters<typeof worldOf>[1]) => {
  const states: WriteState[] = []
  const onWrite = (state: WriteState) => states.push(state)
  const {scoping} = worldOf([ORGANIZATION], answers, {onWrite})
  const outcome = scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'})
  await outcome.catch((error: unknown) => error)
  return states
}

/** A lock that is lost at the first looks, and counts. */
const lockLostAt = (losses: number) => {
  const seen = {taken: [] as string[], released: 0, looks: 0}
  const lock = async (tokenId: string) => {
    seen.taken.push(tokenId)
    return {
      replaced: {classify: () => 'unknown' as const, async record() {}},
      isHeld: async () => ++seen.looks > losses,
      async release() {
        seen.released++
      },
    }
  }

  return {lock, seen}
}

describe('writing roles until the outcome is known', () => {
  const unknown: readonly (readonly [string, Omit<Answer, 'isTaken'>])[] = [
    ['no answer', {failure: failure('network')}],
    ['a time-out', {failure: failure('timeout')}],
    ['a 500', {failure: failure('api', {status: 500})}],
    ['a 502', {failure: failure('api', {status: 502})}],
    ['an answer that is not JSON', {failure: failure('api', {status: 200})}],
    ['a redirect', {failure: failure('api', {status: 302})}],
    ['a 408', {failure: failure('timeout', {status: 408})}],
    ['an empty answer', {isEmpty: true}],
  ]
  for (const [title, answer] of unknown) {
    it(`finds a write done that got ${title}, and reports what was meant`, async () => {
      const {scoping, world} = worldOf([ORGANIZATION], [{...answer, isTaken: true}])

      const {changes} = await scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'})

      expect(changes).to.deep.equal([{deploymentId: 'd1', action: 'added', role: 'DEPLOYMENT_ADMIN'}])
      expect(world).to.deep.include({reads: 2, writes: [[ORGANIZATION, ADMIN]], waits: [1]})
    })

    it(`writes again, from a fresh read, what was not taken with ${title}`, async () => {
      const other = roleOnDeployment('d9', 'Deploy Reader')
      const meanwhile = (roles: readonly TokenRole[]) => [...roles, other]
      const {scoping, world} = worldOf([ORGANIZATION], [{...answer, meanwhile}])

      await scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'})

      expect(world.writes).to.deep.equal([
        [ORGANIZATION, ADMIN],
        [ORGANIZATION, other, ADMIN],
      ])
      expect(world.roles).to.deep.equal([ORGANIZATION, other, ADMIN])
    })
  }

  it('fails with the kind of the last failure when four writes were not taken', async () => {
    const lost = {failure: failure('api', {requestId: 'req-9', status: 503})}
    const {scoping, world} = worldOf([ORGANIZATION, READER], [lost, lost, lost, lost])

    const error = await failureOf(async () => scoping.update({...TARGET, role: 'DEPLOYMENT_ADMIN'}))

    expect(error).to.include({
      kind: 'api',
      message: 'The roles of "etl" (a) do not show the update. It is api.',
    })
    expect(error.details).to.deep.include({requestId: 'req-9', status: 503})
    expect(world).to.deep.include({reads: 5, roles: [ORGANIZATION, READER], waits: [1, 2, 3]})
    expect(world.writes).to.have.length(4)
  })

  it('finds the fourth write done', async () => {
    const lost = {failure: failure('timeout')}
    const {scoping, world} = worldOf([ORGANIZATION], [lost, lost, lost, {...lost, isTaken: true}])

    await scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'})

    expect(world.writes).to.have.length(4)
  })

  it('takes a role for removed that is gone after a write without an answer', async () => {
    const {scoping, world} = worldOf([ORGANIZATION, READER], [{failure: failure('network'), isTaken: true}])

    const {changes} = await scoping.remove(TARGET)

    expect(changes).to.deep.equal([{deploymentId: 'd1', action: 'removed', previousRole: 'Deploy Reader'}])
    expect(world.writes).to.have.length(1)
  })

  for (const answer of [
    {},
    {deploymentRoles: null},
    {deploymentRoles: []},
    {organizationRole: 'ORGANIZATION_MEMBER'},
  ]) {
    it(`does not take ${JSON.stringify(answer)} for the removal of the last Deployment role`, async () => {
      const api = fakeAstroApi({
        getToken: async () => organizationToken('a', [ORGANIZATION, READER]),
        setTokenRoles: async () => answer,
      })
      const failed = await failureOf(async () => createTokenScoping(api, serviceOptions()).remove(TARGET))
      expect(failed.kind).to.equal('conflict')
    })
  }

  it('reads and writes again after a refresh of the login, since its read is too old by then', async () => {
    const refreshed = failure('unauthenticated', {mayRepeat: true, retryAfterMs: 0, status: 401})
    const {scoping, world} = worldOf([ORGANIZATION], [{failure: refreshed}])

    await scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'})

    expect(world).to.deep.include({reads: 2, roles: [ORGANIZATION, ADMIN]})
  })

  it('does not give a role back by update that another took away meanwhile', async () => {
    const meanwhile = () => [ORGANIZATION]
    const {scoping, world} = worldOf([ORGANIZATION, READER], [{failure: failure('network'), meanwhile}])

    const error = await failureOf(async () => scoping.update({...TARGET, role: 'DEPLOYMENT_ADMIN'}))

    expect(error.kind).to.equal('not_found')
    expect(world.roles).to.deep.equal([ORGANIZATION])
  })

  it('says that the outcome is not known when the token cannot be read after a write', async () => {
    const readFailure = failure('network')
    const {scoping} = worldOf([ORGANIZATION], [{failure: failure('timeout'), isTaken: true, readFailure}])

    const error = await failureOf(async () => scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'}))

    expect(error.kind).to.equal('network')
    expect(error.message).to.equal('Could not confirm whether the roles were updated. It is network.')
    expect(error.details.hint).to.contain('{{list}}')
  })

  for (const kind of ['forbidden', 'unauthenticated', 'invalid_request'] as const) {
    it(`takes ${kind} for final`, async () => {
      const {scoping, world} = worldOf([ORGANIZATION], [{failure: failure(kind, {status: 400})}])

      const error = await failureOf(async () => scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'}))

      expect(error.kind).to.equal(kind)
      expect(world).to.deep.include({reads: 1, waits: []})
    })
  }

  it('waits as long as the API asks for when it was asked too often, and writes again', async () => {
    const {scoping, world} = worldOf(
      [ORGANIZATION],
      [{failure: failure('rate_limited', {retryAfterMs: 1, status: 429})}],
    )

    await scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'})

    expect(world).to.deep.include({reads: 2, waits: []})
    expect(world.writes).to.have.length(2)
  })

  it('does not wait longer than a minute', async () => {
    const busy = failure('rate_limited', {retryAfterMs: 60_001, status: 429})
    const {scoping, world} = worldOf([ORGANIZATION], [{failure: busy}])

    expect(await failureOf(async () => scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'}))).to.equal(busy)
    expect(world).to.deep.include({reads: 1, waits: []})
  })

  it('looks whether a write was taken before it gives up for too long a wait', async () => {
    const down = {failure: failure('api', {hint: 'Try again in 90 seconds', retryAfterMs: 90_000, status: 503})}
    const taken = worldOf([ORGANIZATION], [{...down, isTaken: true}])
    const lost = worldOf([ORGANIZATION], [down])

    await taken.scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'})
    const error = await failureOf(async () => lost.scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'}))

    expect(taken.world.writes).to.have.length(1)
    expect(error.kind).to.equal('api')
    expect(lost.world.writes).to.have.length(1)
    expect(error.details.hint).to.equal('Try again in 90 seconds')
  })

  describe('a read without roles', () => {
    const incomplete: readonly (readonly [string, readonly TokenRole[] | undefined])[] = [
      ['no roles', undefined],
      ['an empty list of roles', []],
    ]
    for (const [title, roles] of incomplete) {
      it(`fails with ${title} before a write, and writes nothing`, async () => {
        const {scoping, world} = worldOf([], [])
        world.reply = [organizationToken('a', roles)]

        const error = await failureOf(async () => scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'}))

        expect(error).to.include({kind: 'api', message: 'The Astro API returned token a without its roles.'})
        expect(world.writes).to.deep.equal([])
      })

      for (const command of ['add', 'remove'] as const) {
        it(`reads again with ${title} after a write of ${command}, and then writes what is missing`, async () => {
          const {scoping, world} = worldOf([ORGANIZATION, READER], [{failure: failure('network')}])
          world.reply = [organizationToken('a', [ORGANIZATION, READER]), organizationToken('a', roles)]

          const result = await (command === 'add'
            ? scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'})
            : scoping.remove(TARGET))

          expect(result.changes).to.have.length(1)
          expect(world.writes).to.have.length(2)
          expect(world.roles).to.deep.equal(command === 'add' ? [ORGANIZATION, ADMIN] : [ORGANIZATION])
        })

        it(`does not claim success if ${title} come back for ever after a write of ${command}`, async () => {
          const {scoping, world} = worldOf([ORGANIZATION, READER], [{failure: failure('network')}])
          const token = organizationToken('a', roles)
          world.reply = [organizationToken('a', [ORGANIZATION, READER]), token, token, token, token]

          const error = await failureOf(async () =>
            command === 'add' ? scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'}) : scoping.remove(TARGET),
          )

          expect(error.kind).to.equal('api')
          expect(error.message).to.contain('Could not confirm whether the roles were updated.')
        })
      }
    }
  })

  describe('a read that lags behind', () => {
    const NOTED = {entityType: 'DEPLOYMENT', entityId: 'd7', role: 'Deploy Reader'}
    /** A lock whose note says that a list without the noted role was replaced. */
    const lockWithNote = () => {
      const recorded: unknown[] = []
      const lock = async () => ({
        isHeld: async () => true,
        async release() {},
        replaced: {
          classify: (roles: readonly unknown[]) => (roles.includes(NOTED) ? ('current' as const) : ('stale' as const)),
          async record(...written: unknown[]) {
            recorded.push(written)
          },
        },
      })
      return {lock, recorded}
    }

    it('is repeated while it shows roles that this machine replaced, so that its last change survives', async () => {
      const {lock} = lockWithNote()
      const {scoping, world} = worldOf([ORGANIZATION, NOTED], [], {lock})
      const stale = organizationToken('a', [ORGANIZATION])
      world.reply = [stale, stale]

      await scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'})

      expect(world).to.deep.include({reads: 3, roles: [ORGANIZATION, NOTED, ADMIN], waits: [1, 2]})
    })

    it('is taken after ten seconds, with a warning', async () => {
      const warnings: string[] = []
      const clock = fakeClock()
      const {scoping, world} = worldOf([ORGANIZATION], [], {
        clock,
        lock: lockWithNote().lock,
        backoff: () => 3000,
        onWarning: (text) => warnings.push(text),
      })

      await scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'})

      expect(clock.sleeps).to.deep.equal([3000, 3000, 3000, 1000])
      expect(warnings.join('')).to.contain("look as they did before this machine's last change")
      expect(world.writes).to.have.length(1)
    })

    it('is what each confirmed write is noted for: what it replaced, and what stands', async () => {
      const {lock, recorded} = lockWithNote()
      const confirmed = worldOf([ORGANIZATION, NOTED], [], {lock})
      const found = worldOf([ORGANIZATION, NOTED], [{failure: failure('network'), isTaken: true}], {lock})

      await confirmed.scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'})
      await found.scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'})

      const noted = [
        [ORGANIZATION, NOTED],
        [ORGANIZATION, NOTED, ADMIN],
      ]
      expect(recorded).to.deep.equal([noted, noted])
    })
  })

  describe('the answer to a write', () => {
    const DAG = {entityType: 'DAG', entityId: 'load', deploymentId: 'd1', role: 'DAG_VIEWER'}
    const TAG = {entityType: 'DAG_TAG', entityId: 'finance', deploymentId: 'd1', role: 'DAG_AUTHOR'}
    const WORKSPACE = {entityType: 'WORKSPACE', entityId: 'w1', role: 'WORKSPACE_MEMBER'}
    const whole: SubjectRoles = {
      organizationRole: 'ORGANIZATION_MEMBER',
      workspaceRoles: [{workspaceId: 'w1', role: 'WORKSPACE_MEMBER'}],
      deploymentRoles: [{deploymentId: 'd1', role: 'DEPLOYMENT_ADMIN'}],
      dagRoles: [
        {deploymentId: 'd1', dagTag: 'finance', role: 'DAG_AUTHOR'},
        {deploymentId: 'd1', dagId: 'load', role: 'DAG_VIEWER'},
      ],
    }
    /** How often the token is read for one write that is answered so: once when the answer settles it. */
    const readsWith = async (answer: SubjectRoles) => {
      const entries = [ORGANIZATION, WORKSPACE, DAG, TAG]
      let roles: readonly TokenRole[] = entries
      let reads = 0
      const api = fakeAstroApi({
        async getToken() {
          reads++
          return organizationToken('a', roles)
        },
        async setTokenRoles(_, sent) {
          roles = sent
          return answer
        },
      })
      await createTokenScoping(api, serviceOptions()).add({...TARGET, role: 'DEPLOYMENT_ADMIN'})
      return reads
    }

    it('settles it with all roles that were sent, and with as many kinds of them as it names', async () => {
      const {deploymentRoles = []} = whole
      expect(await readsWith(whole)).to.equal(1)
      expect(await readsWith({deploymentRoles})).to.equal(1)
    })

    const different: readonly (readonly [string, SubjectRoles])[] = [
      ['no DAG roles', {...whole, dagRoles: null}],
      ['another DAG role', {...whole, dagRoles: [{deploymentId: 'd1', dagId: 'load', role: 'DAG_AUTHOR'}]}],
      ['no Workspace roles', {...whole, workspaceRoles: null}],
      ['no Organization role', {...whole, organizationRole: null}],
      ['no Deployment roles', {...whole, deploymentRoles: null}],
      ['no Deployment roles at all', {organizationRole: 'ORGANIZATION_MEMBER'}],
      ['nothing', {}],
    ]
    for (const [title, answer] of different) {
      it(`does not settle it with ${title}, so the token is read again`, async () => {
        expect(await readsWith(answer)).to.equal(2)
      })
    }
  })

  describe('under a lock', () => {
    it('takes the lock of the token before it reads, and releases it after a failure too', async () => {
      const {lock, seen} = lockLostAt(0)
      const good = worldOf([ORGANIZATION], [], {lock})
      const bad = worldOf([ORGANIZATION], [{failure: failure('forbidden')}], {lock})

      await good.scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'})
      await failureOf(async () => bad.scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'}))

      expect(seen).to.deep.include({taken: ['a', 'a'], released: 2})
    })

    it('reads again before it writes when another process took the lock over', async () => {
      const {lock} = lockLostAt(1)
      const {scoping, world} = worldOf([ORGANIZATION], [], {lock})

      await scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'})

      expect(world.reads).to.equal(2)
      expect(world.writes).to.have.length(1)
    })

    it('takes the lock again that another process took over', async () => {
      const {lock, seen} = lockLostAt(1)
      const {scoping, world} = worldOf([ORGANIZATION], [], {lock})

      await scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'})

      expect(seen).to.deep.include({taken: ['a', 'a'], released: 1})
      expect(world.writes).to.have.length(1)
    })

    it('treats the outcome as unknown when the lock was lost during the write, and finds the write there', async () => {
      let looks = 0
      const {lock} = lockLostAt(0)
      const {scoping, world} = worldOf([ORGANIZATION], [], {
        lock: async (tokenId) => ({...(await lock(tokenId)), isHeld: async () => ++looks !== 2}),
      })

      const {changes} = await scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'})

      expect(changes).to.have.length(1)
      expect(world).to.deep.include({reads: 2, writes: [[ORGANIZATION, ADMIN]]})
    })

    it('finds its write there when the lock cannot be taken again after it', async () => {
      let locks = 0
      let looks = 0
      const {lock} = lockLostAt(0)
      const {scoping, world} = worldOf([ORGANIZATION], [], {
        async lock(tokenId) {
          locks += 1
          if (locks > 1) throw failure('conflict')
          return {...(await lock(tokenId)), isHeld: async () => ++looks !== 2}
        },
      })

      const {changes} = await scoping.add({...TARGET, role: 'DEPLOYMENT_ADMIN'})

      expect(changes).to.have.length(1)
      expect(world.writes).to.have.length(1)
    })

    it('does not take for its own work what another process removed meanwhile', async () => {
      const {lock} = lockLostAt(1)
      const {scoping, world} = worldOf([ORGANIZATION, READER], [], {
        async lock(tokenId) {
          const held = await lock(tokenId)
          return {
            ...held,
            async isHeld() {
              world.roles = [ORGANIZATION]
              return held.isHeld()
            },
          }
        },
      })

      const error = await failureOf(async () => scoping.remove(TARGET))

      expect(error.kind).to.equal('not_found')
      expect(world.writes).to.deep.equal([])
    })
  })

  describe('how far a write is', () => {
    it('is sent, then written', async () => {
      expect(await statesWith([])).to.deep.equal(['sent', 'written'])
    })

    it('is sent, seen not to be taken, sent again, then written', async () => {
      const states = await statesWith([{failure: failure('network')}])
      expect(states).to.deep.equal(['sent', 'refused', 'sent', 'written'])
    })

    it('is sent, then seen to be written, where the answer was lost', async () => {
      expect(await statesWith([{failure: failure('network'), isTaken: true}])).to.deep.equal(['sent', 'written'])
    })

    it('is refused in the end where the API refuses it', async () => {
      expect(await statesWith([{failure: failure('forbidden')}])).to.deep.equal(['sent', 'refused'])
    })
  })
})
