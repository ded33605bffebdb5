import {expect} from 'chai'

import {startAstroApi} from '../astro-api/server.js'
import {ids, seedWorld, type TokenRole} from '../astro-api/world.js'
import {type CliRun, runCli} from '../support/run-cli.js'
import {ownEnvFor, ownTmp, roleOn, rolesOf} from './support.js'

const TOKEN_ID = ids.tokens.dataQuality

/** Adds `DEPLOYMENT_ADMIN`, or removes the role that is there. */
type Action = 'add' | 'remove'

/** What became of a round. */
interface Round {
  readonly writers: number
  readonly stand: number
  readonly requests: number
  readonly failed: readonly CliRun[]
  /** Roles that no writer named, before and after. */
  readonly others: readonly [before: readonly TokenRole[], after: readonly TokenRole[]]
  readonly seconds: number
}

/** Runs all writers at once, each with folders and a Deployment of its own. */
async function runRound(actions: readonly Action[], flags: readonly string[]): Promise<Round> {
  const world = seedWorld()
  const [template] = world.deployments
  const token = world.tokens.find(({id}) => id === TOKEN_ID)
  if (!template || !token) throw new Error('the world lacks a Deployment or the token')
  const writers = actions.map((action, index) => ({action, deploymentId: `clsettle${index}`}))
  const before = token.roles ?? []
  for (const {action, deploymentId: id} of writers) {
    world.deployments.push({...template, id, name: id})
    if (action === 'remove') token.roles = [...(token.roles ?? []), roleOn(id, 'Deploy Reader')]
  }

  const api = await startAstroApi({latencyMs: 25, world})
  const from = performance.now()
  const runs = writers.map(async ({action, deploymentId}) => {
    const argv = ['deployment', 'organization-token', action, TOKEN_ID, '--deployment-id', deploymentId, ...flags]
    return runCli(argv, ownEnvFor(api, {ASTRO_LOCK_DIR: ownTmp()}))
  })
  const failed = (await Promise.all(runs)).filter(({exit}) => exit !== 0)
  await api.close()
  expect(api.violations).to.deep.equal([])

  const after = rolesOf(api, TOKEN_ID)
  const has = (deploymentId: string) => after.some(({entityId}) => entityId === deploymentId)
  return {
    writers: writers.length,
    stand: writers.filter(({action, deploymentId}) => has(deploymentId) === (action === 'add')).length,
    requests: api.requests.length,
    failed,
    others: [before, after.filter(({entityId}) => !entityId.startsWith('clsettle'))],
    seconds: Math.round((performance.now() - from) / 1000),
  }
}

function times(count: number, ...actions: readonly Action[]): readonly Action[] {
  return Array.from({length: count}, () => actions).flat()
}

/** Checks what holds for every round, and prints its figures below the title of the test. */
function check({failed, others, requests, seconds, stand, writers}: Round): void {
  process.stdout.write(`      ${stand} of ${writers} stand, ${requests} requests, ${seconds} s\n`)
  expect(failed).to.deep.equal([])
  expect(others[1]).to.deep.equal(others[0])
}

describe('writers that share no lock, as on several machines', function () {
  this.timeout(240_000)
  let adds: Round
  let mixed: Round

  before(async () => {
    // At the same time: a round is spent waiting, and each has an API of its own.
    const settle = ['--settle', '4']
    ;[adds, mixed] = await Promise.all([
      runRound(times(16, 'add'), settle),
      runRound(times(4, 'add', 'remove'), settle),
    ])
  })

  it('16 adds all stand with --settle, after at most 256 requests', () => {
    check(adds)
    expect(adds.stand).to.equal(16)
    expect(adds.requests).to.be.at.most(256)
  })

  it('4 adds and 4 removes all stand with --settle', () => {
    check(mixed)
    expect(mixed.stand).to.equal(8)
  })

  it('16 adds without --settle: at least one stands', async () => {
    const round = await runRound(times(16, 'add'), [])

    check(round)
    expect(round.stand).to.be.at.least(1)
  })
})
