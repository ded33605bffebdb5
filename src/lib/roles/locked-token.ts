import {type ApiToken, type TokenRole} from '../astro-api/answers.js'
import {TRIES} from '../astro-api/backoff.js'
import {type Clock} from '../clock.js'
import {type TokenLock} from '../locks/token-lock.js'
import {rolesOf} from './token-scope.js'

/** How long a read may show roles that this machine has already replaced, in milliseconds. */
const LONGEST_LAG_MS = 10_000

export interface LockOptions {
  readonly clock: Clock
  /** Milliseconds to wait before the next attempt, by how many were made. */
  readonly backoff: (attempts: number) => number
  /** Takes the lock of the token; undefined if no lock can be made. */
  readonly lock?: ((tokenId: string) => Promise<TokenLock | undefined>) | undefined
  readonly onWarning?: ((warning: string) => void) | undefined
}

export interface RolesRead {
  readonly token: ApiToken
  /** At least one. */
  readonly roles: readonly TokenRole[]
  /** When the read was sent, by the clock. */
  readonly startedAt: number
}

/** A token while this process holds its lock. */
export interface LockedToken {
  /** Reads the token until its roles are current. `isAfterWrite` also reads again when they are missing. */
  read(isAfterWrite: boolean): Promise<RolesRead>
  /** Whether the lock was ours all the time. If it was not, takes it again. */
  keepsLock(): Promise<boolean>
  /** Notes a confirmed write beside the lock: the lists that it replaced, and the one that stands now. */
  recordWrite(replaced: readonly (readonly TokenRole[])[], written: readonly TokenRole[]): Promise<void>
}

/** Does the work under the token's lock, and releases that at the end. */
export async function withLockedToken<T>(
  {read, tokenId}: {readonly read: () => Promise<ApiToken>; readonly tokenId: string},
  options: LockOptions,
  work: (token: LockedToken) => Promise<T>,
): Promise<T> {
  const takeLock = async () => options.lock?.(tokenId)
  let lock = await takeLock()
  try {
    return await work({
      read: async (isAfterWrite) => readCurrent(read, options, {isAfterWrite, lock}),
      async keepsLock() {
        if (!lock || (await lock.isHeld())) return true
        lock = await takeLock()
        return false
      },
      async recordWrite(replaced, written) {
        if (!lock || !(await lock.isHeld())) return
        for (const roles of replaced) await lock.replaced.record(roles, written)
      },
    })
  } finally {
    await lock?.release()
  }
}

/** Reads lag behind writes at times: one that shows roles that this machine has just replaced is repeated. */
async function readCurrent(
  read: () => Promise<ApiToken>,
  {backoff, clock, onWarning}: LockOptions,
  {isAfterWrite, lock}: {readonly isAfterWrite: boolean; readonly lock: TokenLock | undefined},
): Promise<RolesRead> {
  const deadline = clock.now() + LONGEST_LAG_MS
  for (let reads = 1; ; reads += 1) {
    const startedAt = clock.now()
    const token = await read()
    const isIncomplete = !token.roles?.length && isAfterWrite && reads < TRIES
    if (!isIncomplete) {
      const roles = rolesOf(token)
      if (lock?.replaced.classify(roles) !== 'stale') return {token, roles, startedAt}
      if (clock.now() >= deadline) {
        onWarning?.(staleRoles(token))
        return {token, roles, startedAt}
      }
    }

    await clock.sleep(Math.min(backoff(reads), Math.max(deadline - clock.now(), 0)))
  }
}

function staleRoles({id, name}: ApiToken): string {
  return `The roles of "${name}" (${id}) look as before this machine's last change; another writer may have undone it.`
}
