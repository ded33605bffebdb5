import {createHash} from 'node:crypto'
import {join} from 'node:path'

import {AstroError} from '../errors.js'
import {chosenLockFolder, lockFolderError, type LockPlaces, privateLockFolder, reasonOf} from './lock-folder.js'
import {acquireLock, type HeldLock, type LockOptions} from './lock.js'
import {openReplacedRoles, type ReplacedRoles} from './replaced-roles.js'
import {SYSTEM} from './system.js'

export interface TokenLockOptions extends Pick<LockOptions, 'onEvent' | 'onWait' | 'system'> {
  /** Root of the API's host, because tokens of different APIs are different tokens. */
  readonly apiHost: string
  readonly organizationId: string
  /** The value of ASTRO_LOCK_DIR. If unset or empty, the lock is in the user's own folder on this machine. */
  readonly lockDirectory?: string | undefined
  /** Called with a warning if the lock cannot be created. */
  readonly onWarning?: (warning: string) => void
  readonly places?: LockPlaces | undefined
}

/** The lock on a token. */
export interface TokenLock extends HeldLock {
  /** Shows whether a read of the token's roles lags behind this machine's last writes. */
  readonly replaced: ReplacedRoles
}

/** A request that a killed process has sent arrives within this time. */
const AFTER_TAKE_OVER_MS = 5000

/**
 * Takes the lock for a change to the roles of a token. All processes of the user on this machine share it, regardless
 * of their environment and of the CLI that runs the plugin. In a chosen folder, all users of that folder share it.
 * Returns undefined after a warning if the lock cannot be created, as in a read-only container.
 *
 * Throws `conflict` with the name of the holder after a minute, and `config` if the lock cannot be created in a chosen
 * folder.
 */
export async function lockToken(tokenId: string, options: TokenLockOptions): Promise<TokenLock | undefined> {
  const {apiHost, lockDirectory, onWarning, organizationId, places, system = SYSTEM} = options
  try {
    const folder = lockDirectory ? await chosenLockFolder(lockDirectory) : await privateLockFolder(places)
    const path = join(folder, fileName([apiHost, organizationId, tokenId]))
    const lock = await acquireLock(`${path}.lock`, {
      ...options,
      system,
      purpose: `token ${tokenId}`,
      afterTakeOverMs: AFTER_TAKE_OVER_MS,
    })
    const replaced = await openReplacedRoles(`${path}.roles`, () => system.date().getTime())
    return {...lock, replaced}
  } catch (error) {
    if (error instanceof AstroError) throw error
    if (lockDirectory) throw lockFolderError(lockDirectory, reasonOf(error))
    onWarning?.(
      `Token ${tokenId} could not be locked (${reasonOf(error)}). Run no other command that changes it at the same time`,
    )
    return undefined
  }
}

/** A hash, so that the file name is valid on every operating system and for names with any characters. */
function fileName(names: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(names)).digest('hex').slice(0, 32)
}
