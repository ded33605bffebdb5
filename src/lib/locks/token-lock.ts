import {createHash} from 'node:crypto'
import {join} from 'node:path'

import {AstroError} from '../errors.js'
import {chosenLockFolder, lockFolderError, type LockPlaces, privateLockFolder, reasonOf} from './lock-folder.js'
import {acquireLock, type HeldLock, type LockOptions} from './lock.js'
import {openReplacedRoles, type ReplacedRoles} from './replaced-roles.js'
import {SYSTEM} from './system.js'

export interface TokenLockOptions extends Pick<LockOptions, 'onEvent' | 'onWait' | 'system'> {
  /** Root of the API's host: tokens of different APIs are different tokens. */
  readonly apiHost: string
  readonly organizationId: string
  /** The value of ASTRO_LOCK_DIR; unset and empty mean the user's own folder on this machine. */
  readonly lockDirectory?: string | undefined
  /** Called with a warning if no lock can be made. */
  readonly onWarning?: (warning: string) => void
  readonly places?: LockPlaces
}

/** The lock on a token. */
export interface TokenLock extends HeldLock {
  /** Tells whether a read of the token's roles may lag behind this machine's last writes. */
  readonly replaced: ReplacedRoles
}

/** A request that a killed process has sent arrives within this time. */
const AFTER_TAKE_OVER_MS = 5000

/**
 * Takes the lock for changing the roles of a token. It is the same for every program of the user on this machine,
 * whatever its environment and whichever CLI runs the plugin; in a chosen folder, for everyone who chose it. Undefined,
 * after a warning, if no lock can be made, as in a read-only container.
 *
 * Throws `conflict` that names the holder after waiting a minute for it, and `config` if no lock can be made in a chosen
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

/** The same for any operating system, and for names with any characters. */
function fileName(names: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(names)).digest('hex').slice(0, 32)
}
