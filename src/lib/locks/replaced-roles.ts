import {createHash, randomBytes} from 'node:crypto'
import {readFile, rename, rm, writeFile} from 'node:fs/promises'

import {fieldsOf} from '../fields-of.js'

/** The parts of a role entry that tell two role sets apart. */
export interface HashableRole {
  readonly entityType: string
  readonly entityId: string
  readonly deploymentId?: null | string | undefined
  readonly role: string
}

/** What this machine's writes of the last minute replaced, and the last role set that they wrote; as hashes. */
export interface WriteRecord {
  readonly written?: string | undefined
  readonly replaced: ReadonlySet<string>
}

/**
 * What a read shows: `current` is the last role set that was written; `stale` is one that a write of the last minute
 * replaced, so that the read may lag behind; `unknown` is any other, which counts as current.
 */
export type ReadAge = 'current' | 'stale' | 'unknown'

/** The note of replaced role sets beside a lock. Only the lock's holder may use it. */
export interface ReplacedRoles {
  classify(roles: readonly HashableRole[]): ReadAge
  /** Notes a write that Astro confirmed. Never rejects: without the note, a later read counts as current. */
  record(replaced: readonly HashableRole[], written: readonly HashableRole[]): Promise<void>
}

/** A write as it is noted: hashes, and milliseconds since 1970. */
interface NotedWrite {
  readonly replaced: string
  readonly written: string
  readonly at: number
}

const REMEMBER_MS = 60_000
/** More writes than a minute has room for. */
const MOST_WRITES = 200

/** A hash of a role set, whatever its order; unknown fields do not count. */
export function hashOfRoles(roles: readonly HashableRole[]): string {
  const entries = roles.map(({deploymentId, entityId, entityType, role}) =>
    JSON.stringify([entityType, entityId, deploymentId ?? '', role]),
  )
  return createHash('sha256').update(entries.toSorted().join('\n')).digest('base64url')
}

/** Reads the note at `path`. A damaged one, like none, is empty. `now` is in milliseconds since 1970. */
export async function readRecord(path: string, now: number): Promise<WriteRecord> {
  return recordOf(await readWrites(path, now))
}

/** Adds a write to the note at `path`, all at once. What fails leaves the note as it was, and is no error. */
export async function recordWrite(path: string, write: NotedWrite): Promise<void> {
  const writes = [...(await readWrites(path, write.at)), write].slice(-MOST_WRITES)
  const temporary = `${path}.${randomBytes(8).toString('hex')}.new`
  try {
    await writeFile(temporary, JSON.stringify(writes), {flag: 'wx', mode: 0o644})
    await rename(temporary, path)
  } catch {
    await rm(temporary, {force: true}).catch(() => {
      // The note is a help, not a condition.
    })
  }
}

/** The note at `path` as it is now, kept up to date with what this process records. */
export async function openReplacedRoles(path: string, now: () => number): Promise<ReplacedRoles> {
  let record = await readRecord(path, now())
  return {
    classify(roles) {
      const hash = hashOfRoles(roles)
      if (hash === record.written) return 'current'
      return record.replaced.has(hash) ? 'stale' : 'unknown'
    },
    async record(replaced, written) {
      const write = {replaced: hashOfRoles(replaced), written: hashOfRoles(written), at: now()}
      record = {written: write.written, replaced: new Set([write.replaced, ...record.replaced])}
      await recordWrite(path, write)
    },
  }
}

function recordOf(writes: readonly NotedWrite[]): WriteRecord {
  return {written: writes.at(-1)?.written, replaced: new Set(writes.map(({replaced}) => replaced))}
}

async function readWrites(path: string, now: number): Promise<readonly NotedWrite[]> {
  try {
    const writes: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (!Array.isArray(writes)) return []
    // A time in the future means that the clock was set back.
    return writes.filter((write): write is NotedWrite => isWrite(write) && Math.abs(now - write.at) <= REMEMBER_MS)
  } catch {
    return []
  }
}

function isWrite(value: unknown): value is NotedWrite {
  const {at, replaced, written} = fieldsOf(value)
  return typeof at === 'number' && typeof replaced === 'string' && typeof written === 'string'
}
