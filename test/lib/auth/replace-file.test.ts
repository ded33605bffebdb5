import {expect} from 'chai'
import {chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {prepareReplacement, type ReplaceOptions} from '../../../src/lib/auth/replace-file.js'

function systemError(code: string): Error {
  return Object.assign(new Error(`the system says ${code}`), {code})
}

async function replaceFile(path: string, content: string, options?: ReplaceOptions): Promise<void> {
  const replacement = await prepareReplacement(path, Buffer.byteLength(content), options)
  await replacement.commit(content)
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  const error: unknown = await work.then(
    () => {},
    (error_: unknown) => error_,
  )
  return error instanceof Error && 'code' in error ? error.code : undefined
}

describe('prepareReplacement', () => {
  let folder: string
  let path: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'astro-replace-'))
    path = join(folder, 'config.yaml')
    await writeFile(path, 'old', {mode: 0o600})
  })

  afterEach(async () => {
    await rm(folder, {recursive: true})
  })

  it('puts the new content there, as UTF-8, and nothing else beside it', async () => {
    await replaceFile(path, '\uFEFFnew 😀\r\n')

    expect(await readFile(path)).to.deep.equal(Buffer.from('\uFEFFnew 😀\r\n'))
    expect(await readdir(folder)).to.deep.equal(['config.yaml'])
  })

  for (const mode of [0o600, 0o640, 0o644, 0o400]) {
    it(`keeps the mode ${mode.toString(8)}`, async () => {
      await chmod(path, mode)

      await replaceFile(path, 'new')

      const {mode: after} = await stat(path)
      expect(after.toString(8)).to.equal(`100${mode.toString(8)}`)
    })
  }

  it('shows the old content to others until the new one is whole', async () => {
    const seen: string[] = []
    await replaceFile(path, 'new', {
      async write(file, bytes) {
        await file.write(bytes, 0, 1, 0)
        seen.push(await readFile(path, 'utf8'))
        await file.write(bytes, 1, bytes.byteLength - 1, 1)
        seen.push(await readFile(path, 'utf8'))
      },
    })

    expect(seen).to.deep.equal(['old', 'old', 'old', 'old'])
    expect(await readFile(path, 'utf8')).to.equal('new')
  })

  it('lets nobody else read the new file while it is written, whatever the mode of the old one', async () => {
    await chmod(path, 0o644)
    const modes: string[] = []
    await replaceFile(path, 'new', {
      async write(file, bytes) {
        const {mode} = await file.stat()
        modes.push(mode.toString(8))
        await file.write(bytes, 0, bytes.byteLength, 0)
      },
    })

    expect(modes).to.deep.equal(['100600', '100600'])
  })

  for (const code of ['ENOSPC', 'EIO', 'EDQUOT']) {
    for (const [when, good] of [
      ['preparing', 0],
      ['writing', 1],
    ] as const) {
      it(`leaves the old file whole, and nothing else, when ${when} ends in ${code}`, async () => {
        const before = await lstat(path)
        let writes = 0

        const failed = await codeOf(
          replaceFile(path, 'new content', {
            async write(file) {
              await file.write(Buffer.from('new c'))
              writes += 1
              if (writes > good) throw systemError(code)
            },
          }),
        )

        const after = await lstat(path)
        expect(failed).to.equal(code)
        expect(writes).to.equal(good + 1)
        expect(await readFile(path, 'utf8')).to.equal('old')
        expect([after.ino, after.mode, after.mtimeMs]).to.deep.equal([before.ino, before.mode, before.mtimeMs])
        expect(await readdir(folder)).to.deep.equal(['config.yaml'])
      })
    }
  }

  for (const size of [0, 1, 5000]) {
    it(`writes the whole content, and no more, where ${size} bytes were prepared`, async () => {
      const replacement = await prepareReplacement(path, size)
      await replacement.commit('new content')
      expect(await readFile(path, 'utf8')).to.equal('new content')
    })
  }

  it('takes the space of the new content before that is known, and gives it back', async () => {
    const replacement = await prepareReplacement(path, 5000)

    const names = await readdir(folder)
    const temporary = names.find((name) => name !== 'config.yaml') ?? ''
    const {mode, size} = await stat(join(folder, temporary))
    expect([size, mode.toString(8)]).to.deep.equal([5000, '100600'])
    expect(await readFile(path, 'utf8')).to.equal('old')

    await replacement.discard()
    await replacement.discard()
    expect(await readdir(folder)).to.deep.equal(['config.yaml'])
    expect(await readFile(path, 'utf8')).to.equal('old')
  })

  it('does not take the new file away where it is discarded after that', async () => {
    const replacement = await prepareReplacement(path, 10)
    await replacement.commit('new')
    await replacement.discard()
    expect(await readFile(path, 'utf8')).to.equal('new')
  })

  it('leaves no listener on the process', async () => {
    const before = process.listenerCount('exit')
    await replaceFile(path, 'new')
    const replacement = await prepareReplacement(path, 10)
    await replacement.discard()
    expect(process.listenerCount('exit')).to.equal(before)
  })

  it('leaves nothing behind when the new file cannot take the place of the old one', async () => {
    const failed = await codeOf(
      replaceFile(path, 'new', {
        async write() {
          await rm(path, {force: true, recursive: true})
          await mkdir(path)
        },
      }),
    )

    expect(failed).to.equal('EISDIR')
    expect(await readdir(folder)).to.deep.equal(['config.yaml'])
  })

  it('makes no file where there was none', async () => {
    expect(await codeOf(replaceFile(join(folder, 'other.yaml'), 'new'))).to.equal('ENOENT')
    expect(await readdir(folder)).to.deep.equal(['config.yaml'])
  })

  // Only root gives files away.
  if (process.getuid?.() === 0) {
    it('keeps the owner', async () => {
      const {chown} = await import('node:fs/promises')
      await chown(path, 12_345, 23_456)

      await replaceFile(path, 'new')

      expect(await stat(path)).to.include({uid: 12_345, gid: 23_456})
    })
  }
})
