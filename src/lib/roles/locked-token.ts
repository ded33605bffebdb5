import {TRIES} from '../astro-api/backoff.js'
import {type ApiToken, type TokenRole} from '../astro-api/responses.js'
import {type Clock} from '../clock.js'
import {type Lock} from '../locks/lock.js'
import {rolesOf} from './token-scope.js'

export interface LockOptions {
  readonly clock: Clock
  /** Milliseconds to wait before the next attempt, given the number of attempts so far. */
  readonly backoff: (attempts: number) => number
  /** Takes the lock on the token. */
  readonly lock?: ((tokenId: string) => Promise<Lock>) | undefined
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
  /** Reads the token. With `isAfterWrite`, reads again if its roles are missing. */
  read(isAfterWrite: boolean): Promise<RolesRead>
  /** Whether this process still holds the lock. If not, takes it again. */
  keepsLock(): Promise<boolean>
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
      read: async (isAfterWrite) => readRoles(read, options, isAfterWrite),
      async keepsLock() {
        if (!lock || (await lock.isHeld())) return true
        lock = await takeLock()
        return false
      },
    })
  } finally {
    await lock?.release()
  }
}

async function readRoles(
  read: () => Promise<ApiToken>,
  {backoff, clock}: LockOptions,
  isAfterWrite: boolean,
): Promise<RolesRead> {
  for (let reads = 1; ; reads += 1) {
    const startedAt = clock.now()
    const token = await read()
    if (token.roles?.length || !isAfterWrite || reads >= TRIES) return {token, roles: rolesOf(token), startedAt}
    await clock.sleep(backoff(reads))
  }
}
