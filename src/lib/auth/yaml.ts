import {readFileSync, statSync} from 'node:fs'

import {AstroError} from '../errors.js'
import {errorCode, isCode} from '../helpers.js'

export interface YamlFile {
  readonly path: string
  /** The subject of an error: `The Astro CLI's config file`. */
  readonly what: string
  readonly hint: string
}

export interface YamlSource {
  readonly file: YamlFile
  readonly data: unknown
  /** ` (line 3)` for the value at these keys; empty if unknown. */
  readonly describeLine: (keys: readonly string[]) => string
}

/** The text of a file; `absent` if there is no file, `unsuitable` if it must not be read. */
export type YamlText =
  | {readonly kind: 'absent'}
  | {readonly kind: 'text'; readonly text: string}
  | {readonly kind: 'unsuitable'; readonly problem: string}

/** Describes the problem with the owner of a file, a user ID; undefined if there is none. */
export type CheckOwner = (owner: number) => string | undefined

const MAX_BYTES = 1024 * 1024

/**
 * Reads a regular file of at most 1 MiB whose owner passes the check. Throws `config` if it cannot be read. Synchronous,
 * because loading and running the promises of node:fs takes 3 ms.
 */
export function readYamlText(file: YamlFile, checkOwner?: CheckOwner): YamlText {
  try {
    // Not opened before: opening a FIFO blocks.
    const stats = statSync(file.path)
    const problem = stats.isFile() ? checkOwner?.(stats.uid) : 'is not a regular file'
    if (problem !== undefined) return {kind: 'unsuitable', problem}
    if (stats.size > MAX_BYTES) return {kind: 'unsuitable', problem: 'is larger than 1 MiB'}
    return {kind: 'text', text: readFileSync(file.path, 'utf8')}
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return {kind: 'absent'}
    throw yamlError(file, `cannot be read (${errorCode(error) ?? 'unknown error'})`)
  }
}

/** Parses the text of the file. Throws `config`, which names the file and if possible the line, if it is not YAML. */
export async function parseYaml(file: YamlFile, content: string): Promise<YamlSource> {
  // Spares the library, as in CI, where there often is no file.
  if (content.trim() === '') return {file, data: undefined, describeLine: () => ''}
  if (isTooComplex(content)) throw yamlError(file, 'has too many entries or levels')
  const {default: yaml} = await import('yaml')
  const document = yaml.parseDocument(content, {logLevel: 'error', prettyErrors: false})
  const lineAt = (offset: number) => ` (line ${content.slice(0, offset).split('\n').length})`
  const [error] = document.errors
  if (error) throw yamlError(file, `is not valid YAML${lineAt(error.pos[0])}`)
  try {
    const data: unknown = document.toJS()
    return {
      file,
      data,
      describeLine(keys) {
        const node = document.getIn(keys, true)
        return yaml.isNode(node) && node.range ? lineAt(node.range[0]) : ''
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

/** Returns the value at `keys` as trimmed text; undefined if absent or empty. Throws `config` if it is anything else. */
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
  return yamlError(source.file, `${place} ${wanted}${source.describeLine(keys)}`)
}

export function yamlError({hint, path, what}: YamlFile, problem: string): AstroError {
  return new AstroError('config', `${what} ${path} ${problem}.`, {hint})
}
