import {constants} from 'node:fs'
import {open} from 'node:fs/promises'

import {AstroError} from '../errors.js'
import {errorCode, isCode} from '../helpers.js'

/** A YAML file of the Astro CLI, as errors describe it. */
export interface YamlFile {
  readonly path: string
  /** The subject of an error: `The Astro CLI's config file`. */
  readonly what: string
  /** What to do if it cannot be read. */
  readonly hint: string
}

/** A parsed file. */
export interface YamlSource {
  readonly file: YamlFile
  readonly data: unknown
  /** The line of the value at these keys, from 1; 0 if unknown. */
  readonly lineOf: (keys: readonly string[]) => number
}

/** The text of a file; `absent` if there is no file, `unsuitable` if it must not or cannot be read. */
export type YamlText =
  | {readonly kind: 'absent'}
  | {readonly kind: 'text'; readonly text: string}
  | {readonly kind: 'unsuitable'; readonly problem: string}

/** Describes the problem with the owner of a file, a user ID; undefined if there is none. */
export type CheckOwner = (owner: number) => string | undefined

const MAX_BYTES = 1024 * 1024

const FLAGS: Readonly<Record<string, number>> = {...constants}

/** Keeps `open` from blocking on a FIFO or a terminal. Windows does not have these flags. */
const OPEN_FLAGS = (FLAGS.O_RDONLY ?? 0) + (FLAGS.O_NONBLOCK ?? 0) + (FLAGS.O_NOCTTY ?? 0)

/**
 * The text of a regular file of at most 1 MiB, including a byte order mark. Follows links. Anything else, such as a
 * FIFO or a file whose owner fails the check, is `unsuitable`.
 *
 * Throws `config`, which names the file, if it cannot be opened or is not text.
 */
export async function readYamlText(file: YamlFile, checkOwner?: CheckOwner): Promise<YamlText> {
  let found: string | Uint8Array
  try {
    found = await readSmallFile(file.path, checkOwner)
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return {kind: 'absent'}
    throw yamlError(file, `cannot be read (${errorCode(error) ?? 'unknown error'})`)
  }

  if (typeof found === 'string') return {kind: 'unsuitable', problem: found}
  try {
    return {kind: 'text', text: new TextDecoder('utf8', {fatal: true, ignoreBOM: true}).decode(found)}
  } catch {
    throw yamlError(file, 'is not UTF-8 text')
  }
}

/** The bytes of the file, or the problem with it. */
async function readSmallFile(path: string, checkOwner?: CheckOwner): Promise<string | Uint8Array> {
  const file = await open(path, OPEN_FLAGS)
  try {
    const stats = await file.stat()
    if (!stats.isFile()) return 'is not a regular file'
    const problem = checkOwner?.(stats.uid)
    if (problem !== undefined) return problem
    if (stats.size > MAX_BYTES) return 'is larger than 1 MiB'
    const bytes = await file.readFile()
    // A file that was truncated meanwhile is empty.
    const isUnread = bytes.byteLength === 0 && (await file.stat()).size > 0
    return isUnread ? 'is not empty, but nothing could be read' : bytes
  } finally {
    await file.close()
  }
}

/** Parses the text of the file. Throws `config`, which names the file and if possible the line, if it is not YAML. */
export async function parseYaml(file: YamlFile, content: string): Promise<YamlSource> {
  if (isTooComplex(content)) throw yamlError(file, 'has too many entries or levels')
  const {default: yaml} = await import('yaml')
  const document = yaml.parseDocument(content, {logLevel: 'error', prettyErrors: false})
  const lineAt = (offset: number) => content.slice(0, offset).split('\n').length
  const [error] = document.errors
  if (error) throw yamlError(file, `is not valid YAML (line ${lineAt(error.pos[0])})`)
  try {
    const data: unknown = document.toJS()
    return {
      file,
      data,
      lineOf(keys) {
        const node = document.getIn(keys, true)
        return yaml.isNode(node) && node.range ? lineAt(node.range[0]) : 0
      },
    }
  } catch {
    throw yamlError(file, 'has an invalid alias, or too many')
  }
}

/** Returns the value at `keys` as a mapping; empty if absent. Throws `config` if it is anything else. */
export function readMapping(value: unknown, source: YamlSource, keys: readonly string[]): Record<string, unknown> {
  if (value === undefined || value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return {...value}
  throw wrongType('a mapping', source, keys)
}

/**
 * Returns the value at `keys` as trimmed text; undefined if absent or empty. Throws `config` if it is anything else.
 */
export function readText(value: unknown, source: YamlSource, keys: readonly string[]): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value.trim() || undefined
  throw wrongType('text', source, keys)
}

/** Whether the parser could take minutes or run out of memory, as with a project's file that was made for that. */
function isTooComplex(content: string): boolean {
  const count = (pattern: RegExp) => content.match(pattern)?.length ?? 0
  return count(/[?[{]/g) > 200 || count(/[^\w ./+=-]|- /g) > 20_000
}

function wrongType(wanted: string, source: YamlSource, keys: readonly string[]): AstroError {
  const place = keys.length > 0 ? `has a value at ${keys.join('.')} that is not` : 'is not'
  return yamlError(source.file, `${place} ${wanted}${describeLine(source, keys)}`)
}

/** ` (line 3)`; empty if unknown. */
export function describeLine(source: YamlSource, keys: readonly string[]): string {
  const line = source.lineOf(keys)
  return line > 0 ? ` (line ${line})` : ''
}

/** Creates the `config` error that names the file. */
export function yamlError({hint, path, what}: YamlFile, problem: string): AstroError {
  return new AstroError('config', `${what} ${path} ${problem}.`, {hint})
}
