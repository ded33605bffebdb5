import {createHash} from 'node:crypto'
import {join} from 'node:path'

import {lockFolders} from './folder.js'
import {acquireLock, heldError, type Lock, type LockOptions, unavailable} from './lock.js'
import {SYSTEM} from './process.js'

export interface TokenLockOptions extends Pick<LockOptions, 'clock' | 'report' | 'system'> {
  /** Root of the API's host, because tokens of different APIs are different tokens. */
  readonly apiHost: string
  readonly organizationId: string
  readonly folders?: ReturnType<typeof lockFolders>
}

const NO_LOCK: Lock = {
  isHeld: async () => true,
  async release() {
    // Nothing to do.
  },
}

/**
 * Takes the lock for a change to the roles of a token. All processes of the user on this machine share it, regardless
 * of their environment and of the CLI that runs the plugin. A container is a machine of its own. If no lock can be
 * created, as in a read-only container, prints a warning and returns one that does nothing.
 *
 * Throws `conflict` with the name of the holder if a live process holds the lock for a minute.
 */
export async function lockToken(tokenId: string, options: TokenLockOptions): Promise<Lock> {
  const {apiHost, folders = lockFolders(), organizationId, report, system = SYSTEM} = options
  // A hash, so that the file name is valid on every operating system and for names with any characters.
  const key = JSON.stringify([apiHost, organizationId, tokenId, system.self().machine])
  const name = `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.lock`
  const reasons: string[] = []
  for (const folder of folders) {
    const result = await Promise.resolve()
      .then(async () => acquireLock(join(folder(), name), {...options, settlesAfterTakeOver: true, prefix: ''}))
      .catch(unavailable)
    if (result.kind === 'held') return result.lock
    if (result.kind === 'busy') throw heldError(result, `token ${tokenId}`)
    reasons.push(result.reason)
  }

  report.warn(
    `Token ${tokenId} could not be locked (${reasons.join('; ')}). Run no other command that changes it at the same time`,
  )
  return NO_LOCK
}
