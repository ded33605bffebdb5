import {AstroError} from '../errors.js'
import {errorCode, isCode} from '../helpers.js'
import {type CheckOwner, readSmallFile} from './small-file.js'

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
  lineOf(keys: readonly string[]): number
}

/** The text of a file; `absent` if there is no file, `unsuitable` as in `readSmallFile`. */
export type YamlText =
  | {readonly kind: 'absent'}
  | {readonly kind: 'text'; readonly text: string}
  | {readonly kind: 'unsuitable'; readonly problem: string}

/**
 * The whole text of the file, including a byte order mark. Throws `config`, which names the file, if it cannot be read
 * or is not text.
 */
export async function readYamlText(file: YamlFile, checkOwner?: CheckOwner): Promise<YamlText> {
  let found
  try {
    found = await readSmallFile(file.path, checkOwner)
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return {kind: 'absent'}
    throw yamlError(file, `cannot be read (${errorCode(error) ?? 'unknown error'})`)
  }

  if (found.kind === 'unsuitable') return found
  try {
    return {kind: 'text', text: new TextDecoder('utf8', {fatal: true, ignoreBOM: true}).decode(found.bytes)}
  } catch {
    throw yamlError(file, 'is not UTF-8 text')
  }
}

/** Parses the text of the file. Throws `config`, which names the file and if possible the line, if it is not YAML. */
export async function parseYaml(file: YamlFile, content: string): Promise<YamlSource> {
  // The library is not loaded for a missing file.
  if (!content) return {file, data: null, lineOf: () => 0}
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

/** Beyond these limits for brackets, complex keys and special characters, the parser could take minutes. */
const LIMITS = {depth: 100, complexKeys: 100, marks: 20_000}

function isTooComplex(content: string): boolean {
  const count = {depth: 0, complexKeys: 0, marks: 0}
  for (const [mark] of content.matchAll(/[^\w ./+=-]|- /g)) {
    count.marks += 1
    if (mark === '?') count.complexKeys += 1
    if (mark === '[' || mark === '{') count.depth += 1
    if (mark === ']' || mark === '}') count.depth -= 1
    if (count.depth > LIMITS.depth || count.complexKeys > LIMITS.complexKeys || count.marks > LIMITS.marks) return true
  }

  return false
}

function wrongType(wanted: string, source: YamlSource, keys: readonly string[]): AstroError {
  const line = source.lineOf(keys)
  const place = keys.length > 0 ? `has a value at ${keys.join('.')} that is not` : 'is not'
  return yamlError(source.file, `${place} ${wanted}${line ? ` (line ${line})` : ''}`)
}

/** Creates the `config` error that names the file. */
export function yamlError({hint, path, what}: YamlFile, problem: string): AstroError {
  return new AstroError('config', `${what} ${path} ${problem}.`, {hint})
}
