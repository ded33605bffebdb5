import {expect} from 'chai'
import {mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {until} from '../astro-api/calls.js'
import {type AstroApi, type AstroApiOptions, startAstroApi} from '../astro-api/server.js'
import {ids, seedWorld, type WorldDeployment} from '../astro-api/world.js'
import {type CliRun, type Env, runCli} from '../support/run-cli.js'
import {ownEnvFor, roleOn, rolesOf, startCli} from './support.js'

const {deployments, tokens} = ids
const TOKEN_ID = tokens.dataQuality
const COMMAND = ['deployment', 'organization-token']

/** What Node's own functions do in a container that can only be read. */
const NO_FOLDERS = `
  import {syncBuiltinESMExports} from 'node:module'
  import fs from 'node:fs/promises'
  fs.mkdir = async () => {
    throw new Error('read-only')
  }
  syncBuiltinESMExports()`

/** A world with so many more Deployments, and their IDs. */
function worldWith(count: number) {
  const world = seedWorld()
  const template = world.deployments[0]
  if (!template) throw new Error('the world has no Deployment')
  const more = Array.from({length: count}, (_, index): WorldDeployment => ({
    ...template,
    id: `clrace${String(index).padStart(4, '0')}`,
    name: `race-${index}`,
  }))
  world.deployments.push(...more)
  return {world, raced: more.map(({id}) => id)}
}

async function add(deploymentId: string, env: Env): Promise<CliRun> {
  return runCli([...COMMAND, 'add', TOKEN_ID, '--deployment-id', deploymentId], env)
}

async function remove(deploymentId: string, env: Env): Promise<CliRun> {
  return runCli([...COMMAND, 'remove', TOKEN_ID, '--deployment-id', deploymentId], env)
}

/** Each run's exit and, where it is not 0, what it says. */
function failuresOf(runs: readonly CliRun[]): readonly CliRun[] {
  return runs.filter(({exit}) => exit !== 0)
}

describe('many processes at one token', function () {
  this.timeout(120_000)
  let api: AstroApi

  const start = async (options: AstroApiOptions = {}) => {
    api = await startAstroApi({latencyMs: 25, ...options})
  }

  afterEach(async () => {
    await api.close()
  })

  /** Each read and the write that follows it, of one process; from when the read came to when the write was answered. */
  const turnsAt = (tokenId: string) => {
    const atToken = api.requests.filter(({path}) => path.includes(tokenId))
    return [...new Set(atToken.map(({connection}) => connection))]
      .map((number) => atToken.filter(({connection}) => connection === number))
      .map((requests) => ({
        from: requests[0]?.startedAt ?? 0,
        to: requests.at(-1)?.endedAt ?? Infinity,
      }))
      .toSorted((a, b) => a.from - b.from)
  }

  const overlapsAt = (tokenId: string) => {
    const turns = turnsAt(tokenId)
    return turns.filter(({from}, index) => index > 0 && from < (turns[index - 1]?.to ?? 0))
  }

  const writes = () => api.requests.filter(({operationId}) => operationId === 'updateApiTokenRoles')

  for (const count of [16, 32]) {
    it(`${count} adds to ${count} Deployments at once: all roles stand, one write after the other`, async () => {
      const {raced, world} = worldWith(count)
      await start({world})
      const before = rolesOf(api, TOKEN_ID)
      const env = ownEnvFor(api)

      const runs = await Promise.all(raced.map((id) => add(id, env)))

      expect(failuresOf(runs)).to.deep.equal([])
      expect(rolesOf(api, TOKEN_ID)).to.have.deep.members([
        ...before,
        ...raced.map((id) => roleOn(id, 'DEPLOYMENT_ADMIN')),
      ])
      expect(writes()).to.have.length(count)
      expect(turnsAt(TOKEN_ID)).to.have.length(count)
      expect(overlapsAt(TOKEN_ID)).to.deep.equal([])
    })
  }

  it('8 adds and 8 removes at once: what was added stands, what was removed is gone, the rest is as it was', async () => {
    const {raced, world} = worldWith(16)
    await start({world})
    const before = rolesOf(api, TOKEN_ID)
    const [added, removed] = [raced.slice(0, 8), raced.slice(8)]
    const token = api.world.tokens.find(({id}) => id === TOKEN_ID)
    if (token) token.roles = [...removed.map((id) => roleOn(id, 'Deploy Reader')), ...before]
    const env = ownEnvFor(api)

    const runs = await Promise.all([...added.map((id) => add(id, env)), ...removed.map((id) => remove(id, env))])

    expect(failuresOf(runs)).to.deep.equal([])
    expect(rolesOf(api, TOKEN_ID)).to.have.deep.members([
      ...before,
      ...added.map((id) => roleOn(id, 'DEPLOYMENT_ADMIN')),
    ])
    expect(overlapsAt(TOKEN_ID)).to.deep.equal([])
  })

  it('4 adds and a remove of the same role at once end as if they came one after the other', async () => {
    await start()
    const before = rolesOf(api, TOKEN_ID)
    const rest = before.filter(({entityId}) => entityId !== deployments.sandbox)
    const env = ownEnvFor(api)

    const [removal, ...additions] = await Promise.all([
      remove(deployments.sandbox, env),
      ...Array.from({length: 4}, () => add(deployments.sandbox, env)),
    ])

    expect(failuresOf([removal, ...additions])).to.deep.equal([])
    const isThere = rolesOf(api, TOKEN_ID).length > rest.length
    expect(rolesOf(api, TOKEN_ID)).to.have.deep.members(isThere ? before : rest)
    expect(overlapsAt(TOKEN_ID)).to.deep.equal([])
  })

  for (const count of [16, 32]) {
    it(`${count} adds with 16 different homes and temporary directories: all roles stand`, async () => {
      const {raced, world} = worldWith(count)
      await start({world})
      const before = rolesOf(api, TOKEN_ID)
      const envs = Array.from({length: 16}, () => ownEnvFor(api, {ASTRO_LOCK_DIR: undefined}))

      const runs = await Promise.all(raced.map((id, index) => add(id, envs[index % 16] ?? {})))

      expect(failuresOf(runs)).to.deep.equal([])
      expect(rolesOf(api, TOKEN_ID)).to.have.deep.members([
        ...before,
        ...raced.map((id) => roleOn(id, 'DEPLOYMENT_ADMIN')),
      ])
      expect(overlapsAt(TOKEN_ID)).to.deep.equal([])
    })
  }

  it('does not wait for a process that is at another token', async () => {
    await start()
    const env = ownEnvFor(api)
    api.inject({operationId: 'updateApiTokenRoles', action: {kind: 'hang'}})
    const stuck = startCli([...COMMAND, 'add', tokens.deployBot, '--deployment-id', deployments.billing], env)
    await until(() => writes().length > 0)

    const run = await add(deployments.billing, env)

    expect(run.exit).to.equal(0)
    expect(stuck.child.exitCode).to.equal(null)
    stuck.child.kill('SIGKILL')
    await stuck.end
    expect(rolesOf(api, TOKEN_ID)).to.deep.include(roleOn(deployments.billing, 'DEPLOYMENT_ADMIN'))
  })

  it('gets through in under half a minute after a process was killed inside its write, and both roles stand', async () => {
    await start()
    const before = rolesOf(api, TOKEN_ID)
    const env = ownEnvFor(api)
    api.inject({operationId: 'updateApiTokenRoles', action: {kind: 'hangAfter'}})
    const killed = startCli([...COMMAND, 'add', TOKEN_ID, '--deployment-id', deployments.billing], env)
    await until(() => writes().length > 0)
    killed.child.kill('SIGKILL')
    await killed.end
    const from = performance.now()

    const run = await add(deployments.reports, env)

    expect(performance.now() - from).to.be.below(30_000)
    expect(run.exit).to.equal(0)
    expect(rolesOf(api, TOKEN_ID)).to.have.deep.members([
      ...before,
      roleOn(deployments.billing, 'DEPLOYMENT_ADMIN'),
      roleOn(deployments.reports, 'DEPLOYMENT_ADMIN'),
    ])
  })

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`gets through at once after ${signal} ended the process that had the lock`, async () => {
      await start()
      const before = rolesOf(api, TOKEN_ID)
      const env = ownEnvFor(api)
      api.inject({operationId: 'updateApiTokenRoles', action: {kind: 'hang'}})
      const ended = startCli([...COMMAND, 'add', TOKEN_ID, '--deployment-id', deployments.billing], env)
      await until(() => writes().length > 0)
      ended.child.kill(signal)
      const from = performance.now()

      const [run] = await Promise.all([add(deployments.reports, env), ended.end])

      expect(performance.now() - from).to.be.below(5000)
      expect(run.exit).to.equal(0)
      expect(ended.child.exitCode ?? ended.child.signalCode).not.to.equal(0)
      expect(rolesOf(api, TOKEN_ID)).to.have.deep.members([...before, roleOn(deployments.reports, 'DEPLOYMENT_ADMIN')])
    })
  }

  it('takes its lock whatever TMPDIR is', async () => {
    await start()

    const run = await add(deployments.billing, ownEnvFor(api, {ASTRO_LOCK_DIR: undefined, TMPDIR: '/nowhere'}))

    expect(run).to.deep.include({exit: 0, stderr: ''})
  })

  it('goes on with a warning if no lock can be made', async () => {
    await start()
    const before = rolesOf(api, TOKEN_ID)
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(NO_FOLDERS)}`

    const run = await add(deployments.billing, ownEnvFor(api, {ASTRO_LOCK_DIR: undefined, NODE_OPTIONS}))

    expect(run.exit).to.equal(0)
    expect(run.stderr).to.match(/^Warning: [^\n]+read-only[^\n]+\n$/)
    expect(run.stdout).to.match(/^Added [^\n]+\n$/)
    expect(rolesOf(api, TOKEN_ID)).to.have.deep.members([...before, roleOn(deployments.billing, 'DEPLOYMENT_ADMIN')])
  })

  const folder = mkdtempSync(join(tmpdir(), 'astro-no-locks-'))
  const file = join(folder, 'file')
  writeFileSync(file, '')
  for (const [what, directory] of [
    ['a file', file],
    ['not there', join(folder, 'missing')],
    ['a relative path', 'locks'],
  ] as const) {
    it(`writes nothing if ASTRO_LOCK_DIR is ${what}`, async () => {
      await start()

      const run = await add(deployments.billing, ownEnvFor(api, {ASTRO_LOCK_DIR: directory}))

      expect(run.exit).to.equal(2)
      expect(run.stderr).to.match(/^Error: ASTRO_LOCK_DIR cannot be used: [^\n]+\nSet ASTRO_LOCK_DIR [^\n]+\n$/)
      expect(writes()).to.deep.equal([])
    })
  }
})
