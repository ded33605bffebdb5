import {AstroError} from '../errors.js'

/**
 * The ID of a token, a Deployment or a Workspace (a CUID) as the API writes it: trimmed, in lower case. `what` names
 * where it came from. Throws `usage`, or the kind that is given, for anything else, so that a path or a query in it
 * never reaches a URL.
 */
export function parseId(text: string, what: string, kind: 'config' | 'usage' = 'usage'): string {
  if (!isId(text)) throw notAnId([text], what, kind)
  return text.trim().toLowerCase()
}

/** Several IDs. Throws as `parseId` does, and names each that is none. */
export function parseIds(texts: readonly string[], what: string): string[] {
  const wrong = texts.filter((text) => text.trim() && !isId(text))
  if (wrong.length > 1) throw notAnId(wrong, what, 'usage')
  return texts.map((text) => parseId(text, what))
}

function isId(text: string): boolean {
  return /^[a-z0-9]+$/.test(text.trim().toLowerCase())
}

function notAnId(texts: readonly string[], what: string, kind: 'config' | 'usage'): AstroError {
  const quoted = texts.map((text) => JSON.stringify(text)).join(', ')
  return new AstroError(
    kind,
    texts.some((text) => text.trim()) ? `${what} is not an ID: ${quoted}.` : `${what} is empty.`,
    {
      hint: 'An ID has letters and digits alone, such as clm8xq0b1000008l4d2g7h3kz',
    },
  )
}
