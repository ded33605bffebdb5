import {randomUUID} from 'node:crypto'
import {type FileHandle, open, rename, rm, stat} from 'node:fs/promises'

export interface ReplaceOptions {
  /** Writes the content to the open, empty file. */
  readonly write?: (file: FileHandle, content: string) => Promise<void>
}

/** The least bit of a mode that says what kind of file it is; those below are its permissions. */
const FILE_TYPE = 0o1_0000

/**
 * Puts other content into the place of an existing file at once: whoever reads sees the old content or the new one,
 * whole. The new file has the mode of the old one, and its owner as far as this user may give it. The path must be the
 * file's own, for a symbolic link would be replaced itself.
 *
 * Rejects with the system's error, after which the old file is there as it was and nothing else.
 */
export async function replaceFile(
  path: string,
  content: string,
  {write = async (file, all) => file.writeFile(all, 'utf8')}: ReplaceOptions = {},
): Promise<void> {
  const old = await stat(path)
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await write(file, content)
      await keepOwner(file, old)
      await file.chmod(old.mode % FILE_TYPE)
      await file.sync()
    } finally {
      await file.close()
    }

    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, {force: true}).catch(() => {
      // The first error is the one to tell.
    })
    throw error
  }
}

async function keepOwner(file: FileHandle, {gid, uid}: {gid: number; uid: number}): Promise<void> {
  const now = await file.stat()
  if (now.uid === uid && now.gid === gid) return
  await file.chown(uid, gid).catch(() => {
    // Only root gives files away.
  })
}
