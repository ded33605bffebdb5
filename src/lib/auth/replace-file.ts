import {randomUUID} from 'node:crypto'
import {rmSync, type Stats} from 'node:fs'
import {type FileHandle, open, readFile, rename, rm, stat} from 'node:fs/promises'

export interface ReplaceOptions {
  /** Writes all the bytes to the open file, from its start. */
  readonly write?: (file: FileHandle, bytes: Uint8Array) => Promise<void>
}

/** A file beside another one, with space on the disk for its next content. */
export interface Replacement {
  /**
   * Puts this content in place of the file: readers see the old content or the new one, never a part. The new file has
   * the mode of the old one, and its owner if this user may give files away. Rejects with the system's error; the old
   * file is then as it was. Either way nothing else is left.
   */
  commit(content: string): Promise<void>
  /** Removes what was prepared. */
  discard(): Promise<void>
}

/** The least bit of a mode that says what kind of file it is; those below are its permissions. */
const FILE_TYPE = 0o1_0000

/**
 * Makes sure that the file can be replaced by one of so many bytes, and keeps that space until `commit` or `discard`.
 * The path must not be a symbolic link, which would be replaced itself.
 *
 * Rejects with the system's error if the file could not be replaced, as on a full or read-only disk. Nothing is left
 * then, and the file is as it was.
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
    rmSync(temporary, {force: true})
  }

  process.once('exit', removeAtExit)
  const discard = async () => {
    process.off('exit', removeAtExit)
    await file.close().catch(ignore)
    await rm(temporary, {force: true}).catch(ignore)
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

/** Rejects if a rename onto the file would: onto a mount point, or onto a file that the system lets nobody change. */
async function requireReplaceable(path: string): Promise<void> {
  if (await isMountPoint(path)) throw Object.assign(new Error('the file is a mount point'), {code: 'EBUSY'})
  try {
    const file = await open(path, 'r+')
    await file.close()
  } catch (error) {
    // A file whose mode forbids writing can be replaced all the same.
    if (!(error instanceof Error && 'code' in error && error.code === 'EACCES')) throw error
  }
}

/** Whether the file itself is mounted into its folder, as into a container. Known on Linux only. */
async function isMountPoint(path: string): Promise<boolean> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '')
  const escaped = path.replaceAll(
    /[\t\n \\]/g,
    (character) => `\\${Buffer.from(character).readUInt8().toString(8).padStart(3, '0')}`,
  )
  return mounts.split('\n').some((line) => line.split(' ')[4] === escaped)
}

/** Fills the file: some file systems take space only when the data arrives there, and say only then that there is none. */
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
  await keepOwner(file, old)
  await file.chmod(old.mode % FILE_TYPE)
  await file.sync()
  await file.close()
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength;) {
    const {bytesWritten} = await file.write(bytes, at, bytes.byteLength - at, at)
    at += bytesWritten
  }
}

async function keepOwner(file: FileHandle, {gid, uid}: Stats): Promise<void> {
  const now = await file.stat()
  if (now.uid === uid && now.gid === gid) return
  // Only root gives files away.
  await file.chown(uid, gid).catch(ignore)
}

function ignore(): void {
  // The first error is the one to tell.
}
