import {createHash} from 'node:crypto'
import {join} from 'node:path'

import {makePrivateFolder} from '../private-folder.js'
import {acquireLock, heldError, type Lock, type LockOptions, unavailable} from './lock.js'
import {SYSTEM, type System} from './process.js'

export interface TokenLockOptions extends Pick<LockOptions, 'clock' | 'report' | 'system'> {
  readonly apiHost: string
  readonly organizationId: string
}

const NAME = 'astro-plugin-organization-token'
const CACHE: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['Library', 'Caches'],
  win32: ['AppData', 'Local'],
}
const NO_LOCK: Lock = {
  isHeld: async () => true,
  async release() {
    // Nothing to do.
  },
}

/** Locks a token, or warns if no lock can be created. Throws `conflict` if a live process holds it for a minute. */
export async function lockToken(tokenId: string, options: TokenLockOptions): Promise<Lock> {
  const {apiHost, organizationId, report, system = SYSTEM} = options
  // A hash, so that the file name is valid on every operating system and for names with any characters.
  const key = JSON.stringify([apiHost, organizationId, tokenId, system.self().machine])
  const name = `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.lock`
  const reasons: string[] = []
  for (const folder of lockFolders(system)) {
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

/** Functions that create a directory for this user's locks or throw, the best one first. */
function lockFolders({platform, temporary, user, userId}: System): readonly (() => string)[] {
  return [
    () => makePrivateFolder(user().homedir, [...(CACHE[platform] ?? ['.cache']), NAME, 'locks'], {userId}),
    () => makePrivateFolder(temporary, [`${NAME}-${userId ?? user().username}`], {isShared: true, userId}),
  ]
}
