import {createHash, randomBytes} from 'node:crypto'
import {readFile, rename, rm, writeFile} from 'node:fs/promises'

import {fieldsOf, ignore} from '../helpers.js'

/** The fields of a role entry that distinguish two role sets. */
export interface HashableRole {
  readonly entityType: string
  readonly entityId: string
  readonly deploymentId?: null | string | undefined
  readonly role: string
}

/**
 * The age of the role set in a read: `current` is the last one written; `stale` is one that a write replaced within the
 * last minute, so the read may lag behind; `unknown` is any other, which counts as current.
 */
export type ReadAge = 'current' | 'stale' | 'unknown'

/** The record of replaced role sets beside a lock. Only the holder of the lock may use it. */
export interface ReplacedRoles {
  classify(roles: readonly HashableRole[]): ReadAge
  /** Records a write that Astro confirmed. Never rejects: without the record, a later read counts as current. */
  record(replaced: readonly HashableRole[], written: readonly HashableRole[]): Promise<void>
}

/** A recorded write: hashes, and milliseconds since 1970. */
interface RecordedWrite {
  readonly replaced: string
  readonly written: string
  readonly at: number
}

const REMEMBER_MS = 60_000
/** More writes than fit in a minute. */
const MOST_WRITES = 200

/** Opens the record at `path`. A missing or damaged file counts as empty. `now` is in milliseconds since 1970. */
export async function openReplacedRoles(path: string, now: () => number): Promise<ReplacedRoles> {
  let writes = await readWrites(path, now())
  return {
    classify(roles) {
      const hash = hashOfRoles(roles)
      if (hash === writes.at(-1)?.written) return 'current'
      return writes.some(({replaced}) => replaced === hash) ? 'stale' : 'unknown'
    },
    async record(replaced, written) {
      const write = {replaced: hashOfRoles(replaced), written: hashOfRoles(written), at: now()}
      writes = [...writes, write]
      // Another process may have recorded a write, if this one lost the lock.
      await saveWrites(path, [...(await readWrites(path, write.at)), write].slice(-MOST_WRITES))
    },
  }
}

/** A hash of a role set, regardless of its order. Unknown fields do not count. */
function hashOfRoles(roles: readonly HashableRole[]): string {
  const entries = roles.map(({deploymentId, entityId, entityType, role}) =>
    JSON.stringify([entityType, entityId, deploymentId ?? '', role]),
  )
  return createHash('sha256').update(entries.toSorted().join('\n')).digest('base64url')
}

/** Replaces the record atomically. On an error, leaves it unchanged and does not reject. */
async function saveWrites(path: string, writes: readonly RecordedWrite[]): Promise<void> {
  const temporary = `${path}.${randomBytes(8).toString('hex')}.new`
  try {
    await writeFile(temporary, JSON.stringify(writes), {flag: 'wx', mode: 0o644})
    await rename(temporary, path)
  } catch {
    await rm(temporary, {force: true}).catch(ignore)
  }
}

async function readWrites(path: string, now: number): Promise<readonly RecordedWrite[]> {
  try {
    const writes: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (!Array.isArray(writes)) return []
    // A time in the future means that the clock was set back.
    return writes.filter((write): write is RecordedWrite => isWrite(write) && Math.abs(now - write.at) <= REMEMBER_MS)
  } catch {
    return []
  }
}

function isWrite(value: unknown): value is RecordedWrite {
  const {at, replaced, written} = fieldsOf(value)
  return typeof at === 'number' && typeof replaced === 'string' && typeof written === 'string'
}
