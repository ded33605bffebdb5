import {randomUUID} from 'node:crypto'
import {existsSync, readFileSync, rmSync} from 'node:fs'
import {readFile, rm, writeFile} from 'node:fs/promises'
import {setTimeout as sleep} from 'node:timers/promises'
import {lock as takeLock} from 'proper-lockfile'

import {AstroError} from '../errors.js'

/** A lock that this process holds. */
export interface HeldLock {
  /** Whether it is still this process's: one that stands still for longer than `STALE_MS` loses it. */
  isHeld(): Promise<boolean>
  release(): Promise<void>
}

export interface LockOptions {
  /** What the lock is for, in the words of the error after waiting in vain: `the roles of token clx…`. */
  readonly purpose: string
  /** How long to wait for another process. */
  readonly waitMs?: number
  /** Called once, when another process has the lock. */
  readonly onWait?: () => void
}

/** A holder renews its lock more often than this; one that was not renewed for so long was left by a crash. */
const STALE_MS = 5000
const WAIT_MS = 60_000
const POLL_MS = 50

/**
 * Takes the lock at `path`, which no other process has until it is released: a folder that is made for as long, whose
 * parent must exist. Beside it, `path` with `.holder` says who has it. A process that ends releases its locks, by
 * Ctrl-C and SIGTERM too; one that is killed leaves them to grow stale.
 *
 * Throws `conflict` that names the holder after waiting in vain, and the system's own error where no lock, or no note, can be made.
 */
export async function acquireLock(path: string, options: LockOptions): Promise<HeldLock> {
  const releaseFolder = await waitForFolder(path, options)
  const note = `${path}.holder`
  const holder = JSON.stringify({id: randomUUID(), pid: process.pid, since: new Date().toISOString()})
  const isHeld = async () => (await readFile(note, 'utf8').catch(() => '')) === holder
  await writeFile(note, holder, {mode: 0o600}).catch(async (error: unknown) => {
    await rm(note, {force: true}).catch(ignore)
    await releaseFolder().catch(ignore)
    throw error
  })
  // The library removes its folder when the process ends, by a signal too; the note goes with it.
  const forget = () => {
    if (isNote(note, holder)) rmSync(note, {force: true})
  }

  process.once('exit', forget)
  return {
    isHeld,
    async release() {
      process.off('exit', forget)
      // What another process has taken over is not ours to remove.
      if (!(await isHeld())) return
      await rm(note, {force: true}).catch(ignore)
      await releaseFolder().catch(ignore)
    },
  }
}

async function waitForFolder(path: string, options: LockOptions): Promise<() => Promise<void>> {
  const {onWait, purpose, waitMs = WAIT_MS} = options
  const deadline = Date.now() + waitMs
  for (let tries = 0; ; tries++) {
    try {
      return await takeLock(path, {lockfilePath: path, onCompromised: ignore, realpath: false, stale: STALE_MS})
    } catch (error) {
      if (!isLocked(error)) throw error
    }

    if (tries === 0) onWait?.()
    if (Date.now() >= deadline) throw await heldByAnother(path, purpose, waitMs)
    // Unevenly, so that those who wait do not look all at once.
    await sleep(POLL_MS * (0.5 + Math.random()))
  }
}

async function heldByAnother(path: string, purpose: string, waitMs: number): Promise<AstroError> {
  const holder = await readFile(`${path}.holder`, 'utf8').catch(() => '')
  const [, pid] = /"pid":(\d+)/.exec(holder) ?? []
  const [, since] = /"since":"([\w:.-]+)"/.exec(holder) ?? []
  const who = pid === undefined ? 'Another process' : `Process ${pid}`
  return new AstroError('conflict', `${who} has been at ${purpose}${since === undefined ? '' : ` since ${since}`}.`, {
    hint: `Try again when it has ended; this waited ${Math.round(waitMs / 1000)} seconds. Its lock is ${path}`,
  })
}

function isNote(path: string, text: string): boolean {
  return existsSync(path) && readFileSync(path, 'utf8') === text
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ELOCKED'
}

function ignore(): void {
  // What could be told would not help: the lock goes stale by itself.
}
