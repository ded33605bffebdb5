import {expect} from 'chai'
import fs from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {writeCodeCache} from '../../../src/cli/standalone/code-cache.js'
import {cacheFolder, loadBundle} from '../../../src/cli/standalone/load-bundle.js'

const owner = process.getuid?.()
const SOURCE = `exports.add = (one, other) => one + other
exports.file = __filename
exports.again = () => require(__filename)
exports.isFound = () => require.resolve('./beside.cjs') === __dirname + '/beside.cjs'`

interface Exports {
  readonly file: string
  add(one: number, other: number): number
  again(): unknown
  isFound(): boolean
}

describe('loading the bundle', () => {
  let root: string
  let folder: string
  let bundle: string

  beforeEach(() => {
    root = fs.mkdtempSync(join(tmpdir(), 'astro-bundle-'))
    folder = join(root, 'caches', 'code')
    bundle = join(root, 'bundle.cjs')
    fs.writeFileSync(bundle, SOURCE)
    fs.writeFileSync(join(root, 'beside.cjs'), '')
  })

  const load = (more: {hash?: string; owner?: number} = {}) => {
    const {exports, save} = loadBundle(bundle, {folder, hash: 'abc', owner, ...more})
    const loaded = exports as Exports
    expect(loaded.file).to.equal(bundle)
    return {loaded, save}
  }

  const files = () => fs.readdirSync(folder).map((name) => join(folder, name))
  const cacheFile = () => files()[0] ?? ''
  const move = (path: string) => {
    fs.renameSync(path, join(root, 'elsewhere'))
    fs.symlinkSync(join(root, 'elsewhere'), path)
  }

  /** Whether a run of this use writes the cache. The file is replaced, so its number changes. */
  const isWritten = (use: string): boolean => {
    const before = fs.lstatSync(cacheFile()).ino
    load().save(use)
    return fs.lstatSync(cacheFile()).ino !== before
  }

  it('exports what require exports, with and without a cache', () => {
    for (const use of ['first', 'second']) {
      const {loaded, save} = load()
      expect([loaded.add(1, 2), loaded.again() === loaded, loaded.isFound()]).to.deep.equal([3, true, true])
      save(use)
    }
  })

  it('writes a cache that only the user can read, with any umask', () => {
    const umask = process.umask(0)
    load().save('list')
    process.umask(umask)
    const paths = [folder, join(root, 'caches'), ...files()]
    expect(paths.map((path) => fs.statSync(path).mode % 0o1000)).to.deep.equal([0o700, 0o700, 0o600])
    expect(cacheFile()).to.match(/\/abc-\d+-\w+$/)
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
    'is empty'(path) {
      fs.truncateSync(path)
    },
    'V8 rejects'(path) {
      writeCodeCache(path, owner, () => ({code: Buffer.alloc(1000), uses: ['list']}))
      // V8 remembers what this process has compiled, and would not look at the cache.
      fs.appendFileSync(bundle, '\n')
    },
    'others can read'(path) {
      fs.chmodSync(path, 0o644)
    },
    'is a link': move,
  }
  for (const [title, damage] of Object.entries(damages)) {
    it(`replaces a cache that ${title}`, () => {
      load().save('list')
      damage(cacheFile())
      expect([isWritten('list'), isWritten('list')]).to.deep.equal([true, false])
    })
  }

  for (const [title, spoil, options] of [
    ['that others can read', 'chmod', {}],
    ['that is a link', 'move', {}],
    ['of another user', undefined, {owner: (owner ?? 0) + 1}],
  ] as const) {
    it(`neither reads nor writes a cache in a folder ${title}`, () => {
      load().save('list')
      if (spoil === 'chmod') fs.chmodSync(folder, 0o755)
      if (spoil === 'move') move(folder)
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

  for (const [platform, env, home, caches] of [
    ['linux', {XDG_CACHE_HOME: '/caches'}, '/home/jo', '/caches'],
    ['linux', {XDG_CACHE_HOME: 'relative'}, '/home/jo', '/home/jo/.cache'],
    ['linux', {}, '/home/jo', '/home/jo/.cache'],
    ['darwin', {}, '/Users/jo', '/Users/jo/Library/Caches'],
    ['win32', {LOCALAPPDATA: '/local'}, '/home/jo', '/local'],
    ['linux', {}, 'home', undefined],
  ] as const) {
    it(`has its cache in ${caches ?? 'no folder'} on ${platform} with ${JSON.stringify(env)} and home ${home}`, () => {
      const expected = caches && `${caches}/astro-plugin-organization-token/code`
      expect(cacheFolder(env, platform, home)).to.equal(expected)
    })
  }
})
