import {expect} from 'chai'
import {mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import fsPromises, {appendFile, mkdir, rm, stat, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {type Holder, readLock, refreshLock, removeLock} from '../../../src/lib/locks/lock-file.js'
import {acquireLock, type LockOptions} from '../../../src/lib/locks/lock.js'
import {until} from '../../support/until.js'
import {failureOf} from '../support.js'
import {failing, fakeSystem, noteOf, RUNNING, SELF, withReplaced} from './fake-system.js'
import {HELD, type Scene, TAKEN, UNREADABLE} from './lock-table.js'

const ID = '00000000000000aa'
const OTHER = {id: '00000000000000bb', pid: RUNNING}

describe('acquireLock', () => {
  let folder: string
  let path: string
  let system: ReturnType<typeof fakeSystem>
  let log: string[]

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'astro-lock-'))
    path = join(folder, 'x')
    system = fakeSystem(500)
    log = []
  })

  afterEach(() => {
    rmSync(folder, {recursive: true})
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
    system.state.onSleep = async (elapsed) => {
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
      expect(readdirSync(folder)).to.deep.equal([])
      expect(process.listenerCount('exit')).to.equal(listeners)
    })
  }

  for (const [title, scene, message, options] of HELD) {
    it(`waits for ${title}`, async () => {
      await make(scene)
      const before = readdirSync(folder, {recursive: true})

      const failure = await withReplaced(fsPromises, scene.functions ?? {}, async () =>
        failureOf(async () => take(options)),
      )

      const ms = options?.waitMs ?? 60_000
      expect(failure).to.include({kind: 'conflict', message})
      expect(failure.details.hint).to.equal(
        `Try again when it has ended. This command waited ${Math.round(ms / 1000)} seconds. The lock is ${path}`,
      )
      expect(system.state.elapsed).to.equal(ms)
      expect(log).to.have.length(2)
      expect(readdirSync(folder, {recursive: true})).to.deep.equal(before)
    })
  }

  it('waits as long for each holder, and checks less and less often', async () => {
    await writeFile(path, noteOf({pid: RUNNING}))
    system.state.onSleep = async (elapsed) => {
      if (elapsed === 1500) await writeFile(path, noteOf(OTHER))
      if (elapsed === 3000) await rm(path)
    }

    await (await take({waitMs: 2000})).release()

    expect(log).to.deep.equal(['onWait', 'wait 3000 at 0', 'acquired - at 3000'])
    expect(system.waits).to.deep.equal([50, 100, 150, 200, 200, 200])
  })

  it('does not count the time that it takes to read a lock as silence of its holder', async () => {
    await writeFile(path, noteOf({host: 'build-2', machine: 'build-2'}))
    const {readFile} = fsPromises
    let reads = 0
    const slow = async (...args: Parameters<typeof readFile>) => {
      const text = await readFile(...args)
      if (++reads === 2) {
        system.state.elapsed += 31_000
        await appendFile(path, '.')
      }

      return text
    }

    const failure = await withReplaced(fsPromises, {readFile: slow}, async () =>
      failureOf(async () => take({waitMs: 40_000})),
    )

    expect(failure.kind).to.equal('conflict')
  })

  it('throws the error of the system if it cannot read the lock', async () => {
    const attempt = withReplaced(fsPromises, {lstat: failing('EIO')}, async () => take().catch(String))

    expect(await attempt).to.equal('Error: EIO')
  })

  it('keeps a lock whose link was created although the system reported that it existed', async () => {
    const {link} = fsPromises
    const doubtful = async (...paths: Parameters<typeof link>) => link(...paths).then(failing('EEXIST'))

    const lock = await withReplaced(fsPromises, {link: doubtful}, take)

    expect(await lock.isHeld()).to.equal(true)
    await lock.release()
  })

  it('gives up a lock that took five seconds to write without hard links', async () => {
    const {writeFile} = fsPromises
    const slow = async (...args: Parameters<typeof writeFile>) => {
      await writeFile(...args)
      if (args[0] === path) system.state.elapsed += 5000
    }

    const failure = await withReplaced(fsPromises, {link: failing('EPERM'), writeFile: slow}, async () =>
      failureOf(async () => take({waitMs: 1000})),
    )

    expect(failure.kind).to.equal('conflict')
    expect(readdirSync(folder)).to.deep.equal([])
  })

  it('ignores a note with a wrong field', async () => {
    for (const fields of UNREADABLE) {
      await writeFile(path, noteOf(fields))
      const {ino, mtimeMs} = await stat(path)

      expect(await readLock(path)).to.deep.include({id: `${ino}-${mtimeMs}`, holder: undefined})
    }
  })

  it('refreshes and removes a lock only if it is the same one, and not while another process takes it over', async () => {
    const [mine, others] = [noteOf(), noteOf(OTHER)].map((note) => JSON.parse(note) as Holder)
    await writeFile(path, noteOf())
    if (others) await refreshLock(path, others)
    if (others) removeLock(path, others)
    await writeFile(`${path}.${ID}`, noteOf(OTHER))
    if (mine) removeLock(path, mine)

    expect(readFileSync(path, 'utf8')).to.equal(noteOf())
    expect(readdirSync(folder)).to.deep.equal(['x', `x.${ID}`])
  })

  it('names its process in the lock, and refreshes the lock until it is released', async () => {
    const lock = await take()
    const {holder, text} = (await readLock(path)) ?? {}
    expect(holder).to.deep.equal({...SELF, id: holder?.id, since: '2026-03-10T12:00:00.000Z'})
    if (process.platform !== 'win32') expect((await stat(path)).mode % 0o1000).to.equal(0o644)

    for (const tick of system.timers) tick()
    await until(() => readFileSync(path, 'utf8') === `${text}.`)

    expect(await lock.isHeld()).to.equal(true)
    await lock.release()
    expect(system.timers.size).to.equal(0)
  })

  it('does not hold a lock that it cannot read, that another process took over or that is gone', async () => {
    const lock = await take()
    expect(await withReplaced(fsPromises, {lstat: failing('EIO')}, async () => lock.isHeld())).to.equal(false)
    writeFileSync(join(folder, 'other'), noteOf(OTHER))
    renameSync(join(folder, 'other'), path)
    expect(await lock.isHeld()).to.equal(false)
    await lock.release()
    expect(readFileSync(path, 'utf8')).to.equal(noteOf(OTHER))
    await rm(path)
    expect(await lock.isHeld()).to.equal(false)
  })

  it('releases the lock when the process exits, but not during the wait after a take-over', async () => {
    await writeFile(path, noteOf())
    const before = process.listeners('exit')
    let during = 0
    system.state.onSleep = () => {
      during = process.listenerCount('exit')
    }

    await take({afterTakeOverMs: 5000})

    const added = process.listeners('exit').filter((each) => !before.includes(each))
    expect([during, added.length, system.waits]).to.deep.equal([before.length, 1, [5000]])
    for (const listener of added) {
      listener(0)
      process.off('exit', listener)
    }

    expect(readdirSync(folder)).to.deep.equal([])
  })
})
