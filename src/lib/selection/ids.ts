import {AstroError} from '../errors.js'
import {shellWord} from '../helpers.js'

export interface IdSource {
  /** The flag, argument, variable or file, such as `--deployment-id`. */
  readonly what: string
  /** The flag that takes a name instead of this ID, such as `--deployment-name`. */
  readonly nameFlag?: string
  /** Default: `usage`. */
  readonly kind?: 'config' | 'usage'
}

/** Returns the ID in lower case. Throws the source's kind for other text, so that no path or query enters a URL. */
export function parseId(text: string, source: IdSource): string {
  const [id = ''] = parseIds([text], source)
  return id
}

/** Parses several IDs. Throws as `parseId` does, and names each text that is not an ID. */
export function parseIds(texts: readonly string[], {kind = 'usage', nameFlag, what}: IdSource): string[] {
  const ids = texts.map((text) => text.trim().toLowerCase())
  const wrong = texts.filter((_, index) => !/^[a-z0-9]+$/.test(ids[index] ?? ''))
  if (wrong.length === 0) return ids
  const quoted = wrong.map((text) => JSON.stringify(text)).join(', ')
  const name = wrong.find((text) => text.trim())
  throw new AstroError(kind, name === undefined ? `${what} is empty.` : `${what} is not an ID: ${quoted}.`, {
    hint:
      nameFlag === undefined || name === undefined
        ? 'An ID consists of letters and digits, such as clm8xq0b1000008l4d2g7h3kz'
        : `To use its name: {{this}} ${nameFlag} ${shellWord(name)}`,
  })
}
