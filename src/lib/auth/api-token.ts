import {AstroError} from '../errors.js'

/** Claims of an API token. The server verifies them; this project only reads the Organization. */
export interface ApiTokenClaims {
  /** The only Organization that the token names; undefined if it names none or several, as a user's token does. */
  readonly organizationId: string | undefined
}

/**
 * Reads ASTRO_API_TOKEN: a JSON Web Token (RFC 7519), with or without `Bearer ` and surrounding white space. Returns
 * the bare token and its claims. The signature is not verified.
 *
 * Throws `unauthenticated` for any other text, and for a token that has expired by `now`, in milliseconds since 1970.
 */
export function readApiToken(value: string, now: number): ApiTokenClaims & {readonly token: string} {
  const token = value.trim().replace(/^bearer\s+/i, '')
  const claims = parseClaims(token)
  if (!claims) {
    const {hint, problem} = describeProblem(value)
    throw new AstroError('unauthenticated', `ASTRO_API_TOKEN ${problem}.`, {hint})
  }

  const {exp} = claims
  if (typeof exp === 'number' && exp * 1000 <= now) {
    throw new AstroError('unauthenticated', `The token in ASTRO_API_TOKEN expired${formatDate(exp)}.`, {
      hint: 'Set ASTRO_API_TOKEN to a valid token, or rotate it with the Astro CLI: astro organization token rotate',
    })
  }

  return {token, organizationId: findOrganizationId(claims.permissions)}
}

/** Whether the value can be sent in a header: visible ASCII characters only. */
export function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[!-~]+$/.test(value)
}

function describeProblem(value: string): {readonly hint: string; readonly problem: string} {
  const text = value.trim()
  if (/^(?:export\s+)?[A-Z_]+\s*=/.test(text)) {
    return {problem: 'contains a name and an equals sign', hint: 'Set it to what follows the equals sign'}
  }

  if (/^["'`]|["'`]$/.test(text)) {
    return {problem: 'contains quotes around the token', hint: 'Remove the quotes'}
  }

  return {
    problem: 'is not an Astro API token',
    hint: 'Copy the whole token again, or create one with the Astro CLI: astro organization token create',
  }
}

function parseClaims(token: string): Record<string, unknown> | undefined {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(token)?.[1]
  if (payload === undefined) return undefined
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims) ? {...claims} : undefined
  } catch {
    return undefined
  }
}

function findOrganizationId(permissions: unknown): string | undefined {
  if (!Array.isArray(permissions)) return undefined
  const ids = permissions
    .filter((permission) => typeof permission === 'string')
    .map((permission) => /^organizationId:([\w-]+)$/.exec(permission)?.[1])
    .filter((id) => id !== undefined)
  const [id, ...others] = new Set(ids)
  return others.length === 0 ? id : undefined
}

/** ` on 2026-01-31`; empty for a time that JavaScript cannot represent. */
function formatDate(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? '' : ` on ${date.toISOString().slice(0, 10)}`
}
