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
  describe('is in', () => {
    const node = {arch: 'x64', execPath: process.execPath, platform: 'linux', version: 'v20.19.0'} as const
    const ours = ['astro-plugin-organization-token', 'code']

    for (const [title, platform, env, home, base, folders] of [
      ['XDG_CACHE_HOME', 'linux', {XDG_CACHE_HOME: '/caches'}, '/home/jo', '/caches', []],
      ['~/.cache', 'linux', {XDG_CACHE_HOME: 'relative'}, '/home/jo', '/home/jo', ['.cache']],
      ['~/Library/Caches', 'darwin', {}, '/Users/jo', '/Users/jo', ['Library', 'Caches']],
      ['LOCALAPPDATA', 'win32', {LOCALAPPDATA: '/local'}, '/home/jo', '/local', []],
    ] as const) {
      it(`${title} on ${platform}`, () => {
        const cache = codeCache('build', env, home, {...node, platform})
        expect(cache).to.deep.include({base, folders: [...folders, ...ours]})
      })
    }

    it('no place without an absolute path or the Node.js binary', () => {
      expect(codeCache('build', {}, 'home', node)).to.equal(undefined)
      expect(codeCache('build', {}, '/home/jo', {...node, platform: 'win32'})).to.equal(undefined)
      expect(codeCache('build', {}, '/home/jo', {...node, execPath: '/nonexistent/node'})).to.equal(undefined)
    })

    it('a file for the build, the Node.js version, architecture, V8, and size and time of the Node.js binary', () => {
      const execPath = join(newFolder(), 'node')
      fs.writeFileSync(execPath, '12345')
      fs.utimesSync(execPath, 7, 7)
      const name = `build-v20.19.0-x64-${cachedDataVersionTag()}-5-7000`
      expect(codeCache('build', {}, '/home/jo', {...node, execPath})).to.include({name})
    })
  })

  describe('of a bundle', () => {
    let root: string
    let folder: string
    let file: string
    let bundle: string

    beforeEach(() => {
      root = newFolder()
      folder = join(root, 'caches', 'code')
      file = join(folder, 'abc')
      bundle = join(root, 'bundle.cjs')
      fs.writeFileSync(bundle, SOURCE)
    })

    const load = ({name = 'abc', user = userId} = {}) => {
      const {exports, save} = loadWithCache(bundle, {base: root, folders: ['caches', 'code'], name}, user)
      expect(exports).to.deep.equal({path: bundle, isFound: true, isLoadedOnce: true})
      return {save}
    }

    /** Whether a run of this use writes the cache. The file is replaced, so its number changes. */
    const isWritten = (use: string): boolean => {
      const before = fs.lstatSync(file).ino
      load().save(use)
      return fs.lstatSync(file).ino !== before
    }

    const moveAndLink = (path: string) => {
      fs.renameSync(path, join(root, 'elsewhere'))
      fs.symlinkSync(join(root, 'elsewhere'), path)
    }

    const allowGroup = (path: string) => {
      fs.chmodSync(path, 0o750)
    }

    it('is written for a use that is new to it, keeps the others, and only the user can read it', () => {
      load().save('help')
      expect(['help', 'list', 'help', 'list'].map((use) => isWritten(use))).to.deep.equal([false, true, false, false])
      expect([folder, file].map((path) => fs.statSync(path).mode % 0o1000)).to.deep.equal([0o700, 0o600])
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
      'the group can read': allowGroup,
    }
    for (const [title, damage] of Object.entries(damages)) {
      it(`is replaced if it ${title}`, () => {
        load().save('list')
        damage(file)
        expect([isWritten('list'), isWritten('list')]).to.deep.equal([true, false])
      })
    }

    for (const [title, spoil, user] of [
      ['is a link', moveAndLink, userId],
      ['the group can read', allowGroup, userId],
      ['belongs to another user', () => folder, (userId ?? 0) + 1],
    ] as const) {
      it(`is neither read nor written in a directory that ${title}`, () => {
        load().save('list')
        spoil(folder)
        fs.writeFileSync(file, 'a cache')
        load({user}).save('add')
        expect([fs.readdirSync(folder), fs.readFileSync(file, 'utf8')]).to.deep.equal([['abc'], 'a cache'])
      })
    }

    it('is missing if it cannot be written', () => {
      fs.writeFileSync(join(root, 'caches'), 'a file')
      load().save('list')
    })

    it('keeps the last twelve files', () => {
      const names = 'a b c d e f g h i j k l m n'.split(' ')
      for (const [index, name] of names.entries()) {
        load({name}).save('list')
        fs.utimesSync(join(folder, name), index, index)
      }

      expect(fs.readdirSync(folder)).to.have.members(names.slice(-12))
    })
  })
})
