import {expect} from 'chai'
import {mkdtempSync, readFileSync, renameSync, writeFileSync} from 'node:fs'
import fsPromises, {appendFile, mkdir, readdir, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {acquireLock, type LockOptions} from '../../../src/lib/locks/lock.js'
import {until} from '../../support/until.js'
import {failureOf} from '../support.js'
import {failing, type FakeSystem, fakeSystem, noteOf, RUNNING, systemError, withReplaced} from './fake-system.js'
import {HELD, type Scene, TAKEN} from './lock-table.js'

const OTHER_ID = '00000000000000bb'
const TICK = 500

describe('acquireLock', () => {
  let folder: string
  let path: string
  let system: FakeSystem
  let log: string[]

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'astro-lock-'))
    path = join(folder, 'x')
    system = fakeSystem(TICK)
    log = []
  })

  afterEach(async () => {
    await rm(folder, {recursive: true})
  })

  /** Takes the lock, and logs what the caller is told. */
  const take = async (options: Partial<LockOptions> = {}) =>
    acquireLock(path, {
      purpose: 'token x',
      system,
      onWait: () => log.push('onWait'),
      onEvent: (event) => log.push(`${event.kind} ${event.holder?.pid ?? '-'} at ${event.waitedMs}`),
      ...options,
    })

  const make = async ({files = {}, folder, linkTo, note, refreshMs}: Scene) => {
    for (const [suffix, text] of Object.entries(files)) await writeFile(path + suffix, text)
    if (folder !== undefined) await mkdir(path + folder, {recursive: true})
    if (linkTo !== undefined) await symlink(linkTo, path)
    system.onSleep = async (elapsed) => {
      if (elapsed === note?.afterMs) await writeFile(path, note.text)
      if (refreshMs !== undefined && elapsed % refreshMs === 0) await appendFile(path, '.')
    }
  }

  for (const [title, scene, expected, options] of TAKEN) {
    // Windows lets only administrators make links.
    if (scene.linkTo !== undefined && process.platform === 'win32') continue
    it(`takes ${title}`, async () => {
      await make(scene)
      const listeners = process.listenerCount('exit')

      const lock = await take({afterTakeOverMs: 5000, ...options})

      expect(log).to.deep.equal(expected)
      expect(await lock.isHeld()).to.equal(true)
      await lock.release()
      expect(await readdir(folder)).to.deep.equal([])
      expect(process.listenerCount('exit')).to.equal(listeners)
    })
  }

  for (const [title, scene, message, options] of HELD) {
    it(`waits for ${title}`, async () => {
      await make(scene)
      const before = await readdir(folder, {recursive: true})

      const failure = await failureOf(async () => take(options))

      const ms = options?.waitMs ?? 60_000
      expect(failure).to.include({kind: 'conflict', message})
      expect(failure.details.hint).to.equal(
        `Try again when it has ended. This command waited ${Math.round(ms / 1000)} seconds. The lock is ${path}`,
      )
      expect(system.elapsed()).to.equal(ms)
      expect(log).to.have.length(2)
      expect(await readdir(folder, {recursive: true})).to.deep.equal(before)
    })
  }

  it('waits as long for each holder, so that a long queue is no conflict', async () => {
    await writeFile(path, noteOf({pid: RUNNING}))
    system.onSleep = async (elapsed) => {
      if (elapsed === 1500) await writeFile(path, noteOf({id: OTHER_ID, pid: RUNNING}))
      if (elapsed === 3000) await rm(path)
    }

    await (await take({waitMs: 2000})).release()

    expect(log).to.deep.equal(['onWait', 'wait 3000 at 0', 'acquired - at 3000'])
  })

  for (const [random, waits] of [
    [0, [25, 50, 75, 100, 100]],
    [1, [75, 150, 225, 300, 300]],
  ] as const) {
    it(`looks less and less often, at random between half and 1.5 times as long (${random})`, async () => {
      await writeFile(path, noteOf({pid: RUNNING}))
      system.random = () => random

      await failureOf(async () => take({waitMs: 5 * TICK}))

      expect(system.waits).to.deep.equal(waits)
    })
  }

  it('never takes over a lock that it may not read', async () => {
    await writeFile(path, noteOf())
    const {lstat} = fsPromises
    const denied = async (of: string) => (of === path ? failing('EACCES')() : lstat(of))

    const failure = await withReplaced(fsPromises, {lstat: denied}, async () =>
      failureOf(async () => take({silenceMs: 1000})),
    )

    expect(failure.message).to.equal('Another process has held the lock on token x.')
  })

  it('has a lock whose link was made although the system reported that it existed', async () => {
    const {link} = fsPromises
    const doubtful = async (...paths: Parameters<typeof link>) => {
      await link(...paths)
      throw systemError('EEXIST')
    }

    const lock = await withReplaced(fsPromises, {link: doubtful}, async () => take())

    expect(await lock.isHeld()).to.equal(true)
    await lock.release()
  })

  it('leaves a lock that another process takes over between the look and the claim', async () => {
    await writeFile(path, noteOf())
    system.isRunning = () => {
      // The other process wins, and goes on, as soon as this one has found the holder dead.
      system.isRunning = () => true
      replace(path, noteOf({id: OTHER_ID, pid: RUNNING}))
      return false
    }

    const failure = await failureOf(async () => take({waitMs: 0}))

    expect(failure.message).to.equal('Another process has held the lock on token x.')
    expect(readFileSync(path, 'utf8')).to.equal(noteOf({id: OTHER_ID, pid: RUNNING}))
    expect(await readdir(folder)).to.deep.equal(['x'])
  })

  it('leaves a dead lock, and its claim on it, if the lock cannot be replaced', async () => {
    await writeFile(path, noteOf())
    const failure = await withReplaced(fsPromises, {rename: failing('EPERM')}, async () =>
      failureOf(async () => take({waitMs: 0})),
    )

    expect(failure.message).to.contain('Process 2000 has held')
    expect(await readdir(folder)).to.deep.equal(['x'])
  })

  it('throws the error of the system if no lock can be made', async () => {
    const error: unknown = await acquireLock(join(folder, 'not', 'there'), {purpose: ''}).catch(
      (error_: unknown) => error_,
    )

    expect(error).to.have.property('code', 'ENOENT')
  })

  describe('once it is acquired', () => {
    it('refreshes its own file until it is released', async () => {
      const lock = await take()
      const before = readFileSync(path, 'utf8')

      for (const tick of system.timers) tick()
      await until(() => readFileSync(path, 'utf8') === `${before}.`)

      expect(await lock.isHeld()).to.equal(true)
      await lock.release()
      expect(system.timers.size).to.equal(0)
    })

    it('is no longer held when another process has taken it over, and its release leaves that lock', async () => {
      const lock = await take()
      replace(path, noteOf())

      expect(await lock.isHeld()).to.equal(false)
      await lock.release()

      expect(readFileSync(path, 'utf8')).to.equal(noteOf())
    })

    it('is no longer held when its file is gone or cannot be read', async () => {
      const lock = await take()
      expect(await withReplaced(fsPromises, {lstat: failing('EIO')}, async () => lock.isHeld())).to.equal(false)
      await rm(path)
      expect(await lock.isHeld()).to.equal(false)
      await lock.release()
      expect(await readdir(folder)).to.deep.equal([])
    })

    it('is released when the process exits, but not during the wait after a take-over', async () => {
      await writeFile(path, noteOf())
      const before = process.listeners('exit')
      let during = 0
      system.onSleep = () => {
        during = process.listenerCount('exit')
      }

      await take({afterTakeOverMs: 5000})

      const added = process.listeners('exit').filter((listener) => !before.includes(listener))
      expect([during - before.length, added.length, system.waits]).to.deep.equal([0, 1, [5000]])
      for (const listener of added) {
        listener(0)
        process.off('exit', listener)
      }

      expect(await readdir(folder)).to.deep.equal([])
    })
  })
})

/** Replaces a file at once, as a take-over does. */
function replace(path: string, text: string): void {
  writeFileSync(`${path}.other`, text)
  renameSync(`${path}.other`, path)
}
