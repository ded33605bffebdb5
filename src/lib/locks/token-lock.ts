import {lstat, mkdir} from 'node:fs/promises'
import {tmpdir, userInfo} from 'node:os'
import {join} from 'node:path'

import {AstroError} from '../errors.js'
import {acquireLock, type HeldLock} from './lock.js'

export interface TokenLockOptions {
  readonly organizationId: string
  /** Called once, when another process is at the token. */
  readonly onWait?: () => void
  /** Called with a warning where no lock can be made. */
  readonly onWarning?: (warning: string) => void
  /** The system's temporary directory unless given. */
  readonly directory?: string
}

/**
 * Takes this machine's lock for changing the roles of a token. It is the same for every program of the user, whichever
 * CLI runs the plugin and whatever HOME is: in a folder under the system's temporary directory that is the user's
 * alone. Undefined, after a warning, where no such lock can be made, as in a container that can only be read.
 *
 * Throws `conflict` that names the holder after waiting a minute for another process.
 */
export async function lockToken(tokenId: string, options: TokenLockOptions): Promise<HeldLock | undefined> {
  const {directory = tmpdir(), onWait, onWarning, organizationId} = options
  try {
    const folder = await privateFolder(join(directory, `astro-organization-token-${userName()}`))
    const path = join(folder, `${encodeURIComponent(organizationId)}.${tokenId}`)
    return await acquireLock(path, {purpose: `the roles of token ${tokenId}`, ...(onWait && {onWait})})
  } catch (error) {
    if (error instanceof AstroError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    onWarning?.(`No lock can be made, so nothing else on this machine should change token ${tokenId} now: ${reason}`)
    return undefined
  }
}

/** Makes the folder, and makes sure that nobody else can put anything into it. */
async function privateFolder(path: string): Promise<string> {
  await mkdir(path, {mode: 0o700}).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  })
  const stats = await lstat(path)
  // The last two octal digits of a mode are what the group and others may do.
  const isOurs = process.getuid === undefined || (stats.uid === process.getuid() && stats.mode % 0o100 === 0)
  if (stats.isDirectory() && isOurs) return path
  throw new Error(`${path} is not a folder of this user alone`)
}

/** Tells users of one machine apart, so that none is kept out by another's folder. */
function userName(): string {
  return String(process.getuid?.() ?? userInfo().username)
}
