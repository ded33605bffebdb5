import {expect} from 'chai'
import fs from 'node:fs'
import {join} from 'node:path'
import {cachedDataVersionTag} from 'node:v8'

import {codeCache, loadWithCache} from '../../src/standalone/code-cache.js'
import {newFolder} from '../support/run-cli.js'

const userId = process.getuid?.()
const SOURCE = `exports.path = __filename
exports.isFound = require.resolve('./bundle.cjs') === __dirname + '/bundle.cjs'
exports.isLoadedOnce = require(__filename) === exports`

describe('the cache of compiled code', () => {
  describe('codeCache', () => {
    const node = {arch: 'x64', execPath: process.execPath, platform: 'linux', version: 'v20.19.0'} as const

    for (const [title, platform, env, home, expected] of [
      ['XDG_CACHE_HOME', 'linux', {XDG_CACHE_HOME: '/caches'}, '/home/jo', {base: '/caches', folders: []}],
      ['~/.cache', 'linux', {XDG_CACHE_HOME: 'relative'}, '/home/jo', {base: '/home/jo', folders: ['.cache']}],
      ['~/Library/Caches', 'darwin', {}, '/Users/jo', {base: '/Users/jo', folders: ['Library', 'Caches']}],
      ['LOCALAPPDATA', 'win32', {LOCALAPPDATA: '/local'}, '/home/jo', {base: '/local', folders: []}],
    ] as const) {
      it(`is in ${title} on ${platform}`, () => {
        const {base, folders} = codeCache('build', env, home, {...node, platform}) ?? {}
        const ours = ['astro-plugin-organization-token', 'code']
        expect({base, folders}).to.deep.equal({base: expected.base, folders: [...expected.folders, ...ours]})
      })
    }

    it('needs an absolute path and the Node.js binary', () => {
      expect(codeCache('build', {}, 'home', node)).to.equal(undefined)
      expect(codeCache('build', {}, '/home/jo', {...node, platform: 'win32'})).to.equal(undefined)
      expect(codeCache('build', {}, '/home/jo', {...node, execPath: '/nonexistent/node'})).to.equal(undefined)
    })

    it('names the file by build, Node.js version, architecture, V8, and size and time of the Node.js binary', () => {
      const binary = join(newFolder(), 'node')
      fs.writeFileSync(binary, '12345')
      fs.utimesSync(binary, 7, 7)
      const tag = cachedDataVersionTag()
      const {name} = codeCache('build', {}, '/home/jo', {...node, execPath: binary}) ?? {}
      expect(name).to.equal(`build-v20.19.0-x64-${tag}-5-7000`)
    })
  })

  describe('loadWithCache', () => {
    let root: string
    let folder: string
    let bundle: string

    beforeEach(() => {
      root = newFolder()
      folder = join(root, 'caches', 'code')
      bundle = join(root, 'bundle.cjs')
      fs.writeFileSync(bundle, SOURCE)
    })

    const load = ({name = 'abc', user = userId} = {}) => {
      const {exports, save} = loadWithCache(bundle, {base: root, folders: ['caches', 'code'], name}, user)
      expect(exports).to.deep.equal({path: bundle, isFound: true, isLoadedOnce: true})
      return {save}
    }

    const cacheFile = () => join(folder, 'abc')
    const moveAndLink = (path: string) => {
      fs.renameSync(path, join(root, 'elsewhere'))
      fs.symlinkSync(join(root, 'elsewhere'), path)
    }

    const allowOthers = (path: string) => {
      fs.chmodSync(path, 0o755)
    }

    const allowGroup = (path: string) => {
      fs.chmodSync(path, 0o770)
    }

    /** Whether a run of this use writes the cache. The file is replaced, so its number changes. */
    const isWritten = (use: string): boolean => {
      const before = fs.lstatSync(cacheFile()).ino
      load().save(use)
      return fs.lstatSync(cacheFile()).ino !== before
    }

    it('writes a cache that only the user can read, with any umask', () => {
      const umask = process.umask(0)
      load().save('list')
      process.umask(umask)
      const modes = [folder, cacheFile()].map((path) => fs.statSync(path).mode % 0o1000)
      expect(modes).to.deep.equal([0o700, 0o600])
    })

    it('writes the cache for a use that is new to it, and keeps the others', () => {
      load().save('help')
      expect(['help', 'list', 'help', 'list'].map((use) => isWritten(use))).to.deep.equal([false, true, false, false])
    })

    const damages: Readonly<Record<string, (path: string) => void>> = {
      'has one wrong byte'(path) {
        const bytes = fs.readFileSync(path)
        bytes.writeUInt8(255 - bytes.readUInt8(bytes.length - 100), bytes.length - 100)
        fs.writeFileSync(path, bytes)
      },
      'is empty': fs.truncateSync,
      // V8 rejects the code of a source with another length.
      'is for another bundle'() {
        fs.appendFileSync(bundle, '\n')
      },
      'is a link': moveAndLink,
      'others can read': allowOthers,
      'the group can read': allowGroup,
    }
    for (const [title, damage] of Object.entries(damages)) {
      it(`replaces a cache that ${title}`, () => {
        load().save('list')
        damage(cacheFile())
        expect([isWritten('list'), isWritten('list')]).to.deep.equal([true, false])
      })
    }

    for (const [title, spoil, user] of [
      ['is a link', moveAndLink, userId],
      ['others can read', allowOthers, userId],
      ['the group can read', allowGroup, userId],
      ['belongs to another user', () => folder, (userId ?? 0) + 1],
    ] as const) {
      it(`neither reads nor writes a cache in a directory that ${title}`, () => {
        load().save('list')
        spoil(folder)
        fs.writeFileSync(cacheFile(), 'a cache')
        load({user}).save('add')
        expect(fs.readdirSync(folder).map((file) => fs.readFileSync(join(folder, file), 'utf8'))).to.deep.equal([
          'a cache',
        ])
      })
    }

    it('works if no cache can be written', () => {
      fs.writeFileSync(join(root, 'caches'), 'a file')
      load().save('list')
    })

    it('keeps the caches of the last four programs', () => {
      for (const [index, name] of ['a', 'b', 'c', 'd', 'e', 'f'].entries()) {
        load({name}).save('list')
        fs.utimesSync(join(folder, name), index, index)
      }

      expect(fs.readdirSync(folder)).to.have.members(['c', 'd', 'e', 'f'])
    })
  })
})
