import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {mkdirSync, readdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import {join} from 'node:path'

import {FILES, readLock} from '../../../src/lib/locks/lock-file.js'
import {acquireLock, heldError, type Lock, type LockOptions} from '../../../src/lib/locks/lock.js'
import {newFolder} from '../../support/run-cli.js'
import {failing, fakeContext, noteOf, RUNNING, SELF, withReplaced} from './support.js'

const ID = '00000000000000aa'
const OTHER_ID = '00000000000000bb'
const HOUR = 3_600_000
const LIVE = noteOf({pid: RUNNING})
/** The lock of a system without a boot ID, which started an hour ago. */
const NO_BOOT_ID = {files: {x: noteOf({machine: '', pid: RUNNING})}, machine: ''}
const AT_ONCE = {files: {x: noteOf()}, options: {settlesAfterTakeOver: false}}
const ELSEWHERE = noteOf({machine: 'boot pid:[2]', pid: RUNNING})
/** Windows has no named pipes among its files. */
const PIPE = process.platform === 'win32' ? [] : ['pipe']
const {readFile} = FILES
const UNREADABLE = {
  files: {x: LIVE},
  functions: {
    readFile: async (file: string) => readFile(file).then((text) => (text === LIVE ? failing('EACCES')() : text)),
  },
}

interface Scene {
  readonly files?: Readonly<Record<string, string>>
  readonly ageMs?: number
  /** The lock's own process has this boot ID and PID namespace. */
  readonly machine?: string
  /** Functions that replace those of FILES. */
  readonly functions?: object
  readonly options?: Partial<LockOptions>
}

describe('acquireLock', () => {
  let folder: string
  let path: string
  let context: ReturnType<typeof fakeContext>

  beforeEach(() => {
    folder = newFolder('lock')
    path = join(folder, 'x')
    context = fakeContext()
  })

  const leave = ({ageMs = 0, files = {}}: Scene) => {
    const time = (context.clock.now() - ageMs) / 1000
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(folder, name), text)
      utimesSync(join(folder, name), time, time)
    }
  }

  const acquire = async (scene: Scene) => {
    leave(scene)
    const system = {...context.system, self: () => ({...SELF, machine: scene.machine ?? SELF.machine})}
    const options = {...context, settlesAfterTakeOver: true, system, ...scene.options}
    return withReplaced(FILES, scene.functions ?? {}, async () => acquireLock(path, options))
  }

  const hold = async (scene: Scene = {}): Promise<Lock> => {
    const result = await acquire(scene)
    if (result.kind !== 'held') throw new Error(`It is ${result.kind}`)
    return result.lock
  }

  for (const {over, title, waits, ...scene} of [
    {title: 'a free lock at once', over: [], waits: 0},
    {title: "a dead process's lock, then waits", files: {x: noteOf()}, over: [2000], waits: 5000},
    {title: "a dead process's lock at once if no request can be on its way", ...AT_ONCE, over: [2000], waits: 0},
    {title: 'a lock without a note after ten seconds', files: {x: ''}, over: [0], waits: 15_050},
    {title: 'an older lock without a note at once', files: {x: '{}'}, ageMs: 10_000, over: [0], waits: 5000},
    {title: 'a lock without a note from the future at once', files: {x: ''}, ageMs: -11_000, over: [0], waits: 5000},
    {title: 'a lock of another container after ten seconds', files: {x: ELSEWHERE}, over: [3000], waits: 15_050},
    {title: 'a lock older than the boot', ...NO_BOOT_ID, ageMs: HOUR + 1000, over: [3000], waits: 5000},
    {title: 'a lock that it cannot read after ten seconds', ...UNREADABLE, over: [0], waits: 15_050},
  ]) {
    it(`takes ${title}`, async () => {
      const lock = await hold(scene)

      const takeOvers = context.log.filter((line) => line.startsWith('lock take-over'))
      expect(takeOvers.map((line) => Number(/ process (\d+)$/.exec(line)?.[1] ?? 0))).to.deep.equal(over)
      expect([context.elapsed(), await lock.isHeld()]).to.deep.equal([waits, true])
      expect([context.log.at(-1), context.told.status.at(-1)]).to.deep.equal([`lock acquired ${path}`, ''])
      await lock.release()
      expect(readdirSync(folder)).to.deep.equal([])
    })
  }

  for (const {at = 'x', pid = RUNNING, title, ...scene} of [
    {title: 'a live process', files: {x: LIVE}},
    {title: 'a live process that takes over a dead lock', files: {x: noteOf(), [`x.${ID}`]: LIVE}, at: `x.${ID}`},
    {title: 'a live process that started after the boot', files: NO_BOOT_ID.files, machine: '', ageMs: HOUR - 1000},
    {title: 'a dead lock that stays', files: {x: noteOf()}, functions: {rename: failing('EPERM')}, pid: 2000},
  ]) {
    it(`waits a minute for ${title}`, async () => {
      const result = await acquire(scene)

      if (result.kind !== 'busy') throw new Error(`It is ${result.kind}`)
      const since = new Date(statSync(join(folder, at)).mtimeMs).toISOString()
      expect(heldError(result, 'token x')).to.deep.include({
        kind: 'conflict',
        message: `Process ${pid} has held the lock on token x since ${since}.`,
        details: {
          hint: `Try again when that process has exited. If it is not an astro command, delete ${join(folder, at)}`,
        },
      })
      expect(context.elapsed()).to.equal(60_050)
      expect(context.told.status).to.deep.equal(['waiting for another process', ''])
      expect(readdirSync(folder)).to.deep.equal(Object.keys(scene.files))
    })
  }

  it('waits a minute for each holder, and checks less and less often', async () => {
    const {clock, elapsed, pauses} = context
    const sleep = async (milliseconds: number) => {
      await clock.sleep(milliseconds)
      if (elapsed() === 59_950) leave({files: {x: noteOf({id: OTHER_ID, pid: RUNNING})}})
      if (elapsed() === 119_950) await rm(path)
    }

    await hold({files: {x: LIVE}, options: {clock: {...clock, sleep}}})

    expect(pauses.slice(0, 6)).to.deep.equal([25, 50, 75, 100, 100, 100])
    expect(context.log[0]).to.equal(`lock wait ${path} process 3000`)
  })

  it('reports that no lock can be created in a file system that has no hard links or cannot be read', async () => {
    for (const [name, reason] of [
      ['link', 'EPERM'],
      ['readFile', 'EIO'],
    ] as const) {
      expect(await acquire({functions: {[name]: failing(reason)}})).to.deep.equal({kind: 'unavailable', reason})
      expect(readdirSync(folder)).to.deep.equal([])
    }
  })

  it('names its process in a file that only the user can read, and ignores notes with a wrong field', async () => {
    await hold()
    const {holder, id} = (await readLock(path)) ?? {}
    expect(holder).to.deep.equal({...SELF, id})
    if (process.platform !== 'win32') expect(statSync(path).mode % 0o1000).to.equal(0o600)

    for (const fields of [{id: 1}, {pid: '1'}, {machine: 1}, {start: 1}]) {
      writeFileSync(path, noteOf(fields))
      expect(await readLock(path)).to.deep.include({id: 'unreadable'})
    }
  })

  it('neither holds nor removes a lock that another process has or that is gone', async () => {
    const lock = await hold()
    expect(await withReplaced(FILES, {readFile: failing('EIO')}, async () => lock.isHeld())).to.equal(false)
    leave({files: {other: ELSEWHERE}})
    renameSync(join(folder, 'other'), path)
    expect(await lock.isHeld()).to.equal(false)
    await lock.release()
    expect(readFileSync(path, 'utf8')).to.equal(ELSEWHERE)
    await rm(folder, {recursive: true})
    expect(await lock.isHeld()).to.equal(false)
    await lock.release()
  })

  const others = ['elsewhere', 'no-note', 'y', `y.${ID}`]
  for (const {ageMs = HOUR, options = {prefix: ''}, stay, title} of [
    {title: 'removes what killed processes left an hour ago', stay: ['x.live']},
    {title: 'removes only what belongs to its own lock', options: {}, stay: ['x.live', ...others]},
    {title: 'leaves younger files', ageMs: HOUR - 1000},
  ]) {
    it(`${title} when it is released`, async () => {
      const lock = await hold({options})
      const claims = {y: noteOf(), [`y.${ID}`]: noteOf({id: OTHER_ID}), [`x.${OTHER_ID}`]: noteOf()}
      const files = {...claims, elsewhere: ELSEWHERE, 'no-note': '', 'x.live': LIVE, [`x.${ID}.new`]: LIVE}
      leave({files, ageMs})
      mkdirSync(join(folder, 'a-folder'))
      // Reading it would block.
      if (PIPE.length > 0) execFileSync('mkfifo', [join(folder, 'pipe')])
      for (const name of ['a-folder', ...PIPE]) utimesSync(join(folder, name), 0, 0)

      await lock.release()

      expect(readdirSync(folder)).to.have.members(['a-folder', ...PIPE, ...(stay ?? Object.keys(files))])
    })
  }
})
