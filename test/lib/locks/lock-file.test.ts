import {expect} from 'chai'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import fsPromises, {mkdir, readdir, stat} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {createLock, newHolder, readLock, refreshLock, removeLock} from '../../../src/lib/locks/lock-file.js'
import {failing, fakeSystem, holder, noteOf, SELF, systemError, withReplaced} from './fake-system.js'

const ID = '00000000000000aa'
const noLinks = {
  async link() {
    throw systemError('EPERM')
  },
}

/** The value, or the message of the error. */
async function outcomeOf(work: Promise<unknown>): Promise<unknown> {
  return work.catch((error: unknown) => (error instanceof Error ? error.message : error))
}

describe('the file of a lock', () => {
  let folder: string
  let path: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'astro-lock-'))
    path = join(folder, 'x')
  })

  afterEach(() => {
    rmSync(folder, {recursive: true})
  })

  it('is created with a new ID, the time and the process in it', async () => {
    const system = fakeSystem()
    const me = newHolder(system)

    expect(await createLock(path, me, system)).to.equal(true)

    expect(me.id)
      .to.match(/^[\da-f]{16}$/)
      .and.not.equal(newHolder(system).id)
    expect(me).to.deep.equal({...SELF, id: me.id, since: '2026-03-10T12:00:00.000Z'})
    expect(await readLock(path)).to.deep.equal({kind: 'file', id: me.id, text: `${JSON.stringify(me)}\n`, holder: me})
    expect(await readdir(folder)).to.deep.equal(['x'])
    if (process.platform !== 'win32') expect((await stat(path)).mode % 0o1000).to.equal(0o644)
  })

  it('is found with the dots that its holder adds, and without the start time of its process', async () => {
    const text = `${noteOf({start: undefined})}..`
    writeFileSync(path, text)

    expect(await readLock(path)).to.deep.equal({kind: 'file', id: ID, text, holder: holder({start: undefined})})
  })

  it('has no readable note if a field is wrong', async () => {
    const wrong = [
      ...['../../../etc/x', `${ID}0`, `0${ID}`, 1_234_567_890_123_456].map((id) => ({id})),
      ...[0, -1, 1.5, '1'].map((pid) => ({pid})),
      ...['host', 'machine', 'since', 'start'].map((field) => ({[field]: 1})),
    ]
    for (const fields of wrong) {
      writeFileSync(path, `${JSON.stringify({...holder(), ...fields})}\n`)
      const {ino, mtimeMs} = await stat(path)

      expect(await readLock(path)).to.deep.include({id: `${ino}-${mtimeMs}`, holder: undefined})
    }
  })

  it('can be a folder', async () => {
    await mkdir(path)
    const {ino, mtimeMs} = await stat(path)

    expect(await readLock(path)).to.deep.equal({kind: 'folder', id: `${ino}-${mtimeMs}`, text: '', holder: undefined})
  })

  it('is not there, denied or an error, by the code of the system', async () => {
    const denied = {kind: 'denied', id: '', text: '', holder: undefined}
    const reads = []
    for (const code of ['ENOENT', 'EACCES', 'EBUSY', 'EPERM', 'ESTALE', 'EIO']) {
      reads.push(await withReplaced(fsPromises, {lstat: failing(code)}, async () => outcomeOf(readLock(path))))
    }

    expect(reads).to.deep.equal([undefined, denied, denied, denied, denied, 'EIO'])
  })

  for (const [title, functions] of [
    ['with hard links', {}],
    ['without hard links', noLinks],
  ] as const) {
    it(`is not created over another one ${title}`, async () => {
      writeFileSync(path, noteOf())
      const create = async () => createLock(path, newHolder(fakeSystem()), fakeSystem())

      expect(await withReplaced(fsPromises, functions, create)).to.equal(false)
      expect(readFileSync(path, 'utf8')).to.equal(noteOf())
      expect(await readdir(folder)).to.deep.equal(['x'])
    })
  }

  for (const [ms, isOurs] of [
    [4999, true],
    [5000, false],
  ] as const) {
    it(`is ${isOurs ? 'kept' : 'given up'} without hard links when writing it takes ${ms} ms`, async () => {
      const system = fakeSystem()
      const {writeFile} = fsPromises
      const slow = async (...args: Parameters<typeof writeFile>) => {
        await writeFile(...args)
        if (args[0] === path) await system.sleep(ms)
      }

      const create = async () => createLock(path, holder(), system)

      expect(await withReplaced(fsPromises, {...noLinks, writeFile: slow}, create)).to.equal(isOurs)
      expect(await readdir(folder)).to.deep.equal(isOurs ? ['x'] : [])
    })
  }

  for (const [code, expected] of [
    ['EBUSY', false],
    ['ENOSPC', 'ENOSPC'],
  ] as const) {
    it(`is ${expected === false ? 'not created' : 'an error'} without hard links after ${code}`, async () => {
      const {writeFile} = fsPromises
      const full = async (...args: Parameters<typeof writeFile>) => {
        if (args[0] === path) throw systemError(code)
        await writeFile(...args)
      }

      const outcome = withReplaced(fsPromises, {...noLinks, writeFile: full}, async () =>
        outcomeOf(createLock(path, holder(), fakeSystem())),
      )

      expect(await outcome).to.equal(expected)
    })
  }

  it('is refreshed and removed only by its holder', async () => {
    writeFileSync(path, noteOf())
    const other = holder({id: '00000000000000bb'})

    await refreshLock(path, other)
    removeLock(path, other)
    expect(readFileSync(path, 'utf8')).to.equal(noteOf())

    await refreshLock(path, holder())
    expect(readFileSync(path, 'utf8')).to.equal(`${noteOf()}.`)
    removeLock(path, holder())
    expect(await readdir(folder)).to.deep.equal([])
  })

  it('is not removed while another process takes it over', async () => {
    writeFileSync(path, noteOf())
    writeFileSync(`${path}.${ID}`, noteOf({id: '00000000000000bb'}))

    removeLock(path, holder())

    expect(await readdir(folder)).to.deep.equal(['x', `x.${ID}`])
  })
})
