import {rename, rmdir, unlink} from 'node:fs/promises'

import {AstroError} from '../errors.js'
import {ignore} from '../ignore.js'
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
  /** Whether it is still this process's. A process on another machine takes it over after 30 seconds of silence. */
  isHeld(): Promise<boolean>
  release(): Promise<void>
}

/** What happens with a lock, for those who debug. */
export interface LockEvent {
  readonly kind: 'acquired' | 'take-over' | 'wait'
  readonly path: string
  /** Who holds it, or held it; undefined if it has no note, and for `acquired`. */
  readonly holder?: Holder | undefined
  /** How long this process has waited so far. */
  readonly waitedMs: number
}

export interface LockOptions {
  /** What the lock is on, for the error after waiting in vain: `token clx…`. */
  readonly purpose: string
  /** How long to wait for one holder; a minute unless given. */
  readonly waitMs?: number
  /** After so long without a sign of life, a lock is taken over even if its holder's process runs. */
  readonly silenceMs?: number
  /** How long to wait after a take-over, for what a killed holder has sent to arrive. */
  readonly afterTakeOverMs?: number
  /** Called once, if this process has to wait. */
  readonly onWait?: () => void
  readonly onEvent?: (event: LockEvent) => void
  readonly system?: LockSystem
}

const WAIT_MS = 60_000
const POLL_MS = 50
/** The longest wait between two looks, as a multiple of the first. */
const MOST_POLLS = 4
/** Several signs of life in the shortest silence after which a lock is taken over. */
const REFRESH_MS = 1000
/** How long a holder on another machine may show no sign of life. */
const OTHER_MACHINE_MS = 30_000

/**
 * Takes the lock at `path`, a file whose folder must exist, which no other process has until it is released. A process
 * that ends releases its locks; one that is killed leaves them, and the next one that wants them takes them over.
 *
 * Throws `conflict` that names the holder after waiting for it in vain, and the system's own error if no lock can be made.
 */
export async function acquireLock(path: string, options: LockOptions): Promise<HeldLock> {
  const {afterTakeOverMs = 0, onEvent, system = SYSTEM} = options
  const me = newHolder(system)
  const from = system.now()
  const tell = (kind: LockEvent['kind'], holder?: Holder) => {
    onEvent?.({kind, path, holder, waitedMs: Math.round(system.now() - from)})
  }

  const contest: Contest = {me, options, system, tell, watched: new Map(), hasTakenOver: false}
  const hasWaited = await waitForLock(contest, path)
  const stopRefreshing = system.repeat(REFRESH_MS, () => {
    refreshLock(path, me).catch(ignore)
  })
  if (contest.hasTakenOver && afterTakeOverMs > 0) {
    if (!hasWaited) options.onWait?.()
    // If this process ends before the wait is over, it must leave the lock: the next one has to wait as well.
    await system.sleep(afterTakeOverMs)
  }

  tell('acquired')

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
  readonly tell: (kind: LockEvent['kind'], holder?: Holder) => void
  /** What was seen at each path, and since when it is the same. */
  readonly watched: Map<string, {readonly id: string; readonly text: string; readonly from: number}>
  hasTakenOver: boolean
}

/** Takes the lock as soon as it can. Returns whether it had to wait. */
async function waitForLock(contest: Contest, path: string): Promise<boolean> {
  const {options, system, tell} = contest
  const {onWait, waitMs = WAIT_MS} = options
  let waitsFor: undefined | {readonly from: number; readonly id: string | undefined}
  for (let looks = 1; ; looks++) {
    const blocker = await tryLock(contest, path)
    if (blocker === 'none') return looks > 1
    if (!waitsFor) {
      onWait?.()
      tell('wait', blocker?.holder)
    }

    if (!waitsFor || waitsFor.id !== blocker?.id) waitsFor = {from: system.now(), id: blocker?.id}
    if (system.now() - waitsFor.from >= waitMs) throw heldByAnother(contest, path, blocker?.holder)
    // Unevenly, so that those who wait do not all look at once.
    await system.sleep(POLL_MS * Math.min(looks, MOST_POLLS) * (0.5 + system.random()))
  }
}

/**
 * Takes the lock if it is free or its holder is dead. `none` if this process holds it now; otherwise what is in the way,
 * undefined if that was only another's move at the same time.
 *
 * A dead lock is replaced by the holder of the claim on it: another lock, named by the dead one's ID. There is one claim
 * for each dead lock, so there is one winner; and a claim whose holder was killed is taken over in the same way.
 */
async function tryLock(contest: Contest, path: string): Promise<'none' | FoundLock | undefined> {
  const {me, system, tell} = contest
  const readAt = system.now()
  const found = await readLock(path)
  if (found?.id === me.id) return 'none'
  if (!found) return (await createLock(path, me, system)) ? 'none' : undefined
  if (!isDead(contest, path, found, readAt)) return found
  // Never a lock of this program. It goes only if it is empty.
  if (found.kind === 'folder') {
    await rmdir(path).catch(ignore)
    return found
  }

  const claim = claimOn(path, found)
  const blocker = await tryLock(contest, claim)
  if (blocker !== 'none') return blocker
  // Nobody else replaces or removes this lock now: if it is still there, it stays until the rename.
  if ((await readLock(path))?.id !== found.id) {
    await unlink(claim).catch(ignore)
    return undefined
  }

  contest.hasTakenOver = true
  try {
    await rename(claim, path)
    tell('take-over', found.holder)
    return 'none'
  } catch {
    await unlink(claim).catch(ignore)
    return found
  }
}

/** Whether nobody can hold this lock any more. `readAt` is when reading it began. */
function isDead({me, options, system, watched}: Contest, path: string, found: FoundLock, readAt: number): boolean {
  const {holder, id, kind, text} = found
  const last = watched.get(path)
  const isSame = last?.id === id && last.text === text
  if (!isSame) watched.set(path, {id, text, from: system.now()})
  const silence = isSame ? readAt - last.from : 0
  if (kind === 'denied') return false
  if (silence >= (options.silenceMs ?? Infinity)) return true
  if (!holder) return silence >= NO_NOTE_MS
  if (holder.machine !== me.machine) return silence >= OTHER_MACHINE_MS
  return !system.isRunning(holder.pid, holder.start)
}

function heldByAnother({me, options}: Contest, path: string, holder?: Holder): AstroError {
  const {purpose, waitMs = WAIT_MS} = options
  const where = holder && holder.machine !== me.machine ? ` on ${holder.host}` : ''
  const who = holder ? `Process ${holder.pid}${where}` : 'Another process'
  const since = holder ? ` since ${holder.since}` : ''
  return new AstroError('conflict', `${who} has held the lock on ${purpose}${since}.`, {
    hint: `Try again when it has ended. This command waited ${Math.round(waitMs / 1000)} seconds. The lock is ${path}`,
  })
}
