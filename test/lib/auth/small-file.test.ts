import {expect} from 'chai'
import {type FileHandle, mkdtemp, open, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {readSmallFile} from '../../../src/lib/auth/small-file.js'

type Read = (...range: [bytes: Uint8Array, offset?: number, length?: number, position?: null | number]) => unknown

const readNothing: Read = () => ({bytesRead: 0})

describe('readSmallFile', () => {
  let folder: string
  let path: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'small-file-'))
    path = join(folder, 'config.yaml')
    await writeFile(path, 'context: localhost\n')
  })

  afterEach(async () => rm(folder, {recursive: true}))

  /** Reads the file while every open file has this `read`, which gets the original one. */
  const readWith = async (read: (original: Read) => Read) => {
    const file = await open(path)
    const handles = Object.getPrototypeOf(file) as {read: Read}
    await file.close()
    const original = handles.read
    handles.read = function (this: FileHandle, ...range) {
      return read(original.bind(this))(...range)
    }

    try {
      return await readSmallFile(path)
    } finally {
      handles.read = original
    }
  }

  it('reads a file where a read without a length reads nothing, as in Node.js 20.11 and under Yarn PnP', async () => {
    const found = await readWith(
      (read) =>
        (bytes, offset = 0, length = 0, position = null) =>
          read(bytes, offset, length, position),
    )

    expect(found).to.deep.equal({kind: 'bytes', bytes: new Uint8Array(Buffer.from('context: localhost\n'))})
  })

  it('never takes a file that yields nothing for an empty one', async () => {
    const found = await readWith(() => readNothing)

    expect(found).to.deep.equal({kind: 'unsuitable', problem: 'is not empty, but nothing could be read'})
  })
})
