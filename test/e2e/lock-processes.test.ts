import {expect} from 'chai'
import {fork, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {acquireLock} from '../../src/lib/locks/lock.js'
import {SYSTEM} from '../../src/lib/locks/system.js'
import {failureOf} from '../lib/support.js'
import {until} from '../support/until.js'

const isLinux = process.platform === 'linux'

/** Starts a process that holds the lock at the path. */
async function startHolder(path: string) {
  const child = fork(new URL('../support/hold-lock.ts', import.meta.url), [path], {execArgv: ['--import=tsx/esm']})
  await once(child, 'message')
  return child
}

describe('a lock between processes', function () {
  this.timeout(60_000)
  let folder: string
  let path: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'astro-lock-'))
    path = join(folder, 'x')
  })

  const take = async (waitMs: number) => acquireLock(path, {purpose: 'a test', waitMs})

  it('is released when its holder exits', async () => {
    const child = await startHolder(path)
    child.kill('SIGTERM')
    await once(child, 'close')

    expect(readdirSync(folder)).to.deep.equal([])
  })

  it('stays when its holder is killed, and is taken over at once', async () => {
    const child = await startHolder(path)
    child.kill('SIGKILL')
    await once(child, 'close')
    expect(readdirSync(folder)).to.deep.equal(['x'])

    const lock = await take(0)

    expect(await lock.isHeld()).to.equal(true)
    await lock.release()
  })

  it('stays with a holder that is stopped', async () => {
    const child = await startHolder(path)
    child.kill('SIGSTOP')

    const failure = await failureOf(async () => take(500))

    expect(failure.message).to.contain(`Process ${child.pid ?? ''} has held the lock on a test since 2`)
    child.kill('SIGKILL')
    await once(child, 'close')
  })

  if (isLinux) {
    it('is taken over when another process has got the PID of its holder', async () => {
      const holder = {id: '00000000000000aa', since: '2026-03-10T11:00:00.000Z', ...SYSTEM.self(), start: '1'}
      writeFileSync(path, `${JSON.stringify(holder)}\n`)

      await (await take(0)).release()

      expect(readdirSync(folder)).to.deep.equal([])
    })

    it('is not held by a zombie', async () => {
      // The shell becomes a program that never asks how its child ended.
      const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], {stdio: ['ignore', 'pipe', 'ignore']})
      const [output] = (await once(parent.stdout, 'data')) as [Buffer]
      const child = Number(output.toString())
      await until(() => readFileSync(`/proc/${parent.pid ?? 0}/comm`, 'utf8').includes('sleep'))
      const wasRunning = SYSTEM.isRunning(child)
      process.kill(child, 'SIGKILL')
      await until(() => readFileSync(`/proc/${child}/stat`, 'utf8').includes(') Z'))

      expect([wasRunning, SYSTEM.isRunning(child)]).to.deep.equal([true, false])
      parent.kill('SIGKILL')
    })
  }
})
