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

  it('creates no base, and fails where the system creates nothing', () => {
    expect(() => makePrivateFolder(join(base, 'none'), ['ours'], {userId})).to.throw('ENOENT')
    expect(() => makePrivateFolder('/proc', ['none', 'ours'], {isShared: true, userId})).to.throw('ENOENT')
    expect(fs.readdirSync(base)).to.deep.equal([])
  })

  it('checks no owner and no mode on Windows', () => {
    fs.mkdirSync(join(base, 'ours'), {mode: 0o755})
    expect(makePrivateFolder(base, ['ours'], {userId: undefined})).to.equal(join(base, 'ours'))
  })

  // Windows has no modes, no user IDs, and links only for administrators.
  if (process.platform === 'win32') return

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

  it('uses a directory of another user only if it is shared, and none of its own in it', () => {
    const other = (userId ?? 0) + 1
    expect(() => makePrivateFolder(base, ['ours'], {userId: other})).to.throw('another user')
    expect(fs.readdirSync(base)).to.deep.equal([])
    expect(() => makePrivateFolder(base, ['ours'], {isShared: true, userId: other})).to.throw('ours belongs to another')
    expect(makePrivateFolder(base, ['ours'], {isShared: true, userId})).to.equal(join(base, 'ours'))
  })

  it('rejects a link, a file and a directory that is open to the group, but follows links above', () => {
    fs.symlinkSync(newFolder(), join(base, 'link'))
    fs.writeFileSync(join(base, 'file'), '', {mode: 0o600})
    fs.mkdirSync(join(base, 'open'), {mode: 0o750})
    for (const name of ['link', 'file', 'open']) {
      expect(() => makePrivateFolder(base, [name], {userId})).to.throw(`${name} is not a directory that only this user`)
    }

    expect(makePrivateFolder(base, ['link', 'ours'], {userId})).to.equal(join(base, 'link', 'ours'))
  })
})
