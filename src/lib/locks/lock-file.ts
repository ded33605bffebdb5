import {randomBytes} from 'node:crypto'
import {readFileSync, unlinkSync, writeFileSync} from 'node:fs'
import {link, lstat, open, readFile, unlink, writeFile} from 'node:fs/promises'

import {fieldsOf, ignore, isCode} from '../helpers.js'
import {type LockSystem, type ProcessIdentity} from './system.js'

/** The holder of a lock, as the note in the lock file describes it. */
export interface Holder extends ProcessIdentity {
  /** Unique for each lock. */
  readonly id: string
  /** RFC 3339. */
  readonly since: string
}

/** The file or folder at the path of a lock. */
export interface FoundLock {
  readonly kind: 'denied' | 'file' | 'folder'
  /** Unique among all locks at this path over time. */
  readonly id: string
  /** Changes whenever the holder refreshes it. */
  readonly text: string
  /** Undefined if the lock has no readable note. */
  readonly holder: Holder | undefined
}

/** How long a lock may lack its note, in milliseconds. That only happens on a file system without hard links. */
export const NO_NOTE_MS = 10_000

const BUSY = ['EACCES', 'EBUSY', 'EPERM', 'ESTALE'] as const

export function newHolder(system: LockSystem): Holder {
  return {id: randomBytes(8).toString('hex'), since: system.date().toISOString(), ...system.self()}
}

/** Reads the lock at the path; undefined if there is none. Throws the system's error if it cannot tell. */
export async function readLock(path: string): Promise<FoundLock | undefined> {
  try {
    const stats = await lstat(path)
    const text = stats.isFile() ? await readFile(path, 'utf8') : ''
    const holder = parseNote(text)
    const id = holder?.id ?? `${stats.ino}-${stats.mtimeMs}`
    return {kind: stats.isDirectory() ? 'folder' : 'file', id, text, holder}
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    // This is another user's lock, or one that is just being replaced on Windows or on a network file system.
    if (isCode(error, ...BUSY)) return {kind: 'denied', id: '', text: '', holder: undefined}
    throw error
  }
}

/** Creates the lock atomically with its note. Returns false if there is already a lock. */
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

/** Creates the lock on a file system without hard links. The lock then exists a moment before its note. */
async function createWithoutLink(path: string, me: Holder, {now}: LockSystem): Promise<boolean> {
  const startedAt = now()
  try {
    await writeFile(path, noteOf(me), {flag: 'wx', mode: 0o644})
  } catch (error) {
    if (isCode(error, 'EEXIST', ...BUSY)) return false
    throw error
  }

  if (now() - startedAt < NO_NOTE_MS / 2) return true
  // The write was slow, so another process may have considered the lock dead.
  removeLock(path, me)
  return false
}

/**
 * Removes the lock if this holder still has it. Synchronous, so that it works while the process exits. On an error the
 * lock stays, and another process takes it over later.
 */
export function removeLock(path: string, me: Holder): void {
  const claim = claimOn(path, me)
  try {
    // While we hold the claim, no other process replaces the lock between the check and the removal.
    writeFileSync(claim, noteOf({...me, id: randomBytes(8).toString('hex')}), {flag: 'wx', mode: 0o644})
    try {
      if (parseNote(readFileSync(path, 'utf8'))?.id === me.id) unlinkSync(path)
    } finally {
      unlinkSync(claim)
    }
  } catch {
    // Another process takes the lock over.
  }
}

/** Appends a dot to the lock, so that processes on other machines see that the holder is alive. */
export async function refreshLock(path: string, {id}: Holder): Promise<void> {
  const file = await open(path, 'r+')
  try {
    // Writes through the descriptor that was read, so that this never changes another holder's lock.
    const text = await file.readFile('utf8')
    if (parseNote(text)?.id === id) await file.write('.', Buffer.byteLength(text))
  } finally {
    await file.close()
  }
}

/** The path of the claim: a process must hold that lock to remove or replace this one. */
export function claimOn(path: string, {id}: Pick<FoundLock, 'id'>): string {
  return `${path}.${id}`
}

function noteOf(holder: Holder): string {
  return `${JSON.stringify(holder)}\n`
}

function parseNote(text: string): Holder | undefined {
  try {
    const {host, id, machine, pid, since, start} = fieldsOf(JSON.parse(text.slice(0, text.indexOf('\n'))))
    // The ID becomes part of a file name, and a PID that is not positive would mean a process group.
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
