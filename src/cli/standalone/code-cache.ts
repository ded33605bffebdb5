import fs, {type Stats} from 'node:fs'
import {dirname, join} from 'node:path'
import zlib from 'node:zlib'

/** How many files stay in the folder: two versions of this program, each under two of Node.js. */
const MOST_FILES = 4

/** Node.js before 20.15 does not have it. Then this module caches nothing. */
const {crc32}: {readonly crc32?: typeof zlib.crc32} = zlib

export interface CodeCache {
  /** V8's code cache. V8 must get exactly the bytes that it produced. */
  readonly code: Buffer
  /** The uses of the program that the code covers, as `describeUse` names them. */
  readonly uses: readonly string[]
}

/** Does not follow a link or wait for a pipe. Windows has neither flag. */
const OPEN_FLAGS = (fs.constants.O_NOFOLLOW || 0) + (fs.constants.O_NONBLOCK || 0)

/**
 * Reads a cache file. Its code runs with the user's rights, so the file and its folder must belong to `owner`, the
 * user, and grant no permissions to others. Returns undefined if they do not, and for a missing or damaged file.
 */
export function readCodeCache(path: string, owner: number | undefined): CodeCache | undefined {
  try {
    if (!isPrivate(fs.lstatSync(dirname(path)), owner)) return undefined
    const descriptor = fs.openSync(path, OPEN_FLAGS)
    try {
      const stats = fs.fstatSync(descriptor)
      return stats.isFile() && isPrivate(stats, owner) ? parse(fs.readFileSync(descriptor)) : undefined
    } finally {
      fs.closeSync(descriptor)
    }
  } catch {
    return undefined
  }
}

/** Parses a cache file: a checksum of the rest, a line of JSON with the uses, and the code. */
function parse(bytes: Buffer): CodeCache | undefined {
  const content = bytes.subarray(4)
  if (crc32?.(content) !== bytes.readUInt32LE()) return undefined
  const end = content.indexOf('\n')
  return {code: content.subarray(end + 1), uses: JSON.parse(content.toString('utf8', 0, end)) as string[]}
}

/** Creates or replaces a cache file, and removes the oldest files of its folder. Throws if it cannot write. */
export function writeCodeCache(path: string, owner: number | undefined, createCache: () => CodeCache): void {
  const folder = dirname(path)
  fs.mkdirSync(folder, {mode: 0o700, recursive: true})
  if (!crc32 || !isPrivate(fs.lstatSync(folder), owner)) return
  const {code, uses} = createCache()
  const content = Buffer.concat([Buffer.from(`${JSON.stringify(uses)}\n`), code])
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32LE(crc32(content))
  const temporary = `${path}.${process.pid}.${Date.now()}`
  try {
    fs.writeFileSync(temporary, Buffer.concat([checksum, content]), {flag: 'wx', mode: 0o600})
    fs.renameSync(temporary, path)
  } finally {
    fs.rmSync(temporary, {force: true})
  }

  const age = (file: string) => fs.statSync(file).mtimeMs
  const files = fs.readdirSync(folder).map((name) => join(folder, name))
  for (const file of files.toSorted((one, other) => age(other) - age(one)).slice(MOST_FILES)) fs.rmSync(file)
}

/** Whether only the owner has permissions. Always true on Windows, which has no owners. */
function isPrivate({mode, uid}: Stats, owner: number | undefined): boolean {
  return owner === undefined || (uid === owner && mode % 0o100 === 0)
}
