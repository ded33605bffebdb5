import {access, chmod, constants, lstat, mkdir, stat} from 'node:fs/promises'
import {tmpdir, userInfo} from 'node:os'
import {isAbsolute, join} from 'node:path'

import {AstroError} from '../errors.js'
import {isCode} from '../helpers.js'

/** The possible parents of a user's lock folder. Tests replace them. */
export interface LockPlaces {
  /** The same for all processes of the machine, regardless of their environment. */
  readonly temporary: string
  /** The user's home. Throws if the system does not know the user. */
  readonly home: () => string
}

const PLACES: LockPlaces = {
  // On POSIX systems, os.tmpdir() would follow TMPDIR, which differs between the processes of one user.
  temporary: process.platform === 'win32' ? tmpdir() : '/tmp',
  // From the password database, because HOME can differ between the processes of one user.
  home: () => userInfo().homedir,
}

/**
 * Returns the folder for this user's locks, which only this user can change, and creates it if it is missing. It is
 * under the system's temporary directory or, if another user has taken that name, under the home directory.
 *
 * Throws an error with the reason if neither is possible.
 */
export async function privateLockFolder({home, temporary}: LockPlaces = PLACES): Promise<string> {
  try {
    return await privateFolder(join(temporary, `astro-organization-token-${userName()}`))
  } catch (error) {
    const path = homeFolder(home)
    if (path === undefined) throw error
    return privateFolder(path)
  }
}

/** Checks the folder that the user chose for locks. Throws `config` or the system's error unless it exists and is writable. */
export async function chosenLockFolder(path: string): Promise<string> {
  if (!isAbsolute(path)) throw lockFolderError(path, 'it is not an absolute path')
  if (!(await stat(path)).isDirectory()) throw lockFolderError(path, 'it is not a folder')
  await access(path, constants.W_OK)
  await access(path, constants.X_OK)
  return path
}

/** The error for a chosen folder that cannot contain a lock. */
export function lockFolderError(path: string, reason: string): AstroError {
  return new AstroError('config', `ASTRO_LOCK_DIR cannot be used: ${path} (${reason}).`, {
    hint: 'Set ASTRO_LOCK_DIR to the absolute path of an existing, writable folder, or unset it',
  })
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function homeFolder(home: LockPlaces['home']): string | undefined {
  try {
    const path = home()
    return isAbsolute(path) ? join(path, '.astro-organization-token-locks') : undefined
  } catch {
    // Containers often run with a user ID that has no entry in the password database.
    return undefined
  }
}

/** Creates the folder, and ensures that no other user can write to it. */
async function privateFolder(path: string): Promise<string> {
  try {
    await mkdir(path, {mode: 0o700})
    // The umask may have removed permissions of the user.
    await chmod(path, 0o700)
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  }

  const stats = await lstat(path)
  // The last two octal digits of a mode are the permissions of the group and of others.
  const isOurs = process.getuid === undefined || (stats.uid === process.getuid() && stats.mode % 0o100 === 0)
  if (stats.isDirectory() && isOurs) return path
  throw new Error(`${path} is not a folder that only this user can write to`)
}

/** A name that differs between the users of a machine, so that each has its own folder. */
function userName(): string {
  return String(process.getuid?.() ?? userInfo().username)
}
