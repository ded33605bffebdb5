import {expect} from 'chai'
import fs from 'node:fs'
import {join} from 'node:path'

import {writeCodeCache} from '../../../src/cli/standalone/code-cache.js'
import {cacheFolder, type CacheOptions, loadBundle} from '../../../src/cli/standalone/load-bundle.js'
import {newFolder} from '../../support/run-cli.js'

const owner = process.getuid?.()
const SOURCE = `exports.path = __filename
exports.isFound = require.resolve('./bundle.cjs') === __dirname + '/bundle.cjs'
exports.isLoadedOnce = require(__filename) === exports`

describe('loading the bundle', () => {
  let root: string
  let folder: string
  let bundle: string

  beforeEach(() => {
    root = newFolder()
    folder = join(root, 'caches', 'code')
    bundle = join(root, 'bundle.cjs')
    fs.writeFileSync(bundle, SOURCE)
  })

  const load = (more: Partial<CacheOptions> = {}) => {
    const {exports, save} = loadBundle(bundle, {folder, hash: 'abc', owner, ...more})
    expect(exports).to.deep.equal({path: bundle, isFound: true, isLoadedOnce: true})
    return {save}
  }

  const files = () => fs.readdirSync(folder).map((name) => join(folder, name))
  const cacheFile = () => files()[0] ?? ''
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
    const paths = [folder, join(root, 'caches'), ...files()]
    expect(paths.map((path) => fs.statSync(path).mode % 0o1000)).to.deep.equal([0o700, 0o700, 0o600])
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
    'V8 rejects'(path) {
      writeCodeCache(path, owner, () => ({code: Buffer.alloc(1000), uses: ['list']}))
      // V8 remembers what this process has compiled, and would not look at the cache.
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

  for (const [title, spoil, options] of [
    ['is a link', moveAndLink, {}],
    ['others can read', allowOthers, {}],
    ['the group can read', allowGroup, {}],
    ['belongs to another user', undefined, {owner: (owner ?? 0) + 1}],
  ] as const) {
    it(`neither reads nor writes a cache in a folder that ${title}`, () => {
      load().save('list')
      spoil?.(folder)
      fs.writeFileSync(cacheFile(), 'a cache')
      load(options).save('add')
      expect(files().map((file) => fs.readFileSync(file, 'utf8'))).to.deep.equal(['a cache'])
    })
  }

  it('works if no cache can be written', () => {
    fs.writeFileSync(join(root, 'caches'), 'a file')
    load().save('list')
  })

  it('keeps the caches of the last four programs', () => {
    for (const [index, hash] of ['a', 'b', 'c', 'd', 'e', 'f'].entries()) {
      load({hash}).save('list')
      for (const path of files().filter((file) => file.includes(`/${hash}-`))) fs.utimesSync(path, index, index)
    }

    expect(files().map((file) => /\/(\w)-\d+-\w+$/.exec(file)?.[1])).to.have.members(['c', 'd', 'e', 'f'])
  })

  it('caches in the user’s cache folder, and only under an absolute path', () => {
    for (const [platform, env, home, caches] of [
      ['linux', {XDG_CACHE_HOME: '/caches'}, '/home/jo', '/caches'],
      ['linux', {XDG_CACHE_HOME: 'relative'}, '/home/jo', '/home/jo/.cache'],
      ['darwin', {}, '/Users/jo', '/Users/jo/Library/Caches'],
      ['win32', {LOCALAPPDATA: '/local'}, '/home/jo', '/local'],
      ['linux', {}, 'home', undefined],
    ] as const) {
      const expected = caches && `${caches}/astro-plugin-organization-token/code`
      expect(cacheFolder(env, platform, home)).to.equal(expected)
    }
  })
})
