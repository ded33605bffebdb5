import {AstroError} from './errors.js'

/**
 * The ID of a token, a Deployment or a Workspace (a CUID) as the API writes it: trimmed, in lower case. `what` names
 * where it came from. Throws `usage`, or the kind that is given, for anything else, so that a path or a query in it
 * never reaches a URL.
 */
export function parseId(text: string, what: string, kind: 'config' | 'usage' = 'usage'): string {
  const id = text.trim().toLowerCase()
  if (/^[a-z0-9]+$/.test(id)) return id
  throw new AstroError(kind, id ? `${what} is not an ID: ${JSON.stringify(text)}.` : `${what} is empty.`, {
    hint: 'An ID has letters and digits alone, such as clm8xq0b1000008l4d2g7h3kz',
  })
}
