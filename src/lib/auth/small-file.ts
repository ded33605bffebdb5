import {constants, type Stats} from 'node:fs'
import {type FileHandle, open, stat} from 'node:fs/promises'

/** The bytes of a file, or the reason why it was not read. */
export type SmallFile =
  {readonly kind: 'bytes'; readonly bytes: Uint8Array} | {readonly kind: 'unsuitable'; readonly problem: string}

/** Describes the problem with the owner of a file, a user ID; undefined if there is none. */
export type CheckOwner = (owner: number) => string | undefined

const MAX_BYTES = 1024 * 1024

const FLAGS: Readonly<Record<string, number>> = {...constants}

/** Keeps `open` from blocking on a FIFO or a terminal. Windows does not have these flags. */
const OPEN_FLAGS = (FLAGS.O_RDONLY ?? 0) + (FLAGS.O_NONBLOCK ?? 0) + (FLAGS.O_NOCTTY ?? 0)

/**
 * Reads a regular file of at most 1 MiB, and follows links. Does not read anything else, such as a FIFO, a device or a
 * file whose owner fails the check; that is `unsuitable`. Rejects with the system's error.
 */
export async function readSmallFile(path: string, checkOwner?: CheckOwner): Promise<SmallFile> {
  // Checks before it opens the file, because opening a device can have side effects.
  const problem = problemOf(await stat(path), checkOwner)
  if (problem !== undefined) return {kind: 'unsuitable', problem}
  const file = await open(path, OPEN_FLAGS)
  try {
    return await readOpenFile(file, checkOwner)
  } finally {
    await file.close()
  }
}

async function readOpenFile(file: FileHandle, checkOwner: CheckOwner | undefined): Promise<SmallFile> {
  // Checks again, because the path may lead to another file by now.
  const stats = await file.stat()
  const problem = problemOf(stats, checkOwner)
  if (problem !== undefined) return {kind: 'unsuitable', problem}
  const bytes = new Uint8Array(MAX_BYTES + 1)
  let length = 0
  for (let isAtEnd = false; !isAtEnd;) {
    // All four arguments, because the others have no usable defaults in old versions of Node.js and under Yarn PnP.
    const {bytesRead} = await file.read(bytes, length, bytes.byteLength - length, null)
    length += bytesRead
    isAtEnd = bytesRead === 0
  }

  if (length === 0 && stats.size > 0) return {kind: 'unsuitable', problem: 'is not empty, but nothing could be read'}
  return length > MAX_BYTES
    ? {kind: 'unsuitable', problem: 'is larger than 1 MiB'}
    : {kind: 'bytes', bytes: bytes.subarray(0, length)}
}

function problemOf(stats: Stats, checkOwner: CheckOwner | undefined): string | undefined {
  if (!stats.isFile()) return 'is not a regular file'
  return checkOwner?.(stats.uid)
}
