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

  const load = (more: {hash?: string; owner?: number} = {}) => loadBundle(bundle, {folder, hash: 'abc', owner, ...more})
  const files = () => fs.readdirSync(folder).map((name) => join(folder, name))
  const cacheFile = () => files()[0] ?? ''
  /** Whether a run of this use writes the cache. The file is replaced, so that it has another number then. */
  const isWritten = (use: string): boolean => {
    const before = fs.lstatSync(cacheFile()).ino
    const {exports, save} = load()
    expect(exports).to.have.property('file', bundle)
    save(use)
    return fs.lstatSync(cacheFile()).ino !== before
  }

  it('gives what require gives, with and without a cache', () => {
    for (const use of ['first', 'second']) {
      const {exports, save} = load()
      const loaded = exports as {add(one: number, other: number): number; again(): unknown; isFound(): boolean}
      expect(loaded.add(1, 2)).to.equal(3)
      expect(loaded.again()).to.equal(loaded)
      expect(loaded.isFound()).to.equal(true)
      save(use)
    }
  })

  it('writes a cache that only the user can read, whatever the umask', () => {
    const umask = process.umask(0)
    try {
      load().save('list')
    } finally {
      process.umask(umask)
    }

    const paths = [folder, join(root, 'caches'), cacheFile()]
    expect(paths.map((path) => fs.statSync(path).mode % 0o1000)).to.deep.equal([0o700, 0o700, 0o600])
    expect(files()).to.have.length(1)
    expect(cacheFile()).to.match(/\/abc-\d+-\w+$/)
  })

  it('writes the cache for a use that it has not seen, and keeps those that it has', () => {
    load().save('help')
    expect(isWritten('help')).to.equal(false)
    expect(isWritten('list')).to.equal(true)
    expect(isWritten('help')).to.equal(false)
    expect(isWritten('list')).to.equal(false)
  })

  const damages: Readonly<Record<string, (path: string) => void>> = {
    'has one wrong byte'(path) {
      const bytes = fs.readFileSync(path)
      bytes.writeUInt8(255 - bytes.readUInt8(bytes.length - 100), bytes.length - 100)
      fs.writeFileSync(path, bytes)
    },
    'is cut short'(path) {
      fs.truncateSync(path, fs.statSync(path).size - 1)
    },
    'is empty'(path) {
      fs.truncateSync(path)
    },
    'is not one'(path) {
      fs.writeFileSync(path, 'something else')
    },
    'V8 rejects'(path) {
      writeCodeCache(path, owner, () => ({code: Buffer.alloc(1000), uses: ['list']}))
      // V8 remembers what this process has compiled, and would not look at the cache.
      fs.appendFileSync(bundle, '\n')
    },
    'others can read'(path) {
      fs.chmodSync(path, 0o644)
    },
    'is a link to one'(path) {
      fs.renameSync(path, join(root, 'elsewhere'))
      fs.symlinkSync(join(root, 'elsewhere'), path)
    },
  }
  for (const [what, damage] of Object.entries(damages)) {
    it(`replaces a cache that ${what}`, () => {
      load().save('list')
      damage(cacheFile())
      expect(isWritten('list')).to.equal(true)
      expect(isWritten('list')).to.equal(false)
    })
  }

  const badFolders: Readonly<Record<string, () => void>> = {
    'that others can read'() {
      fs.chmodSync(folder, 0o755)
    },
    'that is a link'() {
      fs.renameSync(folder, join(root, 'elsewhere'))
      fs.symlinkSync(join(root, 'elsewhere'), folder)
    },
  }
  for (const [what, spoil] of Object.entries(badFolders)) {
    it(`neither reads nor writes a cache in a folder ${what}`, () => {
      load().save('list')
      spoil()
      expect(isWritten('list')).to.equal(false)
      expect(isWritten('add')).to.equal(false)
      fs.rmSync(cacheFile())
      load().save('list')
      expect(files()).to.deep.equal([])
    })
  }

  it('neither reads nor writes a cache in a folder of another user', () => {
    load().save('list')
    const {exports, save} = load({owner: (owner ?? 0) + 1})
    expect(exports).to.have.property('file', bundle)
    fs.rmSync(cacheFile())
    save('add')
    expect(files()).to.deep.equal([])
  })

  it('works where no cache can be written', () => {
    fs.writeFileSync(join(root, 'caches'), 'a file')
    const {exports, save} = load()
    save('list')
    expect(exports).to.have.property('file', bundle)
  })

  it('keeps the cache of each program apart, and the last four of them', () => {
    for (const [index, hash] of ['a', 'b', 'c', 'd', 'e', 'f'].entries()) {
      load({hash}).save('list')
      for (const path of files().filter((file) => file.includes(`/${hash}-`))) fs.utimesSync(path, index, index)
    }

    expect(files().map((file) => /\/(\w)-\d+-\w+$/.exec(file)?.[1])).to.have.members(['c', 'd', 'e', 'f'])
  })

  describe('the folder for compiled code', () => {
    const code = 'astro-plugin-organization-token/code'

    it('is under XDG_CACHE_HOME if that is absolute', () => {
      expect(cacheFolder({XDG_CACHE_HOME: '/caches'}, 'linux', '/home/jo')).to.equal(`/caches/${code}`)
      expect(cacheFolder({XDG_CACHE_HOME: 'caches'}, 'linux', '/home/jo')).to.equal(`/home/jo/.cache/${code}`)
      expect(cacheFolder({XDG_CACHE_HOME: ''}, 'linux', '/home/jo')).to.equal(`/home/jo/.cache/${code}`)
    })

    it('is where the system has caches', () => {
      expect(cacheFolder({}, 'darwin', '/Users/jo')).to.equal(`/Users/jo/Library/Caches/${code}`)
      expect(cacheFolder({LOCALAPPDATA: '/local'}, 'win32', '/home/jo')).to.equal(`/local/${code}`)
    })

    it('is nowhere if the home is not absolute', () => {
      expect(cacheFolder({}, 'linux', 'home')).to.equal(undefined)
      expect(cacheFolder({}, 'linux', '')).to.equal(undefined)
    })
  })
})
