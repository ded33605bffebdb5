import {AstroError} from '../errors.js'
import {type CheckOwner, readSmallFile} from './small-file.js'

/** A YAML file of the Astro CLI, for the words of its errors. */
export interface YamlFile {
  readonly path: string
  /** What it is: `The Astro CLI's config file`. */
  readonly what: string
  /** What to do where it cannot be read. */
  readonly hint: string
}

/** A parsed file: its data, and where in the text something stands. */
export interface YamlSource {
  readonly file: YamlFile
  readonly data: unknown
  /** Counted from 1; 0 where it is not known. */
  lineOf(keys: readonly string[]): number
}

/** The text of a file, or why there is none: no file, or one that is not read, as in `readSmallFile`. */
export type YamlText =
  | {readonly kind: 'absent'}
  | {readonly kind: 'text'; readonly text: string}
  | {readonly kind: 'unsuitable'; readonly problem: string}

/**
 * The whole text of the file, a byte order mark included. Throws `config`, naming the file, when it cannot be read or is
 * not text.
 */
export async function readYamlText(file: YamlFile, checkOwner?: CheckOwner): Promise<YamlText> {
  let found
  try {
    found = await readSmallFile(file.path, checkOwner)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    if (code === 'ENOENT' || code === 'ENOTDIR') return {kind: 'absent'}
    throw yamlError(file, `cannot be read (${code})`)
  }

  if (found.kind === 'unsuitable') return found
  try {
    return {kind: 'text', text: new TextDecoder('utf8', {fatal: true, ignoreBOM: true}).decode(found.bytes)}
  } catch {
    throw yamlError(file, 'is not UTF-8 text')
  }
}

/** What the text of the file says. Throws `config`, naming the file and where it can the line, for one that is no YAML. */
export async function parseYaml(file: YamlFile, content: string): Promise<YamlSource> {
  if (!content.trim()) return {file, data: null, lineOf: () => 0}
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
    throw yamlError(file, 'has an alias of nothing, or too many')
  }
}

/** A value that must be a mapping, and stands at `keys`; an absent one is empty. Throws `config` for another value. */
export function mappingAt(value: unknown, source: YamlSource, keys: readonly string[]): Record<string, unknown> {
  if (value === undefined || value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return {...value}
  throw wrongType('mapping', source, keys)
}

/** A value that must be a text, trimmed; an empty one counts as absent. Throws `config` for another value. */
export function textAt(value: unknown, source: YamlSource, keys: readonly string[]): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value.trim() || undefined
  throw wrongType('text', source, keys)
}

/** More nested brackets, complex keys or special characters than these, and the parser can take minutes. */
const MOST = {depth: 100, complexKeys: 100, marks: 20_000}

function isTooComplex(content: string): boolean {
  const count = {depth: 0, complexKeys: 0, marks: 0}
  for (const [mark] of content.matchAll(/[^\w ./+=-]|- /g)) {
    count.marks += 1
    if (mark === '?') count.complexKeys += 1
    if (mark === '[' || mark === '{') count.depth += 1
    if (mark === ']' || mark === '}') count.depth -= 1
    if (count.depth > MOST.depth || count.complexKeys > MOST.complexKeys || count.marks > MOST.marks) return true
  }

  return false
}

function wrongType(wanted: string, source: YamlSource, keys: readonly string[]): AstroError {
  const line = source.lineOf(keys)
  return yamlError(source.file, `has no ${wanted} at ${keys.join('.') || 'the file'}${line ? ` (line ${line})` : ''}`)
}

/** The `config` error that names the file. */
export function yamlError({hint, path, what}: YamlFile, problem: string): AstroError {
  return new AstroError('config', `${what} ${path} ${problem}.`, {hint})
}
