import {expect} from 'chai'

import {type ApiToken, type TokenRole} from '../../../src/lib/astro-api/answers.js'
import {AstroError} from '../../../src/lib/errors.js'
import {giveRole, type RoleChange} from '../../../src/lib/roles/role-arithmetic.js'
import {settle} from '../../../src/lib/roles/settle.js'
import {organizationToken, roleOnDeployment} from '../fake-astro-api.js'
import {fakeClock} from '../service-options.js'
import {failureOf} from '../support.js'

const ORGANIZATION = {entityType: 'ORGANIZATION', entityId: 'clorg1', role: 'ORGANIZATION_MEMBER'}
const OURS = roleOnDeployment('d1', 'DEPLOYMENT_ADMIN')
const OTHER = roleOnDeployment('d2', 'Deploy Reader')
const ADDED: RoleChange = {deploymentId: 'd1', action: 'added', role: 'DEPLOYMENT_ADMIN'}
const UNCHANGED: RoleChange = {...ADDED, action: 'unchanged', previousRole: 'DEPLOYMENT_ADMIN'}
const WRITTEN = [ORGANIZATION, OURS]
const UNDONE = [ORGANIZATION, OTHER]

type Read = AstroError | readonly TokenRole[]

interface Script {
  /** What the read after each wait returns or throws; the last one also answers all later reads. */
  readonly reads: readonly Read[]
  readonly first?: RoleChange
  /** What happens instead of each repeat. */
  readonly repeats?: readonly (
    AstroError | {readonly changes: readonly RoleChange[]; readonly roles: readonly TokenRole[]}
  )[]
  readonly random?: number
}

/** Settles a role on d1 in a world that answers as the script says. */
function settling({first = ADDED, random = 0, reads, repeats = []}: Script) {
  const clock = {...fakeClock(), random: () => random}
  const seen = {reads: 0, repeats: [] as boolean[], spoken: [] as (readonly [number, number])[], sleeps: clock.sleeps}
  const token = organizationToken('a', WRITTEN, {name: 'etl'})
  const change = {
    async write(isRepeat: boolean) {
      seen.repeats.push(isRepeat)
      if (!isRepeat) return {token, changes: [first], roles: WRITTEN}
      const repeat = repeats[seen.repeats.length - 2] ?? {changes: [ADDED], roles: [...UNDONE, OURS]}
      if (repeat instanceof AstroError) throw repeat
      return {token, ...repeat}
    },
    async read(): Promise<ApiToken> {
      const read = reads[Math.min(seen.reads, reads.length - 1)] ?? []
      seen.reads += 1
      if (read instanceof AstroError) throw read
      return organizationToken('a', read, {name: 'etl'})
    },
    shows: (roles: readonly TokenRole[]) => giveRole(roles, ['d1'], 'DEPLOYMENT_ADMIN').roles === roles,
  }
  const onWait = (milliseconds: number, rewrites: number) => seen.spoken.push([milliseconds, rewrites])
  return {run: async () => settle(change, {seconds: 5, clock, onWait}), seen}
}

describe('settling a change', () => {
  for (const [random, milliseconds] of [
    [0, 5000],
    [0.5, 6250],
    [0.75, 6875],
  ] as const) {
    it(`waits ${milliseconds} ms of 5 to 7.5 s, by chance, and reads once`, async () => {
      const {run, seen} = settling({random, reads: [WRITTEN]})

      expect(await run()).to.deep.include({changes: [ADDED], rewrites: 0, roles: WRITTEN})
      expect(seen).to.deep.include({reads: 1, repeats: [false], sleeps: [milliseconds]})
    })
  }

  it('announces each wait with its length and the number of repeats so far', async () => {
    const {run, seen} = settling({reads: [UNDONE, [...UNDONE, OURS]]})

    await run()

    expect(seen.spoken).to.deep.equal([
      [5000, 0],
      [5000, 1],
    ])
  })

  it('repeats the whole write when the change is missing, and then waits for the roles of the repeat', async () => {
    const {run, seen} = settling({reads: [UNDONE, [...UNDONE, OURS]]})

    expect(await run()).to.deep.include({rewrites: 1, roles: [...UNDONE, OURS]})
    expect(seen).to.deep.include({reads: 2, repeats: [false, true]})
  })

  it('takes another role on the Deployment for a missing change', async () => {
    const {run, seen} = settling({
      reads: [
        [ORGANIZATION, roleOnDeployment('d1', 'Log Reader')],
        [...UNDONE, OURS],
      ],
    })

    await run()

    expect(seen.repeats).to.deep.equal([false, true])
  })

  const differences: readonly (readonly [string, readonly TokenRole[]])[] = [
    ['one more role', [...WRITTEN, OTHER]],
    ['a missing role', [OURS]],
    ['another role elsewhere', [{...ORGANIZATION, role: 'ORGANIZATION_OWNER'}, OURS]],
    ['a DAG role', [...WRITTEN, {entityType: 'DAG', entityId: 'load', deploymentId: 'd1', role: 'DAG_VIEWER'}]],
  ]
  for (const [title, roles] of differences) {
    it(`waits again after ${title}, without a write, until a read shows the same as the one before`, async () => {
      const {run, seen} = settling({reads: [roles, roles]})

      expect(await run()).to.deep.include({rewrites: 0, roles})
      expect(seen).to.deep.include({reads: 2, repeats: [false], sleeps: [5000, 5000]})
    })
  }

  it('compares with the last read, not with the write', async () => {
    const {run, seen} = settling({reads: [[...WRITTEN, OTHER], WRITTEN, WRITTEN]})

    await run()

    expect(seen.reads).to.equal(3)
  })

  it('does not mind the order of the roles', async () => {
    const {run, seen} = settling({reads: [WRITTEN.toReversed()]})

    await run()

    expect(seen.reads).to.equal(1)
  })

  it('reports the first action, whatever the repeats were', async () => {
    const update: RoleChange = {...ADDED, action: 'updated', previousRole: 'Log Reader'}
    const {run} = settling({reads: [UNDONE, WRITTEN], repeats: [{changes: [update], roles: WRITTEN}]})

    expect(await run()).to.deep.include({changes: [ADDED], rewrites: 1})
  })

  it('also settles a change that was there already', async () => {
    const quiet = settling({first: UNCHANGED, reads: [WRITTEN]})
    const undone = settling({first: UNCHANGED, reads: [UNDONE, [...UNDONE, OURS]]})

    expect(await quiet.run()).to.deep.include({changes: [UNCHANGED], rewrites: 0})
    expect(await undone.run()).to.deep.include({changes: [UNCHANGED], rewrites: 1})
    expect(quiet.seen.sleeps).to.have.length(1)
  })

  it('fails with conflict when the sixteenth repeat was undone too', async () => {
    const {run, seen} = settling({reads: [UNDONE]})

    const error = await failureOf(run)

    expect(error.kind).to.equal('conflict')
    expect(error.message).to.equal(
      'The change to "etl" (a) was repeated 16 times, but another writer undid it each time.',
    )
    expect(seen.repeats).to.have.length(1 + 16)
    expect(seen.sleeps).to.have.length(17)
  })

  it('succeeds when the sixteenth repeat stands', async () => {
    const {run} = settling({reads: [...Array.from({length: 16}, () => UNDONE), [...UNDONE, OURS]]})

    expect(await run()).to.deep.include({rewrites: 16})
  })

  for (const [title, first, state] of [
    ['written', ADDED, 'written and there'],
    ['found', UNCHANGED, 'there'],
  ] as const) {
    it(`fails with timeout after forty waits without a quiet one, for a change that was ${title}`, async () => {
      const lists = Array.from({length: 41}, (_, index) => [...WRITTEN, roleOnDeployment(`e${index}`, 'Log Reader')])
      const {run, seen} = settling({first, reads: lists})

      const error = await failureOf(run)

      expect(error.kind).to.equal('timeout')
      expect(error.message).to.equal(`The change to "etl" (a) is ${state}, but other writers keep changing this token.`)
      expect(seen).to.deep.include({reads: 40, repeats: [false]})
    })
  }

  it('succeeds when the fortieth wait is quiet', async () => {
    const lists = Array.from({length: 39}, (_, index) => [...WRITTEN, roleOnDeployment(`e${index}`, 'Log Reader')])
    const {run, seen} = settling({reads: [...lists, lists.at(-1) ?? []]})

    await run()

    expect(seen.sleeps).to.have.length(40)
  })

  for (const kind of ['api', 'forbidden', 'network', 'not_found', 'timeout'] as const) {
    it(`keeps the kind of a check that fails with ${kind}, and says that the change was written`, async () => {
      const details = {hint: 'Start over', requestId: 'req-9', status: 503}
      const {run} = settling({reads: [new AstroError(kind, 'It is so.', details)]})

      const error = await failureOf(run)

      expect(error).to.include({
        kind,
        message: 'The change to "etl" (a) is written, but the command could not confirm that it stands. It is so.',
      })
      expect(error.details).to.deep.equal({
        hint: "See the token's roles: {{list}} --all-deployments",
        requestId: 'req-9',
        status: 503,
      })
    })
  }

  it('does not claim a write when the check of a change fails that was there already', async () => {
    const {run} = settling({first: UNCHANGED, reads: [new AstroError('network', 'It is so.')]})

    expect((await failureOf(run)).message).to.equal(
      'The change to "etl" (a) is there, but the command could not confirm that it stands. It is so.',
    )
  })

  it('does not take a read without roles for a missing change', async () => {
    const {run, seen} = settling({reads: [[]]})

    expect((await failureOf(run)).kind).to.equal('api')
    expect(seen.repeats).to.deep.equal([false])
  })

  it('keeps the kind of a repeat that fails, and says that the change was undone', async () => {
    const {run} = settling({reads: [UNDONE], repeats: [new AstroError('forbidden', 'It is so.')]})

    expect(await failureOf(run)).to.include({
      kind: 'forbidden',
      message: 'Another writer undid the change to "etl" (a), and the repeat failed. It is so.',
    })
  })

  it('passes on any other error as it is', async () => {
    const bug = new TypeError('bug')
    const token = organizationToken('a', WRITTEN)
    const change = {
      write: async () => ({token, changes: [ADDED], roles: WRITTEN}),
      async read(): Promise<ApiToken> {
        throw bug
      },
      shows: () => true,
    }

    expect(await settle(change, {seconds: 1, clock: fakeClock()}).catch((error: unknown) => error)).to.equal(bug)
  })
})
