import {type ApiToken, type TokenRole} from '../astro-api/responses.js'
import {TRIES} from '../astro-api/retry.js'
import {type Clock} from '../clock.js'
import {type TokenLock} from '../locks/token-lock.js'
import {rolesOf} from './token-scope.js'

/** How long reads may return roles that this machine has already replaced, in milliseconds. */
const LONGEST_LAG_MS = 10_000

export interface LockOptions {
  readonly clock: Clock
  /** Milliseconds to wait before the next attempt, given the number of attempts so far. */
  readonly backoff: (attempts: number) => number
  /** Takes the lock on the token; resolves to undefined if the lock cannot be created. */
  readonly lock?: ((tokenId: string) => Promise<TokenLock | undefined>) | undefined
  readonly onWarning?: ((warning: string) => void) | undefined
}

export interface RolesRead {
  readonly token: ApiToken
  /** At least one. */
  readonly roles: readonly TokenRole[]
  /** The clock's time when the read was sent. */
  readonly startedAt: number
}

/** A token while this process holds its lock. */
export interface LockedToken {
  /** Reads the token until its roles are current. With `isAfterWrite`, also reads again if they are missing. */
  read(isAfterWrite: boolean): Promise<RolesRead>
  /** Whether this process still holds the lock. If not, takes it again. */
  keepsLock(): Promise<boolean>
  /** Records a confirmed write beside the lock: the role lists that it replaced, and the current one. */
  recordWrite(replaced: readonly (readonly TokenRole[])[], written: readonly TokenRole[]): Promise<void>
}

/** Does the work while it holds the lock on the token, then releases the lock. */
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

/** Repeats a read that returns roles that this machine has just replaced, because reads can lag behind writes. */
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
  return `The roles of "${name}" (${id}) look as they did before this machine's last change; another writer may have undone it.`
}
