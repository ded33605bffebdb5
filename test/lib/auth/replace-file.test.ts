import {expect} from 'chai'
import {chmod, chown, type FileHandle, mkdir, open, readdir, readFile, rm, stat} from 'node:fs/promises'
import {dirname} from 'node:path'

import {isMountPoint, prepareReplacement, type ReplaceOptions} from '../../../src/lib/auth/replace-file.js'
import {fieldsOf} from '../../../src/lib/helpers.js'
import {failWith, prepareHomes} from './fixture.js'
import {MOUNT_POINTS, MOUNTS} from './replace-file-table.js'

type Write = (
  this: FileHandle,
  bytes: Uint8Array,
  ...range: readonly [offset: number, length: number | undefined, at: number]
) => Promise<unknown>

const NOBODY = 65_534

const codeOf = async (work: Promise<unknown>) => fieldsOf(await work.catch((error: unknown) => error)).code

describe('prepareReplacement', () => {
  const {create, on, remove} = prepareHomes()

  beforeEach(async () => {
    await create()
    await on.write('old')
  })

  afterEach(remove)

  const replace = async (content: string, options?: ReplaceOptions) => {
    const replacement = await prepareReplacement(on.path, Buffer.byteLength(content), options)
    await replacement.commit(content)
  }

  /** The content and mode of each file in the folder. */
  const look = async () => {
    const folder = dirname(on.path)
    const names = await readdir(folder)
    const files = names.sort().map(async (name) => {
      const {mode} = await stat(`${folder}/${name}`)
      return `${await readFile(`${folder}/${name}`, 'utf8')} ${mode.toString(8)}`
    })
    return Promise.all(files)
  }

  for (const [mode, size] of [
    [0o640, 5000],
    [0o400, 0],
  ] as const) {
    it(`replaces the content and keeps mode ${mode.toString(8)} after reserving ${size} bytes`, async () => {
      await chmod(on.path, mode)
      const replacement = await prepareReplacement(on.path, size)
      await replacement.commit('\uFEFFnew 😀\r\n')
      await replacement.discard()
      expect(await look()).to.deep.equal([`\uFEFFnew 😀\r\n 100${mode.toString(8)}`])
    })
  }

  for (const end of ['discarded', 'the process exits'] as const) {
    it(`reserves the space in a private file until ${end}`, async () => {
      const listeners = process.listeners('exit')
      await chmod(on.path, 0o644)
      const replacement = await prepareReplacement(on.path, 3)
      expect(await look()).to.deep.equal(['old 100644', '\0\0\0 100600'])
      const exit = process.listeners('exit').find((listener) => !listeners.includes(listener))
      await (end === 'discarded' ? replacement.discard() : exit?.call(process, 0))
      expect(await look()).to.deep.equal(['old 100644'])
      await replacement.discard()
    })
  }

  it('writes the whole file before it replaces the old one, and closes it', async () => {
    await chmod(on.path, 0o640)
    const steps: unknown[] = []
    let file: FileHandle | undefined
    await replace('new', {
      async write(opened, bytes) {
        file = opened
        await opened.write(bytes, 0, 1, 0)
        steps.push(await look())
        await opened.write(bytes, 1, 2, 1)
      },
    })

    steps.push(await look())
    expect(steps).to.deep.equal([['old 100640', '\0 100600'], ['old 100640', 'n\0\0 100600'], ['new 100640']])
    expect(file).to.have.property('fd', -1)
  })

  it('writes the rest after a write that took only some of the bytes', async () => {
    const file = await open(on.path)
    const prototype = Object.getPrototypeOf(file) as FileHandle
    await file.close()
    const write = Reflect.get(prototype, 'write') as Write
    const writeOne: Write = async function (bytes, ...[offset, , at]) {
      return write.call(this, bytes, offset, 1, at)
    }

    Object.assign(prototype, {write: writeOne})
    try {
      await replace('new')
    } finally {
      Object.assign(prototype, {write})
    }

    expect(await look()).to.deep.equal(['new 100600'])
  })

  for (const operation of ['write', 'sync'] as const) {
    for (const failing of [1, 2]) {
      it(`leaves the old file, and closes the new one, if ${operation} ${failing} of 2 fails`, async () => {
        const {ino, mtimeMs} = await stat(on.path)
        const files: FileHandle[] = []
        const options: ReplaceOptions = {
          async write(file, bytes) {
            await file.write(bytes, 0, 1, 0)
            if (files.push(file) < failing) return
            if (operation === 'write') await failWith('ENOSPC')
            file.sync = async () => failWith('ENOSPC')
          },
        }
        const work = failing === 1 ? prepareReplacement(on.path, 3, options) : replace('new', options)

        expect(await codeOf(work)).to.equal('ENOSPC')
        expect(await stat(on.path)).to.include({ino, mtimeMs})
        expect(await look()).to.deep.equal(['old 100600'])
        expect(files[0]).to.have.property('fd', -1)
      })
    }
  }

  it('rejects a path that cannot be replaced, and leaves nothing behind', async () => {
    if (process.platform === 'linux') expect(await codeOf(prepareReplacement('/proc', 1))).to.equal('EBUSY')
    const replacement = await prepareReplacement(on.path, 1)
    await rm(on.path)
    expect(await codeOf(prepareReplacement(on.path, 1))).to.equal('ENOENT')
    await mkdir(on.path)
    expect(await codeOf(prepareReplacement(on.path, 1))).to.equal('EISDIR')
    expect(await codeOf(replacement.commit('new'))).to.equal('EISDIR')
  })

  // Only root can give a file to another user, and act as one.
  if (process.getuid?.() === 0) {
    it('keeps the owner as root, and replaces the read-only file of another user in a folder of its own', async () => {
      await chown(on.path, 12_345, 23_456)
      await replace('new')
      expect(await stat(on.path)).to.include({uid: 12_345, gid: 23_456})
      await chmod(on.path, 0o644)
      for (const folder of [on.home, dirname(on.path)]) await chown(folder, NOBODY, NOBODY)
      process.seteuid?.(NOBODY)
      try {
        await replace('newer')
      } finally {
        process.seteuid?.(0)
      }

      expect(await look()).to.deep.equal(['newer 100644'])
    })
  }

  it('finds the mount of a file', () => {
    const paths = [...MOUNT_POINTS, '/', '/home', '/a', '']
    expect(paths.filter((path) => isMountPoint(path, MOUNTS))).to.deep.equal(MOUNT_POINTS)
  })
})
