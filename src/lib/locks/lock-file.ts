import {randomBytes} from 'node:crypto'
import {readFileSync, unlinkSync, writeFileSync} from 'node:fs'
import {link, lstat, open, readFile, unlink, writeFile} from 'node:fs/promises'

import {fieldsOf} from '../fields-of.js'
import {ignore} from '../ignore.js'
import {type LockSystem, type ProcessIdentity} from './system.js'

/** Who holds a lock: what its file says. */
export interface Holder extends ProcessIdentity {
  /** No two locks ever have the same. */
  readonly id: string
  /** RFC 3339. */
  readonly since: string
}

/** What is at the path of a lock. */
export interface FoundLock {
  readonly kind: 'denied' | 'file' | 'folder'
  /** Of all that are ever at this path, only this one has it. */
  readonly id: string
  /** Changes whenever the holder refreshes it. */
  readonly text: string
  /** Undefined if it has no readable note. */
  readonly holder: Holder | undefined
}

/** How long a lock may have no note, in milliseconds: only a file system without hard links shows one without at all. */
export const NO_NOTE_MS = 10_000

const BUSY = ['EACCES', 'EBUSY', 'EPERM', 'ESTALE'] as const

export function newHolder(system: LockSystem): Holder {
  return {id: randomBytes(8).toString('hex'), since: system.date().toISOString(), ...system.self()}
}

/** What is at the path; undefined if nothing is. Throws the system's error if that cannot be found out. */
export async function readLock(path: string): Promise<FoundLock | undefined> {
  try {
    const stats = await lstat(path)
    const text = stats.isFile() ? await readFile(path, 'utf8') : ''
    const holder = parseNote(text)
    const id = holder?.id ?? `${stats.ino}-${stats.mtimeMs}`
    return {kind: stats.isDirectory() ? 'folder' : 'file', id, text, holder}
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    // Another user's lock, or one that is being replaced, on Windows or on a network file system.
    if (isCode(error, ...BUSY)) return {kind: 'denied', id: '', text: '', holder: undefined}
    throw error
  }
}

/** Makes the lock, with its note in it; false if there is one already. */
export async function createLock(path: string, me: Holder, system: LockSystem): Promise<boolean> {
  const temporary = `${path}.${me.id}.new`
  await writeFile(temporary, noteOf(me), {flag: 'wx', mode: 0o644})
  try {
    await link(temporary, path)
    return true
  } catch (error) {
    return !isCode(error, 'EEXIST') && (await createWithoutLink(path, me, system))
  } finally {
    await unlink(temporary).catch(ignore)
  }
}

/** For file systems without hard links, where the lock is there a moment before its note. */
async function createWithoutLink(path: string, me: Holder, {now}: LockSystem): Promise<boolean> {
  const from = now()
  try {
    await writeFile(path, noteOf(me), {flag: 'wx', mode: 0o644})
  } catch (error) {
    if (isCode(error, 'EEXIST', ...BUSY)) return false
    throw error
  }

  if (now() - from < NO_NOTE_MS / 2) return true
  // Others may have taken it for dead meanwhile.
  removeLock(path, me)
  return false
}

/**
 * Removes the lock if it is still this holder's. Synchronous, for a process that ends. What fails leaves the lock to be
 * taken over.
 */
export function removeLock(path: string, me: Holder): void {
  const claim = claimOn(path, me)
  try {
    // With the claim ours, nobody replaces the lock between the look and the removal.
    writeFileSync(claim, noteOf({...me, id: randomBytes(8).toString('hex')}), {flag: 'wx', mode: 0o644})
    try {
      if (parseNote(readFileSync(path, 'utf8'))?.id === me.id) unlinkSync(path)
    } finally {
      unlinkSync(claim)
    }
  } catch {
    // Another process is taking the lock over, or will.
  }
}

/** Lets those who watch from other machines see that the holder is there: its lock grows by a dot. */
export async function refreshLock(path: string, {id}: Holder): Promise<void> {
  const file = await open(path, 'r+')
  try {
    // Written into the very file that was read, so that another's lock is never touched.
    const text = await file.readFile('utf8')
    if (parseNote(text)?.id === id) await file.write('.', Buffer.byteLength(text))
  } finally {
    await file.close()
  }
}

/** The path of the lock that one must hold to remove or replace this lock. */
export function claimOn(path: string, {id}: Pick<FoundLock, 'id'>): string {
  return `${path}.${id}`
}

export function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

function noteOf(holder: Holder): string {
  return `${JSON.stringify(holder)}\n`
}

function parseNote(text: string): Holder | undefined {
  try {
    const {host, id, machine, pid, since, start} = fieldsOf(JSON.parse(text.slice(0, text.indexOf('\n'))))
    // The ID becomes part of a file's name, and a PID that is not positive means a group of processes.
    if (typeof id !== 'string' || !/^[\da-f]{16}$/.test(id) || !isPid(pid)) return undefined
    if (typeof host !== 'string' || typeof machine !== 'string' || typeof since !== 'string') return undefined
    if (start !== undefined && typeof start !== 'string') return undefined
    return {host, id, machine, pid, since, start}
  } catch {
    return undefined
  }
}

function isPid(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0
}
