import {expect} from 'chai'
import fs from 'node:fs'
import {join} from 'node:path'

import {makePrivateFolder} from '../../src/lib/private-folder.js'
import {newFolder} from '../support/run-cli.js'

const userId = process.getuid?.()
const modeOf = (path: string) => fs.statSync(path).mode % 0o1000

describe('makePrivateFolder', () => {
  let base: string

  beforeEach(() => {
    base = newFolder()
  })

  it('creates directories for the user only, with any umask, and keeps existing ones', () => {
    fs.mkdirSync(join(base, '.cache'))
    fs.chmodSync(join(base, '.cache'), 0o755)
    const umask = process.umask(0o277)
    const path = makePrivateFolder(base, ['.cache', 'ours', 'locks'], {userId})
    process.umask(umask)
    expect(path).to.equal(join(base, '.cache', 'ours', 'locks'))
    expect([modeOf(join(base, '.cache')), modeOf(join(path, '..')), modeOf(path)]).to.deep.equal([0o755, 0o700, 0o700])
    expect(makePrivateFolder(base, ['.cache', 'ours', 'locks'], {userId})).to.equal(path)
  })

  it('creates no base', () => {
    expect(() => makePrivateFolder(join(base, 'none'), ['ours'], {userId})).to.throw('ENOENT')
    expect(fs.readdirSync(base)).to.deep.equal([])
  })

  it('returns where the system says ENOENT although the parent exists', () => {
    if (process.platform !== 'linux') return
    expect(() => makePrivateFolder('/proc', ['none', 'ours'], {isShared: true, userId})).to.throw('ENOENT')
  })

  it('uses a directory of another user only if it is shared, and none of its own in it', () => {
    const other = (userId ?? 0) + 1
    expect(() => makePrivateFolder(base, ['ours'], {userId: other})).to.throw('another user')
    expect(fs.readdirSync(base)).to.deep.equal([])
    expect(() => makePrivateFolder(base, ['ours'], {isShared: true, userId: other})).to.throw('ours belongs to another')
    expect(makePrivateFolder(base, ['ours'], {isShared: true, userId})).to.equal(join(base, 'ours'))
  })

  const spoils: Readonly<Record<string, (path: string) => void>> = {
    'a link'(path) {
      fs.symlinkSync(newFolder(), path)
    },
    'a file'(path) {
      fs.writeFileSync(path, '', {mode: 0o600})
    },
    'open to the group'(path) {
      fs.mkdirSync(path, {mode: 0o750})
    },
  }
  for (const [title, spoil] of Object.entries(spoils)) {
    it(`rejects a directory that is ${title}`, () => {
      spoil(join(base, 'ours'))
      expect(() => makePrivateFolder(base, ['ours'], {userId})).to.throw('ours is not a directory that only this user')
    })
  }

  it('follows links above the directory', () => {
    fs.symlinkSync(newFolder(), join(base, '.cache'))
    expect(makePrivateFolder(base, ['.cache', 'ours'], {userId})).to.equal(join(base, '.cache', 'ours'))
  })

  it('checks no owner and no mode on Windows', () => {
    fs.mkdirSync(join(base, 'ours'), {mode: 0o755})
    expect(makePrivateFolder(base, ['ours'], {userId: undefined})).to.equal(join(base, 'ours'))
  })
})
