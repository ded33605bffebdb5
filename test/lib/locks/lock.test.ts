import {expect} from 'chai'
import {mkdtempSync, renameSync, writeFileSync} from 'node:fs'
import fsPromises, {appendFile, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile} from 'node:fs/promises'
import {syncBuiltinESMExports} from 'node:module'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setImmediate} from 'node:timers/promises'

import {acquireLock, type LockEvent} from '../../../src/lib/locks/lock.js'
import {failureOf} from '../support.js'
import {fakeSystem, noteOf} from './fake-system.js'

const purpose = 'token x'
const DEAD_ID = '00000000000000aa'

describe('acquireLock', () => {
  let folder: string
  let path: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'astro-lock-'))
    path = join(folder, 'x')
  })

  afterEach(async () => {
    await rm(folder, {recursive: true})
  })

  it('lets one holder in after the other, and leaves nothing behind', async () => {
    let inside = 0
    let most = 0
    const work = async () => {
      const lock = await acquireLock(path, {purpose})
      most = Math.max(most, ++inside)
      await stat(folder)
      inside--
      await lock.release()
    }

    await Promise.all(Array.from({length: 8}, work))

    expect(most).to.equal(1)
    expect(await readdir(folder)).to.deep.equal([])
  })

  it('reports once that it waits, and every step as an event', async () => {
    const system = fakeSystem()
    const first = await acquireLock(path, {purpose, system})
    const events: LockEvent[] = []
    let waits = 0
    system.onSleep = async () => first.release()

    const second = await acquireLock(path, {
      purpose,
      system,
      onWait: () => waits++,
      onEvent: (event) => events.push(event),
    })

    expect(waits).to.equal(1)
    expect(events.map(({holder, kind, waitedMs}) => [kind, holder?.pid, waitedMs])).to.deep.equal([
      ['wait', 1000, 0],
      ['acquired', undefined, 50],
    ])
    await second.release()
  })

  it('throws the system’s own error if no lock can be made', async () => {
    const error: unknown = await acquireLock(join(folder, 'not', 'there'), {purpose}).catch((error_: unknown) => error_)

    expect(error).to.have.property('code', 'ENOENT')
  })

  it('works on a file system without hard links', async () => {
    const {link} = fsPromises
    fsPromises.link = async () => {
      throw Object.assign(new Error('no hard links'), {code: 'EPERM'})
    }

    syncBuiltinESMExports()
    try {
      const first = await acquireLock(path, {purpose})
      const failure = await failureOf(async () => acquireLock(path, {purpose, waitMs: 0}))
      await first.release()
      const second = await acquireLock(path, {purpose, waitMs: 0})

      expect(failure.message).to.contain(`Process ${process.pid} has held the lock`)
      expect(await second.isHeld()).to.equal(true)
      await second.release()
      expect(await readdir(folder)).to.deep.equal([])
    } finally {
      fsPromises.link = link
      syncBuiltinESMExports()
    }
  })

  describe('if the holder is alive', () => {
    it('waits for a minute, however silent the holder is, and then names it', async () => {
      const system = fakeSystem()
      system.running.add(2000)
      await writeFile(path, noteOf())

      const failure = await failureOf(async () => acquireLock(path, {purpose, system}))

      expect(failure.kind).to.equal('conflict')
      expect(failure.message).to.equal('Process 2000 has held the lock on token x since 2026-03-10T11:00:00.000Z.')
      expect(failure.details.hint).to.contain(path).and.contain('60 seconds')
      expect(system.now()).to.be.within(60_000, 60_200)
      expect(await readFile(path, 'utf8')).to.equal(noteOf())
      expect(await readdir(folder)).to.deep.equal(['x'])
    })

    it('waits for each holder for a minute, so that a long queue is no conflict', async () => {
      const system = fakeSystem()
      system.running.add(2000)
      await writeFile(path, noteOf())
      system.onSleep = async (now) => {
        if (now >= 80_000) return rm(path)
        return writeFile(path, noteOf(now < 40_000 ? {} : {id: '00000000000000bb'}))
      }

      const lock = await acquireLock(path, {purpose, system})

      expect(system.now()).to.be.within(80_000, 80_200)
      await lock.release()
    })

    it('names the process that is taking a dead lock over, if that one stands still', async () => {
      const system = fakeSystem()
      system.running.add(3000)
      await writeFile(path, noteOf())
      await writeFile(`${path}.${DEAD_ID}`, noteOf({id: '00000000000000bb', pid: 3000}))

      const failure = await failureOf(async () => acquireLock(path, {purpose, system}))

      expect(failure.message).to.contain('Process 3000 has held')
    })
  })

  describe('if the holder is dead', () => {
    it('takes the lock over at once, and then waits before it returns', async () => {
      const system = fakeSystem()
      await writeFile(path, noteOf())
      const events: LockEvent[] = []
      let waits = 0

      const lock = await acquireLock(path, {
        purpose,
        system,
        afterTakeOverMs: 5000,
        onWait: () => waits++,
        onEvent: (event) => events.push(event),
      })

      expect(system.waits).to.deep.equal([5000])
      expect(waits).to.equal(1)
      expect(events.map(({holder, kind, waitedMs}) => [kind, holder?.pid, waitedMs])).to.deep.equal([
        ['take-over', 2000, 0],
        ['acquired', undefined, 5000],
      ])
      expect(await lock.isHeld()).to.equal(true)
      await lock.release()
      expect(await readdir(folder)).to.deep.equal([])
    })

    it('leaves the lock if the process ends in that wait, so that the next one waits as well', async () => {
      const system = fakeSystem()
      await writeFile(path, noteOf())
      const listeners = process.listenerCount('exit')
      let during = -1
      system.onSleep = () => {
        during = process.listenerCount('exit')
      }

      const lock = await acquireLock(path, {purpose, system, afterTakeOverMs: 5000})

      expect(during).to.equal(listeners)
      expect(process.listenerCount('exit')).to.equal(listeners + 1)
      await lock.release()
      expect(process.listenerCount('exit')).to.equal(listeners)
    })

    it('does not wait after a lock that was free', async () => {
      const system = fakeSystem()

      const lock = await acquireLock(path, {purpose, system, afterTakeOverMs: 5000})

      expect(system.waits).to.deep.equal([])
      await lock.release()
    })

    it('has one winner of the take-over, however many want it', async () => {
      const system = fakeSystem()
      await writeFile(path, noteOf())
      let takeOvers = 0
      let inside = 0
      let most = 0
      const work = async () => {
        const lock = await acquireLock(path, {
          purpose,
          system,
          onEvent({kind}) {
            if (kind === 'take-over') takeOvers++
          },
        })
        most = Math.max(most, ++inside)
        await stat(folder)
        inside--
        await lock.release()
      }

      await Promise.all(Array.from({length: 24}, work))

      expect([takeOvers, most]).to.deep.equal([1, 1])
      expect(await readdir(folder)).to.deep.equal([])
    })

    it('takes over what processes left that were killed while they took it over', async () => {
      const system = fakeSystem()
      await writeFile(path, noteOf())
      await writeFile(`${path}.${DEAD_ID}`, noteOf({id: '00000000000000bb', pid: 3000}))
      await writeFile(`${path}.${DEAD_ID}.00000000000000bb`, noteOf({id: '00000000000000cc', pid: 4000}))

      const lock = await acquireLock(path, {purpose, system, waitMs: 0})

      expect(await lock.isHeld()).to.equal(true)
      await lock.release()
      expect(await readdir(folder)).to.deep.equal([])
    })

    it('leaves a lock alone that was taken over between the look and the claim', async () => {
      const system = fakeSystem()
      await writeFile(path, noteOf())
      system.isRunning = () => {
        // Another process wins, and goes on, as soon as this one has found the holder dead.
        system.isRunning = () => true
        replaceSync(path, noteOf({id: '00000000000000bb', pid: 3000}))
        return false
      }

      const failure = await failureOf(async () => acquireLock(path, {purpose, system, waitMs: 0}))

      expect(failure.message).to.contain('Another process has held')
      expect(await readFile(path, 'utf8')).to.contain('00000000000000bb')
      expect(await readdir(folder)).to.deep.equal(['x'])
    })
  })

  describe('if the holder is on another machine', () => {
    const elsewhere = {host: 'build-2', machine: 'build-2'}

    it('takes the lock over after 30 seconds without a sign of life', async () => {
      const system = fakeSystem()
      system.running.add(2000)
      await writeFile(path, noteOf(elsewhere))

      const lock = await acquireLock(path, {purpose, system})

      expect(system.now()).to.be.within(30_000, 30_200)
      await lock.release()
    })

    it('waits while the holder gives signs of life, and names its host', async () => {
      const system = fakeSystem()
      await writeFile(path, noteOf(elsewhere))
      system.onSleep = everyMs(25_000, async () => appendFile(path, '.'))

      const failure = await failureOf(async () => acquireLock(path, {purpose, system}))

      expect(failure.message).to.match(/^Process 2000 on build-2 has held the lock on token x since /)
    })

    it('counts only the silence that it has watched itself', async () => {
      const system = fakeSystem()
      await writeFile(path, noteOf({...elsewhere, since: '2020-01-01T00:00:00.000Z'}))

      const failure = await failureOf(async () => acquireLock(path, {purpose, system, waitMs: 29_000}))

      expect(failure.kind).to.equal('conflict')
    })
  })

  describe('if the lock has no readable note', () => {
    const makers: (readonly [what: string, make: () => Promise<unknown>])[] = [
      ['an empty file', async () => writeFile(path, '')],
      ['a file of another kind', async () => writeFile(path, '{"pid": 1}\nmore\n')],
      ['a note with the PID of a process group', async () => writeFile(path, noteOf({pid: -1}))],
      ['a note whose ID leads out of the folder', async () => writeFile(path, noteOf({id: '../../../etc/x'}))],
      ['an empty folder', async () => mkdir(path)],
    ]
    // Windows lets only administrators make links.
    if (process.platform !== 'win32') {
      makers.push(['a link that leads nowhere', async () => symlink(join(folder, 'missing'), path)])
    }

    for (const [what, make] of makers) {
      it(`takes ${what} over after ten seconds`, async () => {
        const system = fakeSystem()
        await make()

        const lock = await acquireLock(path, {purpose, system})

        expect(system.now()).to.be.within(10_000, 10_400)
        expect(await lock.isHeld()).to.equal(true)
        await lock.release()
        expect(await readdir(folder)).to.deep.equal([])
      })
    }

    it('leaves a folder with something in it, and cannot name a holder', async () => {
      const system = fakeSystem()
      await mkdir(join(path, 'something'), {recursive: true})

      const failure = await failureOf(async () => acquireLock(path, {purpose, system}))

      expect(failure.message).to.equal('Another process has held the lock on token x.')
      expect(await readdir(path)).to.deep.equal(['something'])
    })

    it('starts again when the note comes late', async () => {
      const system = fakeSystem()
      await writeFile(path, '')
      system.onSleep = async (now) => {
        if (now > 9000 && (await readFile(path, 'utf8')) === '') await writeFile(path, noteOf({machine: 'elsewhere'}))
      }

      const lock = await acquireLock(path, {purpose, system})

      expect(system.now()).to.be.within(39_000, 39_400)
      await lock.release()
    })
  })

  describe('with a limit to the silence', () => {
    it('takes over from a process that runs but gives no sign of life', async () => {
      const system = fakeSystem()
      system.running.add(2000)
      await writeFile(path, noteOf())

      const lock = await acquireLock(path, {purpose, system, silenceMs: 5000})

      expect(system.now()).to.be.within(5000, 5200)
      await lock.release()
    })

    it('waits for a process that gives signs of life', async () => {
      const system = fakeSystem()
      system.running.add(2000)
      await writeFile(path, noteOf())
      system.onSleep = everyMs(1000, async () => appendFile(path, '.'))

      const failure = await failureOf(async () => acquireLock(path, {purpose, system, silenceMs: 5000}))

      expect(failure.kind).to.equal('conflict')
    })

    it('takes a plain file over in the same time', async () => {
      const system = fakeSystem()
      await writeFile(path, 'not a lock')

      const lock = await acquireLock(path, {purpose, system, silenceMs: 5000})

      expect(system.now()).to.be.within(5000, 5200)
      await lock.release()
    })
  })

  describe('while it is held', () => {
    it('gives signs of life in its own file, until it is released', async () => {
      const system = fakeSystem()
      const lock = await acquireLock(path, {purpose, system})
      const before = await readFile(path, 'utf8')

      for (const tick of system.timers) tick()
      await waitFor(async () => (await readFile(path, 'utf8')) !== before)

      expect(await readFile(path, 'utf8')).to.equal(`${before}.`)
      expect(await lock.isHeld()).to.equal(true)
      await lock.release()
      expect(system.timers.size).to.equal(0)
    })

    it('can tell that another process has taken it over, and leaves that one’s lock alone', async () => {
      const system = fakeSystem()
      const lock = await acquireLock(path, {purpose, system})
      await writeFile(`${path}.other`, noteOf())
      await rename(`${path}.other`, path)

      expect(await lock.isHeld()).to.equal(false)
      for (const tick of system.timers) tick()
      await lock.release()

      expect(await readFile(path, 'utf8')).to.equal(noteOf())
    })

    it('can tell that its lock is gone', async () => {
      const lock = await acquireLock(path, {purpose})
      await rm(path)

      expect(await lock.isHeld()).to.equal(false)
      await lock.release()
      expect(await readdir(folder)).to.deep.equal([])
    })

    it('leaves the lock if another process is just taking it over', async () => {
      const lock = await acquireLock(path, {purpose})
      const {id} = JSON.parse(await readFile(path, 'utf8')) as {id: string}
      await writeFile(`${path}.${id}`, noteOf())

      await lock.release()

      expect(await readdir(folder)).to.deep.equal(['x', `x.${id}`])
    })
  })
})

/** Replaces a file at once, as a take-over does. */
function replaceSync(path: string, text: string): void {
  writeFileSync(`${path}.other`, text)
  renameSync(`${path}.other`, path)
}

/** Does the work each time that so many milliseconds have passed. */
function everyMs(ms: number, work: () => Promise<unknown>): (now: number) => Promise<void> {
  let last = 0
  return async (now) => {
    if (now - last < ms) return
    last = now
    await work()
  }
}

async function waitFor(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await setImmediate()
}
