import {basename, dirname, join} from 'node:path'

import {type Context} from '../context.js'
import {AstroError} from '../errors.js'
import {ignore} from '../helpers.js'
import {createLock, FILES, type FoundLock, type Holder, newHolder, readLock} from './lock-file.js'
import {SYSTEM, type System} from './process.js'

export interface Lock {
  /** False if a user deleted the file. No process takes over the lock of a live one. */
  readonly isHeld: () => Promise<boolean>
  readonly release: () => Promise<void>
}

export interface BusyLock {
  readonly kind: 'busy'
  readonly path: string
  readonly found: FoundLock | undefined
}

/** `unavailable`: the file system is read-only, full or has no hard links. */
export type LockResult =
  BusyLock | {readonly kind: 'held'; readonly lock: Lock} | {readonly kind: 'unavailable'; readonly reason: string}

export interface LockOptions extends Pick<Context, 'clock' | 'report'> {
  /** Whether to wait after a take-over, since a killed holder's request may still be on its way. */
  readonly settlesAfterTakeOver: boolean
  /** The start of the names of all locks in the same directory; only this lock's name by default. */
  readonly prefix?: string
  readonly system?: System
}

interface Attempt extends LockOptions {
  readonly me: Holder
  readonly system: System
}

type Outcome = BusyLock | {readonly kind: 'held'; readonly isTakenOver: boolean}

const WAIT_MS = 60_000
const POLL_MS = 50
const MOST_POLLS = 4
const SETTLE_MS = 5000
/** When a lock counts as dead whose holder cannot be judged: without a note, or of another boot or container. */
const UNJUDGED_MS = 10_000
const LEFTOVER_MS = 3_600_000
const WAITING = 'waiting for another process'

/** Acquires the lock file at `path`, or takes it over from a killed process. Neither this nor the lock ever rejects. */
export async function acquireLock(path: string, options: LockOptions): Promise<LockResult> {
  const {clock, report, settlesAfterTakeOver, system = SYSTEM} = options
  const attempt: Attempt = {...options, me: newHolder(system.self()), system}
  try {
    const outcome = await waitForLock(attempt, path)
    if (outcome.kind === 'busy') return outcome
    // If this process exits during the pause, it leaves the lock, so that the next process also pauses.
    if (outcome.isTakenOver && settlesAfterTakeOver) {
      report.status(WAITING)
      await clock.sleep(SETTLE_MS)
    }

    report.debug('lock acquired', path)
    return {kind: 'held', lock: lockOf(attempt, path)}
  } catch (error) {
    return unavailable(error)
  } finally {
    report.status('')
  }
}

export function unavailable(error: unknown): LockResult {
  return {kind: 'unavailable', reason: error instanceof Error ? error.message : String(error)}
}

/** The error for a lock that another process holds. `purpose` names the locked object: `token clx…`. */
export function heldError({found, path}: BusyLock, purpose: string): AstroError {
  const message = found?.holder
    ? `Process ${found.holder.pid} has held the lock on ${purpose} since ${new Date(found.modifiedAt).toISOString()}.`
    : `Another process has held the lock on ${purpose}.`
  return new AstroError('conflict', message, {
    hint: `Try again when that process has exited. If it is not an astro command, delete ${path}`,
  })
}

async function waitForLock(attempt: Attempt, path: string): Promise<Outcome> {
  const {clock, report} = attempt
  let [waitedFor, waitedMs] = ['', 0]
  for (let attempts = 1; ; attempts++) {
    const outcome = await tryLock(attempt, path)
    if (outcome.kind === 'held') return outcome
    const {id = ''} = outcome.found ?? {}
    if (id !== waitedFor) [waitedFor, waitedMs] = [id, 0]
    if (waitedMs >= WAIT_MS) return outcome
    if (attempts === 1) {
      report.status(WAITING)
      report.debug('lock wait', ...describe(outcome))
    }

    // Random, so that waiting processes do not check at the same time.
    const pause = POLL_MS * Math.min(attempts, MOST_POLLS) * (0.5 + clock.random())
    await clock.sleep(pause)
    waitedMs += pause
  }
}

/** Takes the lock if it is free or its holder is dead. ARCHITECTURE.md explains why the claim makes this safe. */
async function tryLock(attempt: Attempt, path: string): Promise<Outcome> {
  const {me, report} = attempt
  const found = await readLock(path)
  const busy: BusyLock = {kind: 'busy', path, found}
  if (!found) return (await createLock(path, me)) ? {kind: 'held', isTakenOver: false} : busy
  if (!isDead(attempt, found)) return busy
  const claim = `${path}.${found.id}`
  const claimed = await tryLock(attempt, claim)
  if (claimed.kind === 'busy') return claimed
  try {
    // No other process can replace this lock now. If it is still there, it stays until the rename.
    if ((await readLock(path))?.id === found.id) {
      await FILES.rename(claim, path)
      report.debug('lock take-over', ...describe(busy))
      return {kind: 'held', isTakenOver: true}
    }
  } catch {
    // The system refuses to replace the file.
  }

  await FILES.unlink(claim).catch(ignore)
  return busy
}

function isDead({clock, me, system}: Attempt, {holder, modifiedAt}: FoundLock): boolean {
  if (holder?.machine !== me.machine) return Math.abs(clock.now() - modifiedAt) >= UNJUDGED_MS
  // Without a boot ID, a process of an earlier boot may have had the PID of one that runs now.
  if (me.machine === '' && modifiedAt < clock.now() - system.uptime() * 1000) return true
  return !system.isRunning(holder.pid, holder.start)
}

function lockOf(attempt: Attempt, path: string): Lock {
  const isHeld = async () => (await readLock(path).catch(ignore))?.id === attempt.me.id
  return {
    isHeld,
    async release() {
      if (await isHeld()) await FILES.unlink(path).catch(ignore)
      const {prefix = basename(path)} = attempt
      const entries = await FILES.readdir(dirname(path)).catch(() => [])
      for (const entry of entries.filter((each) => each.isFile() && each.name.startsWith(prefix))) {
        await removeLeftover(attempt, join(dirname(path), entry.name)).catch(ignore)
      }
    },
  }
}

async function removeLeftover(attempt: Attempt, path: string): Promise<void> {
  if (attempt.clock.now() - (await FILES.stat(path)).mtimeMs < LEFTOVER_MS) return
  // Takes a lock or claim over first, so that no other process takes it over at the same time.
  if (path.endsWith('.new') || (await tryLock(attempt, path)).kind === 'held') await FILES.unlink(path)
}

function describe({found, path}: BusyLock): readonly (string | undefined)[] {
  return [path, found?.holder && `process ${found.holder.pid}`]
}
