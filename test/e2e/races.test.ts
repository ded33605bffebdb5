import {expect} from 'chai'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids, seedWorld, type World} from '../astro-api/world.js'
import {type CliRun, type Env, envFor, newFolder, runCli, startCli} from '../support/run-cli.js'
import {until} from '../support/until.js'
import {command, createPlace, roleOnDeployment, rolesOf, tokenOf} from './support.js'

const {deployments, tokens} = ids
const TOKEN_ID = tokens.dataQuality

interface Writer {
  readonly action: 'add' | 'remove'
  readonly deploymentId: string
}

/** A world in which so many writers add a role each, and as many as given remove one; in turn. */
function worldFor(adds: number, removes: number): {readonly world: World; readonly writers: readonly Writer[]} {
  const world = seedWorld()
  const token = tokenOf({world}, TOKEN_ID)
  const [template] = world.deployments
  const writers = Array.from({length: adds + removes}, (_, index): Writer => {
    const action = index % 2 === 1 && index < 2 * removes ? 'remove' : 'add'
    return {action, deploymentId: `clrace${String(index).padStart(4, '0')}`}
  })
  for (const {action, deploymentId: id} of writers) {
    if (template) world.deployments.push({...template, id, name: id})
    if (action === 'remove') token.roles = [roleOnDeployment(id, 'Deploy Reader'), ...(token.roles ?? [])]
  }

  return {world, writers}
}

/** The runs of all writers at the same time, each in an environment by its number. */
async function runAll(
  writers: readonly Writer[],
  envOf: (index: number) => Env,
  flags: readonly string[] = [],
): Promise<readonly CliRun[]> {
  return Promise.all(
    writers.map(async ({action, deploymentId}, index) =>
      runCli(command(action, TOKEN_ID, '--deployment-id', deploymentId, ...flags), envOf(index)),
    ),
  )
}

/** Checks that each writer succeeded, that its change stands, and that all other roles are as in the seeded world. */
function expectAllStand(api: AstroApi, writers: readonly Writer[], runs: readonly CliRun[]): void {
  expect(runs.filter(({exit}) => exit !== 0)).to.deep.equal([])
  const added = writers.filter(({action}) => action === 'add')
  expect(rolesOf(api, TOKEN_ID)).to.have.deep.members([
    ...rolesOf({world: seedWorld()}, TOKEN_ID),
    ...added.map(({deploymentId}) => roleOnDeployment(deploymentId, 'DEPLOYMENT_ADMIN')),
  ])
}

/** Checks that the requests of each process, from its read to the response to its write, do not overlap another's. */
function expectTurns({requests}: AstroApi, count: number): void {
  const atToken = requests.filter(({path}) => path.includes(TOKEN_ID))
  const turns = [...new Set(atToken.map(({connection}) => connection))]
    .map((number) => atToken.filter(({connection}) => connection === number))
    .map((own) => ({from: own[0]?.startedAt ?? 0, to: own.at(-1)?.endedAt ?? Infinity}))
    .toSorted((a, b) => a.from - b.from)
  expect(turns).to.have.length(count)
  expect(turns.filter(({from}, index) => index > 0 && from < (turns[index - 1]?.to ?? 0))).to.deep.equal([])
}

describe('many processes at one token', function () {
  this.timeout(120_000)

  for (const [title, adds, removes, envs] of [
    [
      '16 adds from 16 homes with temporary folders of their own',
      16,
      0,
      (api: AstroApi) => Array.from({length: 16}, () => envFor(api, {ASTRO_LOCK_DIR: undefined})),
    ],
    ['8 adds and 8 removes with one ASTRO_LOCK_DIR', 8, 8, (api: AstroApi) => [envFor(api)]],
  ] as const) {
    it(`write one after the other and lose no role: ${title}`, async () => {
      const {world, writers} = worldFor(adds, removes)
      const api = await startAstroApi({latencyMs: 25, world})
      const own = envs(api)

      const runs = await runAll(writers, (index) => own[index % own.length] ?? {})
      await api.close()

      expectAllStand(api, writers, runs)
      expectTurns(api, writers.length)
    })
  }

  describe('one of which is stuck in its write,', () => {
    const place = createPlace(() => ({latencyMs: 25}))

    beforeEach(place.open)

    afterEach(place.close)
    const isAdded = (id: string) => rolesOf(place.api, TOKEN_ID).some(({entityId}) => entityId === id)

    /** Starts an addition whose write gets no response. */
    const startStuck = async (tokenId: string) => {
      const {api, env, operations} = place
      api.inject({operationId: 'updateApiTokenRoles', action: {kind: 'hang'}})
      const stuck = startCli(command('add', tokenId, '--deployment-id', deployments.billing), env)
      await until(() => operations().includes('updateApiTokenRoles'))
      return stuck
    }

    it('do not wait if it writes to another token', async () => {
      const {child, end} = await startStuck(tokens.deployBot)

      const {exit} = await place.run('add', TOKEN_ID, '--deployment-id', deployments.billing)

      expect(exit).to.equal(0)
      expect(child.exitCode).to.equal(null)
      child.kill('SIGKILL')
      await end
      expect(isAdded(deployments.billing)).to.equal(true)
    })

    it('continue at once after SIGTERM ends it', async () => {
      const {child, end} = await startStuck(TOKEN_ID)
      child.kill('SIGTERM')
      const from = performance.now()

      const [{exit}] = await Promise.all([place.run('add', TOKEN_ID, '--deployment-id', deployments.reports), end])

      expect(performance.now() - from).to.be.below(5000)
      expect(exit).to.equal(0)
      expect([isAdded(deployments.billing), isAdded(deployments.reports)]).to.deep.equal([false, true])
    })
  })

  describe('that must wait', () => {
    let takeOver: {readonly api: AstroApi; readonly run: CliRun; readonly milliseconds: number}
    let settled: {readonly api: AstroApi; readonly runs: readonly CliRun[]; readonly writers: readonly Writer[]}

    before(async () => {
      // Both mostly wait.
      ;[takeOver, settled] = await Promise.all([runAfterKill(), runSettling()])
    })

    it('take the lock over in under half a minute after a process is killed in its write, and both roles stand', () => {
      const {api, milliseconds, run} = takeOver
      expect(run.exit).to.equal(0)
      expect(milliseconds).to.be.below(30_000)
      expect(rolesOf(api, TOKEN_ID)).to.have.deep.members([
        ...rolesOf({world: seedWorld()}, TOKEN_ID),
        roleOnDeployment(deployments.billing, 'DEPLOYMENT_ADMIN'),
        roleOnDeployment(deployments.reports, 'DEPLOYMENT_ADMIN'),
      ])
    })

    it('lose no role with --settle if they share no lock, as on several machines', () => {
      const {api, runs, writers} = settled
      expectAllStand(api, writers, runs)
      expect(api.requests).to.have.length.at.most(16 * writers.length)
    })
  })
})

async function runAfterKill() {
  const place = createPlace(() => ({latencyMs: 25}))
  await place.open()
  const {api, env, operations, run} = place
  api.inject({operationId: 'updateApiTokenRoles', action: {kind: 'hangAfter'}})
  const {child, end} = startCli(command('add', TOKEN_ID, '--deployment-id', deployments.billing), env)
  await until(() => operations().includes('updateApiTokenRoles'))
  child.kill('SIGKILL')
  await end
  const from = performance.now()
  const next = await run('add', TOKEN_ID, '--deployment-id', deployments.reports)
  await place.close()
  return {api, run: next, milliseconds: performance.now() - from}
}

async function runSettling() {
  const {world, writers} = worldFor(6, 2)
  const api = await startAstroApi({latencyMs: 25, world})
  const runs = await runAll(writers, () => envFor(api, {ASTRO_LOCK_DIR: newFolder('locks')}), ['--settle', '3'])
  await api.close()
  return {api, runs, writers}
}
