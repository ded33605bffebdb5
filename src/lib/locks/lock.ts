import {rename, rmdir, unlink} from 'node:fs/promises'

import {AstroError} from '../errors.js'
import {ignore} from '../helpers.js'
import {
  claimOn,
  createLock,
  type FoundLock,
  type Holder,
  newHolder,
  NO_NOTE_MS,
  readLock,
  refreshLock,
  removeLock,
} from './lock-file.js'
import {type LockSystem, SYSTEM} from './system.js'

/** A lock that this process holds. */
export interface HeldLock {
  /**
   * Whether this process still holds the lock. A process on another machine takes it over after 30 seconds of silence.
   */
  isHeld(): Promise<boolean>
  release(): Promise<void>
}

/** An event of a lock, for the debug log. */
export interface LockEvent {
  readonly kind: 'acquired' | 'take-over' | 'wait'
  readonly path: string
  /** The current or previous holder; undefined if the lock has no note, and for `acquired`. */
  readonly holder?: Holder | undefined
  /** How long this process has waited so far. */
  readonly waitedMs: number
}

export interface LockOptions {
  /** The locked object, for the error after the wait: `token clx…`. */
  readonly purpose: string
  /** How long to wait for one holder; a minute by default. */
  readonly waitMs?: number
  /** Takes over a lock that was not refreshed for this long, even if the holder's process runs. Never by default. */
  readonly silenceMs?: number
  /** How long to wait after a take-over, so that a request of the killed holder arrives first. */
  readonly afterTakeOverMs?: number
  /** Called once, if this process has to wait. */
  readonly onWait?: () => void
  readonly onEvent?: (event: LockEvent) => void
  readonly system?: LockSystem
}

const WAIT_MS = 60_000
const POLL_MS = 50
/** The longest wait between two checks, as a multiple of POLL_MS. */
const MOST_POLLS = 4
/** Allows several refreshes within the shortest silence that leads to a take-over. */
const REFRESH_MS = 1000
/** After this long without a refresh, a holder on another machine counts as dead. */
const OTHER_MACHINE_MS = 30_000

/**
 * Acquires the lock at `path`, a file in an existing folder. No other process can acquire it until it is released. A
 * process releases its locks when it exits. A killed process leaves them, and the next process takes them over.
 *
 * Throws `conflict` with the name of the holder after a wait, and the system's error if it cannot create the lock.
 */
export async function acquireLock(path: string, options: LockOptions): Promise<HeldLock> {
  const {afterTakeOverMs = 0, onEvent, system = SYSTEM} = options
  const me = newHolder(system)
  const startedAt = system.now()
  const report = (kind: LockEvent['kind'], holder?: Holder) => {
    onEvent?.({kind, path, holder, waitedMs: Math.round(system.now() - startedAt)})
  }

  const contest: Contest = {me, options, system, report, watched: new Map(), hasTakenOver: false}
  const hasWaited = await waitForLock(contest, path)
  const stopRefreshing = system.repeat(REFRESH_MS, () => {
    refreshLock(path, me).catch(ignore)
  })
  if (contest.hasTakenOver && afterTakeOverMs > 0) {
    if (!hasWaited) options.onWait?.()
    // If this process ends during the wait, it must leave the lock, so that the next process also waits.
    await system.sleep(afterTakeOverMs)
  }

  report('acquired')

  const remove = () => {
    stopRefreshing()
    removeLock(path, me)
  }

  process.once('exit', remove)
  return {
    isHeld: async () => (await readLock(path).catch(ignore))?.id === me.id,
    async release() {
      process.off('exit', remove)
      remove()
    },
  }
}

/** One process's attempt at a lock. */
interface Contest {
  readonly me: Holder
  readonly options: LockOptions
  readonly system: LockSystem
  readonly report: (kind: LockEvent['kind'], holder?: Holder) => void
  /** The last lock seen at each path, and the time since when it is unchanged. */
  readonly watched: Map<string, {readonly id: string; readonly text: string; readonly since: number}>
  hasTakenOver: boolean
}

/** Waits until it acquires the lock. Returns whether it had to wait. */
async function waitForLock(contest: Contest, path: string): Promise<boolean> {
  const {options, report, system} = contest
  const {onWait, waitMs = WAIT_MS} = options
  let waitsFor: undefined | {readonly id: string | undefined; readonly since: number}
  for (let attempts = 1; ; attempts++) {
    const blocker = await tryLock(contest, path)
    if (blocker === 'none') return attempts > 1
    if (!waitsFor) {
      onWait?.()
      report('wait', blocker?.holder)
    }

    if (!waitsFor || waitsFor.id !== blocker?.id) waitsFor = {id: blocker?.id, since: system.now()}
    if (system.now() - waitsFor.since >= waitMs) throw heldError(contest, path, blocker?.holder)
    // Random waits, so that waiting processes do not check at the same time.
    await system.sleep(POLL_MS * Math.min(attempts, MOST_POLLS) * (0.5 + system.random()))
  }
}

/**
 * Takes the lock if it is free or its holder is dead. Returns `none` if this process holds it now; otherwise the lock
 * in the way, or undefined if another process changed the lock at the same time.
 *
 * To replace a dead lock, a process must hold the claim on it: another lock, named by the ID of the dead one. There is
 * one claim for each dead lock, so there is one winner. A claim whose holder was killed is taken over in the same way.
 */
async function tryLock(contest: Contest, path: string): Promise<'none' | FoundLock | undefined> {
  const {me, report, system} = contest
  const readAt = system.now()
  const found = await readLock(path)
  if (found?.id === me.id) return 'none'
  if (!found) return (await createLock(path, me, system)) ? 'none' : undefined
  if (!isDead(contest, path, found, readAt)) return found
  // A folder is never a lock of this program. Removes it only if it is empty.
  if (found.kind === 'folder') {
    await rmdir(path).catch(ignore)
    return found
  }

  const claim = claimOn(path, found)
  const blocker = await tryLock(contest, claim)
  if (blocker !== 'none') return blocker
  // No other process can replace or remove this lock now. If it is still there, it stays until the rename.
  if ((await readLock(path))?.id !== found.id) {
    await unlink(claim).catch(ignore)
    return undefined
  }

  contest.hasTakenOver = true
  try {
    await rename(claim, path)
    report('take-over', found.holder)
    return 'none'
  } catch {
    await unlink(claim).catch(ignore)
    return found
  }
}

/** Whether the holder of this lock is dead. `readAt` is the time when the read of the lock began. */
function isDead({me, options, system, watched}: Contest, path: string, found: FoundLock, readAt: number): boolean {
  const {holder, id, kind, text} = found
  const last = watched.get(path)
  const isSame = last?.id === id && last.text === text
  if (!isSame) watched.set(path, {id, text, since: system.now()})
  const silence = isSame ? readAt - last.since : 0
  if (kind === 'denied') return false
  if (silence >= (options.silenceMs ?? Infinity)) return true
  if (!holder) return silence >= NO_NOTE_MS
  if (holder.machine !== me.machine) return silence >= OTHER_MACHINE_MS
  return !system.isRunning(holder.pid, holder.start)
}

function heldError({me, options}: Contest, path: string, holder?: Holder): AstroError {
  const {purpose, waitMs = WAIT_MS} = options
  const where = holder && holder.machine !== me.machine ? ` on ${holder.host}` : ''
  const who = holder ? `Process ${holder.pid}${where}` : 'Another process'
  const since = holder ? ` since ${holder.since}` : ''
  return new AstroError('conflict', `${who} has held the lock on ${purpose}${since}.`, {
    hint: `Try again when it has ended. This command waited ${Math.round(waitMs / 1000)} seconds. The lock is ${path}`,
  })
}
