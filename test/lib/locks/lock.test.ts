import {expect} from 'chai'
import {readdirSync, readFileSync, renameSync, utimesSync, writeFileSync} from 'node:fs'
import fsPromises, {mkdir, rm, stat} from 'node:fs/promises'
import {basename, join} from 'node:path'

import {readLock} from '../../../src/lib/locks/lock-file.js'
import {acquireLock, heldError, type Lock, type LockOptions} from '../../../src/lib/locks/lock.js'
import {newFolder} from '../../support/run-cli.js'
import {failing, fakeContext, noteOf, RUNNING, SELF, withReplaced} from './support.js'

const ID = '00000000000000aa'
const OTHER_ID = '00000000000000bb'
const ELSEWHERE = {machine: 'boot pid:[2]', pid: RUNNING}
const HOUR = 3_600_000

interface Scene {
  /** Texts of files, by what follows the lock's own path. */
  readonly files: Readonly<Record<string, string>>
  readonly ageMs?: number
  /** A system without boot IDs. */
  readonly machine?: ''
  /** Functions that replace those of node:fs/promises. */
  readonly functions?: object
}

describe('acquireLock', () => {
  let folder: string
  let path: string
  let context: ReturnType<typeof fakeContext>

  beforeEach(() => {
    folder = newFolder('lock')
    path = join(folder, 'x')
    context = fakeContext(500)
  })

  /** Leaves a file of that age. */
  const leave = (name: string, text: string, ageMs = 0) => {
    const time = (context.clock.now() - ageMs) / 1000
    writeFileSync(join(folder, name), text)
    utimesSync(join(folder, name), time, time)
  }

  const acquire = async (options: Partial<LockOptions> = {}) =>
    acquireLock(path, {...context, settlesAfterTakeOver: true, ...options})

  const acquireIn = async ({ageMs, files, functions = {}, machine = SELF.machine as ''}: Scene) => {
    for (const [suffix, text] of Object.entries(files)) leave(`x${suffix}`, text, ageMs)
    const system = {...context.system, self: () => ({...SELF, machine})}
    return withReplaced(fsPromises, functions, async () => acquire({system}))
  }

  /** Acquires the lock. Fails the test if that is impossible. */
  const hold = async (options?: Partial<LockOptions>): Promise<Lock> => {
    const result = await acquire(options)
    if (result.kind !== 'held') throw new Error(`It is ${result.kind}`)
    return result.lock
  }

  const taken: readonly (Scene & {
    readonly title: string
    readonly over?: readonly string[]
    readonly afterMs: number
  })[] = [
    {title: 'a free lock at once', files: {}, over: [], afterMs: 0},
    {title: "a dead process's lock, then waits", files: {'': noteOf()}, afterMs: 500},
    {
      title: 'the lock and the claims of processes that were killed while they took it over',
      files: {
        '': noteOf(),
        [`.${ID}`]: noteOf({id: OTHER_ID, pid: 2001}),
        [`.${ID}.${OTHER_ID}`]: noteOf({id: '00000000000000cc', pid: 2002}),
      },
      over: ['2002', '2001', '2000'],
      afterMs: 500,
    },
    {title: 'a lock without a note after ten seconds', files: {'': ''}, over: ['no note'], afterMs: 10_500},
    {title: 'an older lock without a note at once', files: {'': '{}'}, ageMs: 10_000, over: ['no note'], afterMs: 500},
    {
      title: 'a lock of another boot or container after ten seconds',
      files: {'': noteOf(ELSEWHERE)},
      over: ['3000'],
      afterMs: 10_500,
    },
    {
      title: 'a lock without a note that comes from the future, as after a change of the clock',
      files: {'': ''},
      ageMs: -HOUR,
      over: ['no note'],
      afterMs: 500,
    },
    {
      title: 'a lock that is older than the boot, if there is no boot ID',
      files: {'': noteOf({machine: '', pid: RUNNING})},
      machine: '',
      ageMs: HOUR + 1000,
      over: ['3000'],
      afterMs: 500,
    },
  ]
  for (const {afterMs, over = ['2000'], title, ...scene} of taken) {
    it(`takes ${title}`, async () => {
      const result = await acquireIn(scene)

      expect(context.state.elapsed).to.equal(afterMs)
      const takeOvers = context.log
        .filter((line) => line.includes('take-over'))
        .map((line) => /\d+$/.exec(line)?.[0] ?? 'no note')
      expect(takeOvers).to.deep.equal(over)
      expect(context.log.slice(-2)).to.deep.equal([`lock acquired ${path}`, 'status: '])
      if (result.kind !== 'held') throw new Error(`It is ${result.kind}`)
      expect(await result.lock.isHeld()).to.equal(true)
      await result.lock.release()
      expect(readdirSync(folder)).to.deep.equal([])
    })
  }

  it('waits five seconds after a take-over, and reports it', async () => {
    leave('x', noteOf())

    await hold()

    expect(context.pauses).to.deep.equal([5000])
    expect(context.log).to.deep.equal([
      `lock take-over ${path} process 2000`,
      'status: waiting for another process',
      `lock acquired ${path}`,
      'status: ',
    ])
  })

  it('does not wait after a take-over if the caller has no such need', async () => {
    leave('x', noteOf())

    await hold({settlesAfterTakeOver: false})

    expect(context.pauses).to.deep.equal([])
  })

  const busy: readonly (Scene & {readonly title: string; readonly claim?: string; readonly who: string})[] = [
    {title: 'a live process', files: {'': noteOf({pid: RUNNING})}, who: 'Process 3000'},
    {
      title: 'a live process that is taking over a dead lock',
      files: {'': noteOf(), [`.${ID}`]: noteOf({id: OTHER_ID, pid: RUNNING})},
      claim: `.${ID}`,
      who: 'Process 3000',
    },
    {
      title: 'a live process that started after the boot, if there is no boot ID',
      files: {'': noteOf({machine: '', pid: RUNNING})},
      machine: '',
      ageMs: HOUR - 1000,
      who: 'Process 3000',
    },
    ...['EACCES', 'EBUSY', 'EPERM'].map((code) => ({
      title: `a lock that cannot be read because of ${code}`,
      files: {'': noteOf()},
      functions: {readFile: failing(code)},
      who: 'Another process',
    })),
    {
      title: 'a dead lock that cannot be replaced',
      files: {'': noteOf()},
      functions: {rename: failing('EPERM')},
      who: 'Process 2000',
    },
  ]
  for (const {claim = '', title, who, ...scene} of busy) {
    it(`waits a minute for ${title}`, async () => {
      const result = await acquireIn(scene)

      if (result.kind !== 'busy') throw new Error(`It is ${result.kind}`)
      const since = who.startsWith('Process') ? ` since ${new Date((await stat(path)).mtimeMs).toISOString()}` : ''
      expect(heldError(result, 'token x')).to.deep.include({
        kind: 'conflict',
        message: `${who} has held the lock on token x${since}.`,
        details: {
          hint: `Try again when that process has exited. If it is not an astro command, delete ${path}${claim}`,
        },
      })
      expect(context.pauses.reduce((sum, ms) => sum + ms)).to.equal(60_100)
      expect(context.log.filter((line) => line.startsWith('status') || line.startsWith('lock wait'))).to.have.length(3)
      expect(readdirSync(folder)).to.deep.equal(Object.keys(scene.files).map((suffix) => basename(path) + suffix))
    })
  }

  it('waits a minute for each holder, and checks less and less often', async () => {
    leave('x', noteOf({pid: RUNNING}))
    context = fakeContext()
    context.state.onSleep = async (elapsed) => {
      if (elapsed === 59_900) leave('x', noteOf({id: OTHER_ID, pid: RUNNING}))
      if (elapsed === 119_900) await rm(path)
    }

    await hold()

    expect(context.pauses.slice(0, 6)).to.deep.equal([50, 100, 150, 200, 200, 200])
    expect(context.log[1]).to.equal(`lock wait ${path} process 3000`)
  })

  for (const [title, functions, reason] of [
    ['has no hard links', {link: failing('EPERM')}, 'EPERM'],
    ['is full', {writeFile: failing('ENOSPC')}, 'ENOSPC'],
    ['cannot be read', {readFile: failing('EIO')}, 'EIO'],
  ] as const) {
    it(`reports that no lock can be created if the file system ${title}`, async () => {
      expect(await acquireIn({files: {}, functions})).to.deep.equal({kind: 'unavailable', reason})
      expect(readdirSync(folder)).to.deep.equal([])
    })
  }

  it('writes who holds the lock into a file that only the user can read', async () => {
    const lock = await hold()

    const {holder, id} = (await readLock(path)) ?? {}
    expect(holder).to.deep.equal({...SELF, id})
    if (process.platform !== 'win32') expect((await stat(path)).mode % 0o1000).to.equal(0o600)
    await lock.release()
  })

  it('ignores a note with a wrong field', async () => {
    for (const fields of [
      {id: '../../../etc/x'},
      {id: `${ID}0`},
      {id: `0${ID}`},
      {id: 1_234_567_890_123_456},
      {pid: 0},
      {pid: -1},
      {pid: 1.5},
      {pid: '1'},
      {machine: 1},
      {start: 1},
    ]) {
      leave('x', noteOf(fields))
      expect(await readLock(path)).to.deep.include({id: 'unreadable'})
    }
  })

  it('neither holds nor removes a lock that another process has or that is gone', async () => {
    const lock = await hold()
    expect(await withReplaced(fsPromises, {readFile: failing('EIO')}, async () => lock.isHeld())).to.equal(false)
    leave('x.other', noteOf({id: OTHER_ID}))
    renameSync(`${path}.other`, path)
    expect(await lock.isHeld()).to.equal(false)
    await lock.release()
    expect(readFileSync(path, 'utf8')).to.equal(noteOf({id: OTHER_ID}))
    await rm(path)
    expect(await lock.isHeld()).to.equal(false)
  })

  describe('when it is released', () => {
    const LEFT = {
      // A dead lock, a claim on it, and a claim on a lock that is gone.
      y: noteOf(),
      [`y.${ID}`]: noteOf({id: OTHER_ID}),
      [`x.${OTHER_ID}`]: noteOf({pid: 2001}),
      [`x.${ID}.new`]: '',
      'of-another-boot': noteOf({...ELSEWHERE, id: OTHER_ID}),
      'without-note': '',
    }
    const release = async (ageMs: number, prefix?: string) => {
      const lock = await hold(prefix === undefined ? {} : {prefix})
      for (const [name, text] of Object.entries(LEFT)) leave(name, text, ageMs)
      await lock.release()
      return readdirSync(folder).sort()
    }

    it('removes what killed processes left an hour ago', async () => {
      leave('x.live', noteOf({pid: RUNNING}), HOUR)
      await mkdir(join(folder, 'folder'))
      utimesSync(join(folder, 'folder'), 0, 0)

      expect(await release(HOUR, '')).to.deep.equal(['folder', 'x.live'])
    })

    it('removes only what belongs to its own lock beside other files', async () => {
      expect(await release(HOUR)).to.deep.equal(['of-another-boot', 'without-note', 'y', `y.${ID}`])
    })

    it('leaves younger files', async () => {
      expect(await release(HOUR - 1000, '')).to.deep.equal(Object.keys(LEFT).sort())
    })
  })
})
