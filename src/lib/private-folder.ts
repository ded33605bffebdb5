import fs from 'node:fs'
import {join} from 'node:path'

import {isCode} from './helpers.js'

export interface FolderOwner {
  /** The system's user ID; undefined on Windows, where nothing is checked. */
  readonly userId: number | undefined
  /** Whether `base` is a directory for all users, such as `/tmp`. */
  readonly isShared?: boolean
}

/** Creates nested directories that only the user can access. Throws if one belongs to another user. */
export function makePrivateFolder(base: string, names: readonly string[], owner: FolderOwner): string {
  const {isShared = false, userId} = owner
  const isOurs = ({uid}: fs.Stats) => userId === undefined || uid === userId
  if (!isShared && !isOurs(fs.statSync(base))) throw new Error(`${base} belongs to another user`)
  let path = base
  for (const name of names) {
    path = join(path, name)
    makeDirectory(path)
    if (!isOurs(fs.statSync(path))) throw new Error(`${path} belongs to another user`)
  }

  const stats = fs.lstatSync(path)
  // The last two octal digits of a mode are the permissions of the group and of others.
  const isPrivate = userId === undefined || (isOurs(stats) && stats.mode % 0o100 === 0)
  if (!stats.isDirectory() || !isPrivate) throw new Error(`${path} is not a directory that only this user can use`)
  return path
}

/** Not `recursive`, which never returns where the system says ENOENT although the parent exists, as in procfs. */
function makeDirectory(path: string): void {
  try {
    fs.mkdirSync(path, {mode: 0o700})
    // The umask may have removed permissions of the user.
    fs.chmodSync(path, 0o700)
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  }
}
