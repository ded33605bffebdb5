import fs, {type Stats} from 'node:fs'
import Module, {createRequire} from 'node:module'
import {dirname, isAbsolute, join} from 'node:path'
import {cachedDataVersionTag} from 'node:v8'
import {Script} from 'node:vm'
import {crc32} from 'node:zlib'

import {makePrivateFolder} from '../lib/private-folder.js'

/** How many files stay in the cache: those of two versions of this program, for each kind of run. */
const MOST_FILES = 12

/** Does not follow a link or wait for a pipe. Windows has neither flag. */
const OPEN_FLAGS = (fs.constants.O_NOFOLLOW || 0) + (fs.constants.O_NONBLOCK || 0)

export interface CodeCache {
  /** The directory that must exist and belong to the user; an absolute path. */
  readonly base: string
  /** The directories below it, one inside the other. */
  readonly folders: readonly string[]
  readonly name: string
}

type Node = Pick<NodeJS.Process, 'arch' | 'execPath' | 'platform' | 'version'>

interface CachedCode {
  /** V8's code cache. V8 must get exactly the bytes that it produced. */
  readonly code: Buffer
  readonly uses: readonly string[]
}

/** Returns undefined if the cache directory has no absolute path, or if the Node.js binary cannot be found. */
export function codeCache(
  kind: string,
  env: NodeJS.ProcessEnv,
  home: string,
  {arch, execPath, platform, version}: Node = process,
): CodeCache | undefined {
  const {base, folders} = cacheDirectory(env, home, platform)
  if (!isAbsolute(base)) return undefined
  try {
    const {mtimeMs, size} = fs.statSync(execPath)
    // The tag alone is the same for releases of Node.js that crash with each other's code.
    const name = [kind, version, arch, cachedDataVersionTag(), size, mtimeMs].join('-')
    return {base, folders: [...folders, 'astro-plugin-organization-token', 'code'], name}
  } catch {
    return undefined
  }
}

function cacheDirectory({LOCALAPPDATA = '', XDG_CACHE_HOME = ''}: NodeJS.ProcessEnv, home: string, platform: string) {
  if (isAbsolute(XDG_CACHE_HOME)) return {base: XDG_CACHE_HOME, folders: []}
  if (platform === 'win32') return {base: LOCALAPPDATA, folders: []}
  return {base: home, folders: platform === 'darwin' ? ['Library', 'Caches'] : ['.cache']}
}

/**
 * Loads a bundle with code that V8 compiled earlier. The bundle is an ASCII file that ends with the call of a function,
 * with the names that Node.js gives to a CommonJS file. `save` caches the code of this run and never throws.
 */
export function loadWithCache(
  file: string,
  {base, folders, name}: CodeCache,
  userId = process.getuid?.(),
): {readonly exports: unknown; readonly save: (use: string) => void} {
  const path = join(base, ...folders, name)
  const cached = readCachedCode(path, userId)
  const bytes = fs.readFileSync(file)
  // Without the call. Latin-1 is the fastest way to read ASCII, and V8 would copy a text that is put together.
  const source = bytes.toString('latin1', 0, bytes.lastIndexOf('('))
  const script = new Script(source, {filename: file, ...(cached && {cachedData: cached.code})})
  const uses = cached && script.cachedDataRejected === false ? cached.uses : []
  const module = Object.assign(new Module(file), {loaded: true})
  const require = createRequire(file)
  // oclif requires the file again for its hooks.
  require.cache[file] = module
  const run = script.runInThisContext() as (...values: readonly unknown[]) => void
  run(module.exports, require, module, file, dirname(file))
  const save = (use: string) => {
    if (uses.includes(use)) return
    try {
      makePrivateFolder(base, folders, {userId})
      writeCachedCode(path, {code: script.createCachedData(), uses: [...uses, use]})
    } catch {
      // The command has already succeeded, and the next run tries again.
    }
  }

  return {exports: module.exports, save}
}

/**
 * Reads a cache file. Its code runs with the user's rights, so the file and its directory must belong to the user and
 * grant no permissions to others. Returns undefined if they do not, and for a missing or malformed file.
 */
function readCachedCode(path: string, userId: number | undefined): CachedCode | undefined {
  // Always true on Windows, which has no owners.
  const isPrivate = ({mode, uid}: Stats) => userId === undefined || (uid === userId && mode % 0o100 === 0)
  try {
    if (!isPrivate(fs.lstatSync(dirname(path)))) return undefined
    const descriptor = fs.openSync(path, OPEN_FLAGS)
    try {
      const stats = fs.fstatSync(descriptor)
      return stats.isFile() && isPrivate(stats) ? parse(fs.readFileSync(descriptor)) : undefined
    } finally {
      fs.closeSync(descriptor)
    }
  } catch {
    return undefined
  }
}

/**
 * Parses a cache file: a checksum of the rest, the length of the code, the code, and the uses as JSON. The code starts
 * after eight bytes, because V8 copies code that does not start at a multiple of eight.
 */
function parse(bytes: Buffer): CachedCode | undefined {
  if (crc32(bytes.subarray(4)) !== bytes.readUInt32LE()) return undefined
  const end = 8 + bytes.readUInt32LE(4)
  return {code: bytes.subarray(8, end), uses: JSON.parse(bytes.toString('utf8', end)) as string[]}
}

function writeCachedCode(path: string, {code, uses}: CachedCode): void {
  const content = Buffer.concat([Buffer.alloc(8), code, Buffer.from(JSON.stringify(uses))])
  content.writeUInt32LE(code.length, 4)
  content.writeUInt32LE(crc32(content.subarray(4)))
  const temporary = `${path}.${process.pid}.${Date.now()}`
  try {
    fs.writeFileSync(temporary, content, {flag: 'wx', mode: 0o600})
    fs.renameSync(temporary, path)
  } finally {
    fs.rmSync(temporary, {force: true})
  }

  const age = (file: string) => fs.statSync(file).mtimeMs
  const files = fs.readdirSync(dirname(path)).map((name) => join(dirname(path), name))
  for (const file of files.toSorted((one, other) => age(other) - age(one)).slice(MOST_FILES)) fs.rmSync(file)
}
