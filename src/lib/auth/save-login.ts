import {randomUUID} from 'node:crypto'
import {chmodSync, chownSync, readdirSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'

import {type Clock} from '../context.js'
import {readConfig, type SavedLogin} from './config-file.js'

/** Where a login is saved. */
export interface LoginPlace {
  /** The config file itself, not a link to it. */
  readonly file: string
  /** The key of the login under `contexts`. */
  readonly contextKey: string
}

/** The lowest bit of a mode's file type; the bits below are the permissions. */
const FILE_TYPE = 0o1_0000
/** How long a killed process's temporary file stays. */
const LEFTOVER_MS = 3_600_000

/**
 * Saves a refreshed login in the config file, unless the file has another one than `old` by now. Other values, comments
 * and quoting stay. Rejects on an error, and then leaves the file unchanged.
 */
export async function saveLogin(place: LoginPlace, old: SavedLogin, login: SavedLogin, clock: Clock): Promise<void> {
  const {contextKey, file} = place
  const {findContext, text} = await readConfig(file, clock)
  if (findContext([contextKey])?.read().login?.refreshToken !== old.refreshToken) return
  const edited = await replaceValues(text, ['contexts', contextKey], {
    token: `Bearer ${login.token}`,
    // To the second, as the Astro CLI writes it.
    expiresin: `${new Date(login.expiresAt).toISOString().slice(0, 19)}Z`,
    refreshtoken: login.refreshToken,
  })
  removeLeftovers(file, clock.now())
  replaceFile(file, edited)
}

/** Replaces values of a mapping in a YAML text. Does not add missing keys. */
async function replaceValues(
  text: string,
  path: readonly string[],
  values: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const {default: yaml} = await import('yaml')
  const document = yaml.parseDocument(text, {intAsBigInt: true})
  if (!yaml.isMap(document.getIn(path))) throw new Error('its entry is an alias')
  for (const [key, value] of Object.entries(values)) {
    // Replaces only the text of a node, which keeps its comments and its quotes.
    if (document.hasIn([...path, key])) document.setIn([...path, key], value)
  }

  return document.toString({indent: /^ +(?=[^\s#-])/m.exec(text)?.[0].length ?? 2, lineWidth: 0})
}

/**
 * Replaces the file atomically. The new file has the old mode and, if this user may set it, the old owner. The calls are
 * synchronous, so that a signal does not end the process between them.
 */
function replaceFile(path: string, content: string): void {
  const {gid, mode, uid} = statSync(path)
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    writeFileSync(temporary, content, {flag: 'wx', flush: true, mode: 0o600})
    try {
      chownSync(temporary, uid, gid)
    } catch {
      // Only root may give a file to another user.
    }

    chmodSync(temporary, mode % FILE_TYPE)
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, {force: true})
    throw error
  }
}

/** Removes temporary files that a killed process left beside the file. */
function removeLeftovers(path: string, now: number): void {
  const names = readdirSync(dirname(path)).filter(
    (name) => name.startsWith(`${basename(path)}.`) && name.endsWith('.tmp'),
  )
  for (const name of names) {
    const leftover = join(dirname(path), name)
    if (now - statSync(leftover).mtimeMs > LEFTOVER_MS) rmSync(leftover, {force: true})
  }
}
