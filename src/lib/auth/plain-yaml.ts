/** Nested mappings of text and null, and the line of the value at some keys, from 1; 0 if there is none. */
export interface PlainYaml {
  readonly data: unknown
  readonly lineOf: (keys: readonly string[]) => number
}

interface Level {
  readonly indent: number
  readonly keys: readonly string[]
  readonly mapping: Record<string, unknown>
}

/** `key:`, `key: "text"`, `key: 'text'` or `key: text`, where YAML reads each text as it stands. */
const LINE =
  /^( *)([a-z][\w.-]*):(?: (?:"([ !#-[\]-~]*)"|'([ -&(-~]*)'|([a-z](?:[\w./+=~-]|[: ](?=[\w./+=~-]))*)))?(?: +#.*)?$/i
const NOTHING = /^ *(?:#.*)?$/
/** Words that are not text without quotes. */
const RESERVED = /^(?:true|false|null)$/i

/**
 * Reads what the Astro CLI writes, without the YAML library: to load and run that takes longer than to read the rest of
 * the configuration. Undefined if the content has anything more, or an error, so that the library has to read it.
 */
export function readPlainYaml(content: string): PlainYaml | undefined {
  const root: Level = {indent: 0, keys: [], mapping: {}}
  const lines = new Map<string, number>()
  let levels = [root]
  /** The keys of the last line, if it has no value, so that a mapping may follow. */
  let open: readonly string[] | undefined
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    if (NOTHING.test(line)) continue
    const found = parseLine(line)
    if (!found) return undefined
    const {indent, key, text} = found
    const above = levels.filter((level) => level.indent <= indent)
    const parent = above.at(-1) ?? root
    if (open && above.length === levels.length && parent.indent < indent) {
      const mapping = {}
      parent.mapping[open.at(-1) ?? ''] = mapping
      lines.set(open.join('\n'), index + 1)
      above.push({indent, keys: open, mapping})
    }

    levels = above
    const level = levels.at(-1) ?? root
    if (level.indent !== indent || Object.hasOwn(level.mapping, key)) return undefined
    const keys = [...level.keys, key]
    level.mapping[key] = text ?? null
    lines.set(keys.join('\n'), index + 1)
    open = text === undefined ? keys : undefined
  }

  return {data: root.mapping, lineOf: (keys) => lines.get(keys.join('\n')) ?? 0}
}

function parseLine(line: string) {
  const [, {length: indent} = '', key = '', double, single, plain] = LINE.exec(line) ?? []
  if (!key || RESERVED.test(key) || RESERVED.test(plain ?? '')) return
  return {indent, key, text: double ?? single ?? plain}
}
