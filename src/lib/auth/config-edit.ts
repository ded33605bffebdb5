import {isDeepStrictEqual} from 'node:util'
import {isMap, isScalar, type Pair, parse, parseDocument, type Scalar} from 'yaml'

import {fieldsOf} from '../helpers.js'

/** A replacement for the text from `start` up to `end`. */
interface Splice {
  readonly start: number
  readonly end: number
  readonly replacement: string
}

/** A word that needs no quotes, even in a flow mapping. Words with a meaning in YAML, such as `null`, also match. */
const PLAIN_WORD = /^[\w.~+/=:-]*[\w.~+/=-]$/

/**
 * Replaces values of the mapping at `path` in a YAML text, and keeps every other byte. A value keeps its quoting style
 * unless the new one needs quotes. Does not add missing keys.
 *
 * Returns undefined if there is no such mapping, or if the edit would change other data, for example through an alias.
 */
export function replaceValues(
  text: string,
  path: readonly string[],
  values: Readonly<Record<string, string>>,
): string | undefined {
  const document = parseDocument(text)
  const map = document.getIn(path)
  if (document.errors.length > 0 || !isMap(map)) return undefined

  const present = Object.entries(values).filter(([key]) => map.has(key))
  const splices: Splice[] = []
  for (const [key, value] of present) {
    const pair = map.items.find((item): item is Pair<Scalar> => isScalar(item.key) && item.key.value === key)
    const splice = pair && createSplice(text, pair, value)
    if (!splice) return undefined
    splices.push(splice)
  }

  const edited = applySplices(text, splices)
  const wanted = changeData(parseData(text), path, Object.fromEntries(present))
  return isDeepStrictEqual(parseData(edited), wanted) ? edited : undefined
}

function createSplice(text: string, {key, value}: Pair<Scalar>, wanted: string): Splice | undefined {
  if (!isScalar(value) || !value.range) return undefined
  const [start, end] = value.range
  if (start < end) {
    // The range of a block scalar includes the line ends after it.
    const old = text.slice(start, end).trimEnd()
    return {start, end: start + old.length, replacement: format(wanted, value.type, old)}
  }

  // For a missing value, the library's range starts after the white space that follows the colon.
  const afterColon = text.indexOf(':', key.range?.[1]) + 1
  return {start: afterColon, end: afterColon, replacement: ` ${format(wanted, value.type, '')}`}
}

function format(wanted: string, type: Scalar['type'], old: string): string {
  if (type === 'QUOTE_SINGLE' && /^[ -~]*$/.test(wanted)) return `'${wanted.replaceAll("'", "''")}'`
  return type === 'PLAIN' && isPlain(wanted, old) ? wanted : JSON.stringify(wanted)
}

/** Whether a text can replace an unquoted value without quotes. */
function isPlain(text: string, old: string): boolean {
  if (!/^[A-Za-z\d]/.test(text) || !text.split(' ').every((word) => PLAIN_WORD.test(word))) return false
  // The Astro CLI's library follows YAML 1.1, in which more words and dates are not text.
  const data: unknown = parse(text, {schema: 'yaml-1.1'})
  return parse(text) === text && (data === text || (data instanceof Date && /^\d{4}-\d\d?-\d/.test(old)))
}

function applySplices(text: string, splices: readonly Splice[]): string {
  let edited = text
  for (const {end, replacement, start} of splices.toSorted((a, b) => b.start - a.start)) {
    edited = edited.slice(0, start) + replacement + edited.slice(end)
  }

  return edited
}

/** Parses a YAML text; undefined if it is not valid. */
function parseData(text: string): unknown {
  const document = parseDocument(text, {logLevel: 'silent'})
  return document.errors.length > 0 ? undefined : document.toJS()
}

/**
 * Returns the data with these values at the path. Does not change the same mapping at another path, as an alias would.
 */
function changeData(data: unknown, path: readonly string[], values: Readonly<Record<string, string>>): unknown {
  const [key, ...rest] = path
  const object = fieldsOf(data)
  return key === undefined ? {...object, ...values} : {...object, [key]: changeData(object[key], rest, values)}
}
