import {randomBytes} from 'node:crypto'
import fs from 'node:fs'
import {type InferOutput, number, object, optional, parse, string} from 'valibot'

import {ignore, isCode} from '../helpers.js'
import {type ProcessIdentity} from './process.js'

/** The note in a lock file. */
export type Holder = Readonly<InferOutput<typeof NOTE>>

export interface FoundLock {
  /** Unique for each lock, except for those without a readable note. */
  readonly id: string
  readonly holder?: Holder
  /** Milliseconds since 1970; NaN if the lock cannot be read. */
  readonly modifiedAt: number
}

const NOTE = object({id: string(), machine: string(), pid: number(), start: optional(string())})

/** The file operations of locks. They block, because handing one to a thread takes five times as long. Tests delay them. */
export const FILES = {
  async link(from: string, to: string) {
    fs.linkSync(from, to)
  },
  readdir: async (path: string) => fs.readdirSync(path, {withFileTypes: true}),
  readFile: async (path: string) => fs.readFileSync(path, 'utf8'),
  async rename(from: string, to: string) {
    fs.renameSync(from, to)
  },
  stat: async (path: string) => fs.statSync(path),
  async unlink(path: string) {
    fs.unlinkSync(path)
  },
  async writeFile(path: string, text: string) {
    fs.writeFileSync(path, text, {flag: 'wx', mode: 0o600})
  },
}

const NO_ID = 'unreadable'
/** On Windows, a file that is being replaced cannot be opened. */
const BUSY = ['EACCES', 'EBUSY', 'EPERM']

export function newHolder(self: ProcessIdentity): Holder {
  return {id: randomBytes(8).toString('hex'), ...self}
}

export async function readLock(path: string): Promise<FoundLock | undefined> {
  try {
    const text = await FILES.readFile(path)
    // Reads the time last, so that the lock never seems older than it is.
    const {mtimeMs: modifiedAt} = await FILES.stat(path)
    const holder = parseNote(text)
    return holder ? {id: holder.id, holder, modifiedAt} : {id: NO_ID, modifiedAt}
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    if (!isCode(error, ...BUSY)) throw error
    const stats = await FILES.stat(path).catch(ignore)
    return {id: NO_ID, modifiedAt: stats?.mtimeMs ?? Number.NaN}
  }
}

/** Creates the lock together with its note. Returns false if there is one; throws if the file system cannot. */
export async function createLock(path: string, me: Holder): Promise<boolean> {
  const temporary = `${path}.${me.id}.new`
  try {
    await FILES.writeFile(temporary, JSON.stringify(me))
    await FILES.link(temporary, path)
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST') || (process.platform === 'win32' && isCode(error, ...BUSY))) return false
    throw error
  } finally {
    await FILES.unlink(temporary).catch(ignore)
  }
}

function parseNote(text: string): Holder | undefined {
  try {
    return parse(NOTE, JSON.parse(text))
  } catch {
    return undefined
  }
}
