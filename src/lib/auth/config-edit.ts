import {isDeepStrictEqual} from 'node:util'
import {isMap, isScalar, type Pair, parse, parseDocument, type Scalar} from 'yaml'

/** A part of the text, from `start` up to `end`, and what comes in its place. */
interface Splice {
  readonly start: number
  readonly end: number
  readonly replacement: string
}

/** Words that need no quotes, in a flow mapping either, unless some YAML takes them for more than a text. */
const PLAIN = /^[A-Za-z][\w.~+/=-]*(?: [\w.~+/=-]+)*$/

/**
 * The YAML text with other values for some keys of the mapping that `path` leads to; every byte around these values
 * stays. A value keeps its quotes, and gets some where it needs them. A key that the mapping does not have stays away.
 *
 * Returns undefined where that cannot be done without changing anything else: where there is no such mapping, or where
 * an alias takes its value from there.
 */
export function withValues(
  text: string,
  path: readonly string[],
  values: Readonly<Record<string, string>>,
): string | undefined {
  const document = parseDocument(text, {logLevel: 'silent'})
  const map = document.getIn(path, true)
  if (document.errors.length > 0 || !isMap(map)) return undefined

  const present = Object.entries(values).filter(([key]) => map.has(key))
  const splices: Splice[] = []
  for (const [key, value] of present) {
    const pair = map.items.find((item) => isScalar(item.key) && item.key.value === key)
    const splice = pair && spliceOf(text, pair, value)
    if (!splice) return undefined
    splices.push(splice)
  }

  const edited = applied(text, splices)
  const wanted = changedData(dataOf(text), path, Object.fromEntries(present))
  return isDeepStrictEqual(dataOf(edited), wanted) ? edited : undefined
}

function spliceOf(text: string, {key, value}: Pair, wanted: string): Splice | undefined {
  if (!isScalar(value) || !value.range) return undefined
  const [start, end] = value.range
  if (start < end) {
    // The source of a block scalar takes in the line ends after it.
    const [lineEnds = ''] = /(?:\r?\n[\t ]*)*$/.exec(text.slice(start, end)) ?? []
    return {start, end: end - lineEnds.length, replacement: written(wanted, value)}
  }

  // A value that is missing is reported behind the blanks and line ends after the colon.
  const colon = isScalar(key) && key.range ? text.indexOf(':', key.range[1]) : -1
  if (colon === -1) return undefined
  return {start: colon + 1, end: colon + 1, replacement: ` ${written(wanted, value)}`}
}

function written(wanted: string, {type}: Scalar): string {
  if (type === 'QUOTE_SINGLE' && /^[ -~]*$/.test(wanted)) return `'${wanted.replaceAll("'", "''")}'`
  // YAML 1.1, which the Astro CLI's library keeps to, has more words and dates that are no texts.
  const isPlain = type === 'PLAIN' && PLAIN.test(wanted) && parse(wanted, {schema: 'yaml-1.1'}) === wanted
  return isPlain ? wanted : JSON.stringify(wanted)
}

function applied(text: string, splices: readonly Splice[]): string {
  let edited = text
  for (const {end, replacement, start} of splices.toSorted((a, b) => b.start - a.start)) {
    edited = edited.slice(0, start) + replacement + edited.slice(end)
  }

  return edited
}

/** What a text says; undefined where it is no YAML. */
function dataOf(text: string): unknown {
  const document = parseDocument(text, {logLevel: 'silent'})
  return document.errors.length > 0 ? undefined : (document.toJS() as unknown)
}

/** The data with these values at the path; where an alias shows the same mapping, that one stays as it was. */
function changedData(data: unknown, path: readonly string[], values: Readonly<Record<string, string>>): unknown {
  const [key, ...rest] = path
  const object = data as Readonly<Record<string, unknown>>
  return key === undefined ? {...object, ...values} : {...object, [key]: changedData(object[key], rest, values)}
}
