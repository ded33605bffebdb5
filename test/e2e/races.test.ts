import {expect} from 'chai'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids, seedWorld} from '../astro-api/world.js'
import {type Env, envFor, runCli, startCli} from '../support/run-cli.js'
import {until} from '../support/until.js'
import {command, createPlace, roleOnDeployment, rolesOf, tokenOf} from './support.js'

const {deployments, tokens} = ids
const TOKEN_ID = tokens.dataQuality

/** Runs so many writers at the same time, each with its own Deployment; some remove a role, and the others add one. */
async function race(
  {adds, removes}: {readonly adds: number; readonly removes: number},
  envsOf: (api: AstroApi) => readonly Env[],
  flags: readonly string[] = [],
): Promise<AstroApi> {
  const world = seedWorld()
  const token = tokenOf({world}, TOKEN_ID)
  const others = token.roles ?? []
  const raced = Array.from({length: adds + removes}, (_, index) => `clrace${String(index).padStart(4, '0')}`)
  const [template] = world.deployments
  for (const id of raced) if (template) world.deployments.push({...template, id, name: id})
  token.roles = [...raced.slice(adds).map((id) => roleOnDeployment(id, 'Deploy Reader')), ...others]

  const api = await startAstroApi({latencyMs: 25, world})
  const envs = envsOf(api)
  const runs = raced.map(async (id, index) => {
    const argv = command(index < adds ? 'add' : 'remove', TOKEN_ID, '--deployment-id', id, ...flags)
    return runCli(argv, envs[index % envs.length] ?? {})
  })
  const failed = (await Promise.all(runs)).filter(({exit}) => exit !== 0)
  await api.close()

  expect(failed).to.deep.equal([])
  const added = raced.slice(0, adds).map((id) => roleOnDeployment(id, 'DEPLOYMENT_ADMIN'))
  expect(rolesOf(api, TOKEN_ID)).to.have.deep.members([...others, ...added])
  return api
}

/** Environments with homes, temporary folders and locks of their own. */
function envsFor(api: AstroApi, more: Env = {}): readonly Env[] {
  return Array.from({length: 16}, () => envFor(api, more))
}

/** Checks that the requests of each process, from its read to the response to its write, do not overlap another's. */
function expectTurns({requests}: AstroApi): void {
  const atToken = requests.filter(({path}) => path.includes(TOKEN_ID))
  const turns = [...new Set(atToken.map(({connection}) => connection))]
    .map((number) => atToken.filter(({connection}) => connection === number))
    .map((own) => ({from: own[0]?.startedAt ?? 0, to: own.at(-1)?.endedAt ?? Infinity}))
    .toSorted((a, b) => a.from - b.from)
  expect(turns).to.have.length(16)
  expect(turns.filter(({from}, index) => index > 0 && from < (turns[index - 1]?.to ?? 0))).to.deep.equal([])
}

describe('many processes at one token', function () {
  this.timeout(120_000)
  const place = createPlace(() => ({latencyMs: 25}))

  beforeEach(place.open)

  afterEach(place.close)

  /** Starts an addition whose write gets no response. */
  const startStuck = async (tokenId: string, kind: 'hang' | 'hangAfter' = 'hang') => {
    const {api, env, operations} = place
    api.inject({operationId: 'updateApiTokenRoles', action: {kind}})
    const stuck = startCli(command('add', tokenId, '--deployment-id', deployments.billing), env)
    await until(() => operations().includes('updateApiTokenRoles'))
    return stuck
  }

  /** Runs an addition, and measures it. */
  const add = async () => {
    const from = performance.now()
    const {exit} = await place.run('add', TOKEN_ID, '--deployment-id', deployments.reports)
    const added = rolesOf(place.api, TOKEN_ID).filter(({role}) => role === 'DEPLOYMENT_ADMIN')
    return {exit, milliseconds: performance.now() - from, added: added.map(({entityId}) => entityId)}
  }

  it('write one after the other and lose no role: 16 adds in 16 homes', async () => {
    expectTurns(await race({adds: 16, removes: 0}, (api) => envsFor(api, {ASTRO_LOCK_DIR: undefined})))
  })

  it('write one after the other and lose no role: 8 adds and 8 removes with one ASTRO_LOCK_DIR', async () => {
    expectTurns(await race({adds: 8, removes: 8}, (api) => [envFor(api)]))
  })

  it('do not wait for one that is stuck at another token', async () => {
    const {child, end} = await startStuck(tokens.deployBot)

    expect(await add()).to.have.property('exit', 0)

    expect(child.exitCode).to.equal(null)
    child.kill('SIGKILL')
    await end
  })

  it('continue at once after SIGTERM ends one that is stuck in its write', async () => {
    const {child, end} = await startStuck(TOKEN_ID)
    child.kill('SIGTERM')

    const [{added, exit, milliseconds}] = await Promise.all([add(), end])

    expect({added, exit}).to.deep.equal({added: [deployments.sandbox, deployments.reports], exit: 0})
    expect(milliseconds).to.be.below(5000)
  })

  it('take over the lock of one that is killed in its write, and lose no role with --settle and no common lock', async () => {
    const {child, end} = await startStuck(TOKEN_ID, 'hangAfter')
    child.kill('SIGKILL')
    await end

    // Both mostly wait.
    const settling = race({adds: 6, removes: 2}, (api) => envsFor(api), ['--settle', '3'])
    const [{added, exit, milliseconds}] = await Promise.all([add(), settling])

    expect({added, exit}).to.deep.equal({
      added: [deployments.sandbox, deployments.billing, deployments.reports],
      exit: 0,
    })
    expect(milliseconds).to.be.within(5000, 30_000)
  })
})
