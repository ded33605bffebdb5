import {expect} from 'chai'

import {bigWorld, bigWorldId} from '../astro-api/big-world.js'
import {type RecordedRequest} from '../astro-api/requests.js'
import {json} from '../support/run-command.js'
import {createPlace, roleOnDeployment, rolesOf, tokenOf} from './support.js'

const TOKEN_ID = bigWorldId('token', 0)
const DEPLOYMENTS = Array.from({length: 2000}, (_, index) => bigWorldId('deployment', index))

/** Megabytes of objects that a command may use: a list that is copied needlessly does not fit. */
const HEAP = 128

/** Comparing them is faster than deep members. */
const texts = (roles: readonly unknown[]) => roles.map((role) => JSON.stringify(role)).toSorted()

describe('in an Organization of 10,000 tokens and 2,000 Deployments, the program', function () {
  this.timeout(60_000)
  const world = bigWorld({tokens: 10_000, deployments: DEPLOYMENTS.length, rolesPerToken: 3})
  const place = createPlace(() => ({latencyMs: 20, world: structuredClone(world)}), {
    NODE_OPTIONS: `--max-old-space-size=${HEAP}`,
  })

  beforeEach(place.open)

  afterEach(place.close)

  it('adds, updates and removes a role on all Deployments, with one write each', async () => {
    const {api, operations, run} = place
    const before = rolesOf(api, TOKEN_ID)
    const others = before.filter(({entityType}) => entityType !== 'DEPLOYMENT')
    const change = async (...argv: readonly string[]) => {
      const {exit} = await run(...argv, TOKEN_ID, '--all-deployments', '--yes', '--json')
      expect(exit).to.equal(0)
      return rolesOf(api, TOKEN_ID)
    }

    const added = await change('add', '--role', 'DEPLOYMENT_ADMIN')
    const updated = await change('update', '--role', 'Log Reader')
    const removed = await change('remove')

    expect(added.slice(0, before.length)).to.deep.equal(before)
    expect(new Set(added.map(({entityId}) => entityId))).to.include.all.keys(DEPLOYMENTS)
    const all = DEPLOYMENTS.map((id) => roleOnDeployment(id, 'Log Reader'))
    expect(texts(updated)).to.deep.equal(texts([...others, ...all]))
    expect(removed).to.deep.equal(others)
    expect(operations().filter((operation) => operation === 'updateApiTokenRoles')).to.have.length(3)
  })

  it('lists where they are used, as lines, CSV and JSON', async () => {
    const {api, run} = place
    tokenOf(api, TOKEN_ID).roles = DEPLOYMENTS.map((id) => roleOnDeployment(id, 'DEPLOYMENT_ADMIN'))
    const list = async (flag: string) => run('list', '--all-deployments', flag)

    const [lines, csv, asJson] = [await list('--sort=-created'), await list('--csv'), await list('--json')]

    const rows = 2000 + 9999 * 3
    expect([lines.exit, csv.exit]).to.deep.equal([0, 0])
    expect(lines.stdout.split('\n')).to.have.length(1 + rows + 1)
    expect(csv.stdout.split('\r\n')).to.have.length(1 + rows + 1)
    expect(json(asJson)).to.have.property('tokens').with.length(10_000)
    expect(api.requests).to.have.length(3 * (10 + 2))
  })

  it('sends at most eight requests at once for an audit of 30 pages', async () => {
    const {api, run} = place
    const {deployments, tokens} = bigWorld({tokens: 15_000, deployments: 15_000, rolesPerToken: 1})
    Object.assign(api.world, {deployments, tokens})

    const {exit} = await run('list', '--all-deployments', '--csv')

    expect(exit).to.equal(0)
    expect(api.requests).to.have.length(30)
    expect(maxInFlight(api.requests)).to.be.within(2, 8)
  })
})

/** The most requests that were open at the same time. */
function maxInFlight(requests: readonly RecordedRequest[]): number {
  const openAt = (time: number) => requests.filter(({endedAt, startedAt}) => startedAt <= time && time < (endedAt ?? 0))
  return Math.max(...requests.map(({startedAt}) => openAt(startedAt).length))
}
