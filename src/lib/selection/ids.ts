import {AstroError} from '../errors.js'
import {shellWord} from '../helpers.js'

/**
 * Parses the ID of a token, a Deployment or a Workspace (a CUID), and returns it trimmed and in lower case, as the API
 * writes it. `what` is its source, for the error. Throws `usage`, or the given kind, for anything else, so that a path
 * or a query never becomes part of a URL.
 */
export function parseId(text: string, what: string, kind: 'config' | 'usage' = 'usage'): string {
  if (!isId(text)) throw notAnId([text], what, kind)
  return text.trim().toLowerCase()
}

/** Parses several IDs. Throws as `parseId` does, and names each text that is not an ID. */
export function parseIds(texts: readonly string[], what: string): string[] {
  const wrong = texts.filter((text) => !isId(text))
  if (wrong.length > 0) throw notAnId(wrong, what, 'usage')
  return texts.map((text) => parseId(text, what))
}

/**
 * Parses the ID of a token from the command line. The error for a text that looks like a name explains how to use a
 * name.
 */
export function parseTokenId(text: string): string {
  if (!text.trim() || isId(text)) return parseId(text, 'TOKEN-ID')
  throw new AstroError('usage', `TOKEN-ID is not an ID: ${JSON.stringify(text)}.`, {
    hint: `To select the token by its name: {{this}} --org-token-name ${shellWord(text)}`,
  })
}

function isId(text: string): boolean {
  return /^[a-z0-9]+$/.test(text.trim().toLowerCase())
}

function notAnId(texts: readonly string[], what: string, kind: 'config' | 'usage'): AstroError {
  const quoted = texts.map((text) => JSON.stringify(text)).join(', ')
  return new AstroError(
    kind,
    texts.some((text) => text.trim()) ? `${what} is not an ID: ${quoted}.` : `${what} is empty.`,
    {hint: 'An ID consists of letters and digits, such as clm8xq0b1000008l4d2g7h3kz'},
  )
}
