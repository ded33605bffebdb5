import {randomUUID} from 'node:crypto'
import {type Stats, unlinkSync} from 'node:fs'
import {type FileHandle, open, readFile, rename, stat, unlink} from 'node:fs/promises'

import {ignore, isCode} from '../helpers.js'

export interface ReplaceOptions {
  /** Writes the bytes to the open file, from its start. */
  readonly write?: (file: FileHandle, bytes: Uint8Array) => Promise<void>
}

/** A temporary file beside the original, with disk space for the new content. */
export interface Replacement {
  /**
   * Replaces the file atomically. The new file has the old mode and, if this user may set it, the old owner. Rejects
   * with the system's error if that fails, and leaves the old file unchanged. Removes the temporary file in either
   * case.
   */
  commit(content: string): Promise<void>
  /** Removes the temporary file. */
  discard(): Promise<void>
}

/** The lowest bit of a mode's file type; the bits below are the permissions. */
const FILE_TYPE = 0o1_0000

/**
 * Checks that a file of `size` bytes can replace this one, and reserves that space until `commit` or `discard`. The
 * path must not be a symbolic link, because `commit` would replace the link itself.
 *
 * Rejects with the system's error if the file cannot be replaced, as on a full or read-only disk, and leaves nothing
 * behind.
 */
export async function prepareReplacement(
  path: string,
  size: number,
  {write = writeAll}: ReplaceOptions = {},
): Promise<Replacement> {
  const old = await stat(path)
  await requireReplaceable(path)
  const temporary = `${path}.${randomUUID()}.tmp`
  const file = await open(temporary, 'wx', 0o600)
  const removeAtExit = () => {
    try {
      unlinkSync(temporary)
    } catch {
      ignore()
    }
  }

  process.once('exit', removeAtExit)
  const discard = async () => {
    process.off('exit', removeAtExit)
    await file.close().catch(ignore)
    await unlink(temporary).catch(ignore)
  }

  const orDiscard = async (work: Promise<void>) =>
    work.catch(async (error: unknown) => {
      await discard()
      throw error
    })

  await orDiscard(reserve(file, size, write))
  return {
    discard,
    async commit(content) {
      await orDiscard(finish(file, content, {old, write}).then(async () => rename(temporary, path)))
      process.off('exit', removeAtExit)
    },
  }
}

/** Rejects if a rename onto the file would fail: a mount point, or an immutable file. */
async function requireReplaceable(path: string): Promise<void> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '')
  if (isMountPoint(path, mounts)) throw Object.assign(new Error('the file is a mount point'), {code: 'EBUSY'})
  try {
    const file = await open(path, 'r+')
    await file.close()
  } catch (error) {
    // A rename does not need permission to write to the file.
    if (!isCode(error, 'EACCES')) throw error
  }
}

/** Whether the file itself is a mount, as in a container, by the text of Linux's `/proc/self/mountinfo`. */
export function isMountPoint(path: string, mounts: string): boolean {
  const escaped = path.replaceAll(
    /[\t\n \\]/g,
    (character) => `\\${Buffer.from(character).readUInt8().toString(8).padStart(3, '0')}`,
  )
  return mounts.split('\n').some((line) => line.split(' ')[4] === escaped)
}

/** Writes and syncs, because some file systems report a full disk only on sync. */
async function reserve(file: FileHandle, size: number, write: Required<ReplaceOptions>['write']): Promise<void> {
  await write(file, new Uint8Array(size))
  await file.sync()
}

async function finish(
  file: FileHandle,
  content: string,
  {old, write}: Required<ReplaceOptions> & {readonly old: Stats},
): Promise<void> {
  const bytes = Buffer.from(content)
  await write(file, bytes)
  await file.truncate(bytes.byteLength)
  // Fails if the owner would change, except for root.
  await file.chown(old.uid, old.gid).catch(ignore)
  await file.chmod(old.mode % FILE_TYPE)
  await file.sync()
  await file.close()
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength;) {
    const {bytesWritten} = await file.write(bytes, at, undefined, at)
    at += bytesWritten
  }
}
