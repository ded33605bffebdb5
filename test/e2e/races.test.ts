import {expect} from 'chai'
import {buildSync} from 'esbuild'
import {type ChildProcess, fork} from 'node:child_process'
import {on, once} from 'node:events'
import {readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

import {type AstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {envFor, newFolder, runCli, startCli} from '../support/run-cli.js'
import {until} from '../support/until.js'
import {command, placeDuring, roleOnDeployment, rolesOf, tokenOf} from './support.js'

const {billing, reports, sandbox} = ids.deployments
const TOKEN_ID = ids.tokens.dataQuality
const RACED = Array.from({length: 16}, (_, index) => `clrace${String(index).padStart(4, '0')}`)

const WAITERS = 24

/** Checks that the requests of each process, from its read to the response to its write, do not overlap another's. */
function expectTurns({requests}: AstroApi): void {
  const turns = [...new Set(requests.map(({connection}) => connection))]
    .map((number) => requests.filter(({connection}) => connection === number))
    .map((own) => ({from: own[0]?.startedAt ?? 0, to: own.at(-1)?.endedAt ?? Infinity}))
    .toSorted((a, b) => a.from - b.from)
  expect(turns).to.have.length(RACED.length)
  expect(turns.filter(({from}, index) => index > 0 && from < (turns[index - 1]?.to ?? 0))).to.deep.equal([])
}

/** Resolves at the first message with this text. */
async function message(child: ChildProcess, text: string): Promise<void> {
  for await (const [received] of on(child, 'message')) if (received === text) return
}

describe('many processes at one token', function () {
  const place = placeDuring(this, () => ({latencyMs: 25}))
  this.timeout(180_000)

  it('write one after the other and lose no role: 8 adds and 8 removes in 16 homes and cache directories', async () => {
    const {api} = place
    const [template] = api.world.deployments
    for (const id of RACED) if (template) api.world.deployments.push({...template, id, name: id})
    const token = tokenOf(api, TOKEN_ID)
    const others = token.roles ?? []
    token.roles = [...RACED.slice(8).map((id) => roleOnDeployment(id, 'Deploy Reader')), ...others]

    const runs = RACED.map(async (id, index) => {
      const argv = command(index < 8 ? 'add' : 'remove', TOKEN_ID, '--deployment-id', id)
      return runCli(argv, envFor(api, {XDG_CACHE_HOME: newFolder('cache')}))
    })

    expect((await Promise.all(runs)).filter(({exit}) => exit !== 0)).to.deep.equal([])
    const added = RACED.slice(0, 8).map((id) => roleOnDeployment(id, 'DEPLOYMENT_ADMIN'))
    expect(rolesOf(api, TOKEN_ID)).to.have.deep.members([...others, ...added])
    expectTurns(api)
  })

  it('wait five seconds and continue after SIGKILL ends one that is stuck in its write', async () => {
    const {api, env, operations, run} = place
    api.inject({operationId: 'updateApiTokenRoles', action: {kind: 'hangAfter'}})
    const stuck = startCli(command('add', TOKEN_ID, '--deployment-id', billing), env)
    await until(() => operations().includes('updateApiTokenRoles'))
    stuck.child.kill('SIGKILL')
    const from = performance.now()

    const [{exit}] = await Promise.all([run('add', TOKEN_ID, '--deployment-id', reports), stuck.end])

    const added = rolesOf(api, TOKEN_ID).filter(({role}) => role === 'DEPLOYMENT_ADMIN')
    expect(exit).to.equal(0)
    expect(added.map(({entityId}) => entityId)).to.deep.equal([sandbox, billing, reports])
    expect(performance.now() - from).to.be.within(5000, 30_000)
  })

  it(`wait for the holder of a lock that is stopped, and then hold it one after the other: ${WAITERS} processes`, async () => {
    const program = join(newFolder('program'), 'lock-process.mjs')
    const entryPoints = [fileURLToPath(new URL('../support/lock-process.ts', import.meta.url))]
    // A compiled program starts ten times as fast as with tsx.
    buildSync({bundle: true, entryPoints, format: 'esm', outfile: program, platform: 'node'})
    const folder = newFolder('lock')
    const path = join(folder, 'x')
    const counter = join(newFolder(), 'counter')
    writeFileSync(counter, '0')
    const holder = fork(program, [path])
    await message(holder, 'held')
    holder.kill('SIGSTOP')
    const waiters = Array.from({length: WAITERS}, () => fork(program, [path, counter]))
    const ends = waiters.map(async (child) => once(child, 'close'))
    await Promise.all(waiters.map(async (child) => message(child, 'waiting for another process')))

    holder.kill('SIGKILL')
    const exits = await Promise.all(ends)

    expect(readFileSync(counter, 'utf8')).to.equal(String(WAITERS))
    expect(exits.filter(([code]) => code !== 0)).to.deep.equal([])
    expect(readdirSync(folder)).to.deep.equal([])
  })
})
