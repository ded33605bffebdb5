import {AstroError} from '../errors.js'
import {shellWord} from '../helpers.js'

/** Where an ID comes from, for the error. */
export interface IdSource {
  /** The flag, argument, variable or file, such as `--deployment-id`. */
  readonly what: string
  /** The flag that takes a name instead of this ID, such as `--deployment-name`. */
  readonly nameFlag?: string
  /** Default: `usage`. */
  readonly kind?: 'config' | 'usage'
}

/**
 * Parses the ID of a token, a Deployment or a Workspace (a CUID), and returns it trimmed and in lower case, as the API
 * writes it. Throws `usage`, or the source's kind, for anything else, so that a path or a query never becomes part of a
 * URL. The hint for a text that looks like a name is the flag for names.
 */
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
