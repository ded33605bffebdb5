import {expect} from 'chai'
import {fork} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdtempSync} from 'node:fs'
import {readdir, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {acquireLock} from '../../../src/lib/locks/lock.js'
import {SYSTEM} from '../../../src/lib/locks/system.js'
import {failureOf} from '../support.js'
import {noteOf} from './fake-system.js'

const purpose = 'a test'

/** Starts a process that holds the lock at the path. */
async function startHolder(path: string) {
  const child = fork(new URL('../../support/hold-lock.ts', import.meta.url), [path], {
    execArgv: ['--import=tsx/esm'],
  })
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

  it('is released if its holder exits', async () => {
    const child = await startHolder(path)
    child.kill('SIGTERM')
    await once(child, 'close')

    expect(await readdir(folder)).to.deep.equal([])
  })

  it('is left by a holder that is killed, and taken over at once', async () => {
    const child = await startHolder(path)
    child.kill('SIGKILL')
    await once(child, 'close')
    expect(await readdir(folder)).to.deep.equal(['x'])

    const lock = await acquireLock(path, {purpose, waitMs: 0})

    expect(await lock.isHeld()).to.equal(true)
    await lock.release()
  })

  it('is not taken from a holder that is stopped', async () => {
    const child = await startHolder(path)
    child.kill('SIGSTOP')

    const failure = await failureOf(async () => acquireLock(path, {purpose, waitMs: 500}))

    expect(failure.message).to.contain(`Process ${child.pid ?? ''} has held the lock on a test since 2`)
    child.kill('SIGKILL')
    await once(child, 'close')
  })

  if (process.platform === 'linux') {
    it('is taken over if another process has got the PID of its holder', async () => {
      await writeFile(path, noteOf({...SYSTEM.self(), start: '1'}))

      const lock = await acquireLock(path, {purpose, waitMs: 0})

      expect(existsSync(path)).to.equal(true)
      await lock.release()
    })
  }
})
