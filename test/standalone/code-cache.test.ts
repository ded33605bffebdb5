import {expect} from 'chai'
import fs from 'node:fs'
import {join} from 'node:path'
import {cachedDataVersionTag} from 'node:v8'

import {codeCache, loadWithCache} from '../../src/standalone/code-cache.js'
import {newFolder} from '../support/run-cli.js'

const USER = process.getuid?.()
const SOURCE = `(function (exports, require, module, __filename, __dirname) {
exports.path = __filename
exports.isFound = require.resolve('./bundle.cjs') === __dirname + '/bundle.cjs'
exports.isLoadedOnce = require(__filename) === exports
})(exports, require, module, __filename, __dirname)`

function moveAndLink(path: string): void {
  fs.renameSync(path, `${path}-elsewhere`)
  fs.symlinkSync(`${path}-elsewhere`, path)
}

function allowGroup(path: string): void {
  fs.chmodSync(path, 0o750)
}

function changeByte(path: string): void {
  const bytes = fs.readFileSync(path)
  bytes.writeUInt8(255 - bytes.readUInt8(bytes.length - 100), bytes.length - 100)
  fs.writeFileSync(path, bytes)
}

describe('the cache of compiled code', () => {
  const node = {arch: 'x64', execPath: process.execPath, platform: 'linux', version: 'v20.19.0'} as const

  it('is in the cache directory of the user on each system, if that has an absolute path', () => {
    for (const [platform, env, home, path] of [
      ['linux', {XDG_CACHE_HOME: '/caches'}, '/home/jo', '/caches'],
      ['linux', {XDG_CACHE_HOME: 'relative'}, '/home/jo', '/home/jo/.cache'],
      ['darwin', {}, '/Users/jo', '/Users/jo/Library/Caches'],
      ['win32', {LOCALAPPDATA: '/local'}, '/home/jo', '/local'],
      ['linux', {}, 'home'],
    ] as const) {
      const cache = codeCache('build', env, home, {...node, platform})
      const found = cache && [cache.base, ...cache.folders].join('/')
      expect(found).to.equal(path && `${path}/astro-plugin-organization-token/code`)
    }
  })

  it('has a file for the build, the Node.js version, architecture, V8, and size and time of the Node.js binary', () => {
    const execPath = join(newFolder(), 'node')
    expect(codeCache('build', {}, '/home/jo', {...node, execPath})).to.equal(undefined)
    fs.writeFileSync(execPath, '12345')
    fs.utimesSync(execPath, 7, 7)
    const name = `build-v20.19.0-x64-${cachedDataVersionTag()}-5-7000`
    expect(codeCache('build', {}, '/home/jo', {...node, execPath})).to.include({name})
  })

  describe('of a bundle', () => {
    let cache: {base: string; folders: string[]; name: string}
    let file: string
    let bundle: string

    beforeEach(() => {
      cache = {base: newFolder(), folders: ['code'], name: 'abc'}
      file = join(cache.base, 'code', 'abc')
      bundle = join(cache.base, 'bundle.cjs')
      fs.writeFileSync(bundle, SOURCE)
    })

    /** Runs the bundle, and saves its code for this use. */
    const run = (use: string, user = USER) => {
      const {exports, save} = loadWithCache(bundle, cache, user)
      expect(exports).to.deep.equal({path: bundle, isFound: true, isLoadedOnce: true})
      save(use)
    }

    /** Whether a run of this use writes the cache. The file is replaced, so its number changes. */
    const isWritten = (use: string): boolean => {
      const before = fs.lstatSync(file).ino
      run(use)
      return fs.lstatSync(file).ino !== before
    }

    it('is written for a use that is new to it, keeps the others, and only the user can read it', () => {
      run('help')
      expect(['help', 'list', 'help', 'list'].map((use) => isWritten(use))).to.deep.equal([false, true, false, false])
      const modes = [join(cache.base, 'code'), file].map((path) => fs.statSync(path).mode % 0o1000)
      expect(modes).to.deep.equal([0o700, 0o600])
    })

    it('is replaced if one byte changed, if it is a link, or if it is open to the group', () => {
      run('list')
      for (const spoil of [changeByte, moveAndLink, allowGroup]) {
        spoil(file)
        expect([isWritten('list'), isWritten('list')], spoil.name).to.deep.equal([true, false])
      }
    })

    it('is neither read nor written in a directory of another user, that is open to the group, or that is a link', () => {
      run('list')
      fs.writeFileSync(file, 'a cache')
      run('add', (USER ?? 0) + 1)
      moveAndLink(join(cache.base, 'code'))
      run('add')
      allowGroup(join(cache.base, 'code'))
      run('add')
      expect(fs.readFileSync(file, 'utf8')).to.equal('a cache')
    })

    it('is not written, and creates no home, if its directory does not exist, is in procfs, or is a file', () => {
      for (const base of [join(cache.base, 'none'), '/proc/none', bundle]) {
        cache.base = base
        run('list')
        expect(fs.existsSync(base), base).to.equal(base === bundle)
      }
    })

    it('keeps the last twelve files', () => {
      const names = 'a b c d e f g h i j k l m n'.split(' ')
      for (const [index, name] of names.entries()) {
        cache.name = name
        run('list')
        fs.utimesSync(join(cache.base, 'code', name), index, index)
      }

      expect(fs.readdirSync(join(cache.base, 'code'))).to.have.members(names.slice(-12))
    })
  })
})
