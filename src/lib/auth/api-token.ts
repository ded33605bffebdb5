import {AstroError} from '../errors.js'

/** What the API token itself says: claims that the server checks, read here only to know what to ask for. */
export interface ApiTokenClaims {
  /** The one Organization that the token names; undefined where it names none, or several. */
  readonly organizationId: string | undefined
}

/**
 * Reads ASTRO_API_TOKEN: a JSON Web Token (RFC 7519), possibly with `Bearer ` before it and white space around it.
 * Returns the token alone with its claims. Throws `unauthenticated` for any other text and for a token that has
 * expired by `now`. Its signature is the server's to check.
 */
export function readApiToken(value: string, now: Date): ApiTokenClaims & {readonly token: string} {
  const token = value.trim().replace(/^bearer\s+/i, '')
  const claims = claimsOf(token)
  if (!claims) {
    throw new AstroError('unauthenticated', 'ASTRO_API_TOKEN does not hold an Astro API token.', {
      hint: 'Copy the whole token again, or create one with the Astro CLI: astro organization token create',
    })
  }

  const {exp} = claims
  if (typeof exp === 'number' && exp * 1000 <= now.getTime()) {
    throw new AstroError('unauthenticated', `The token in ASTRO_API_TOKEN expired${dateOf(exp)}.`, {
      hint: 'Set ASTRO_API_TOKEN to a valid token, or rotate it with the Astro CLI: astro organization token rotate',
    })
  }

  return {token, organizationId: organizationOf(claims.permissions)}
}

/** Whether the value is a token that can stand in a header: visible ASCII characters only. */
export function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[!-~]+$/.test(value)
}

function claimsOf(token: string): Record<string, unknown> | undefined {
  const [header, payload, signature, ...more] = token.split('.')
  if (!header || !payload || signature === undefined || more.length > 0 || !/^[\w.-]+$/.test(token)) return undefined
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims) ? {...claims} : undefined
  } catch {
    return undefined
  }
}

function organizationOf(permissions: unknown): string | undefined {
  if (!Array.isArray(permissions)) return undefined
  const ids = permissions
    .filter((permission) => typeof permission === 'string')
    .map((permission) => /^organizationId:([\w-]+)$/.exec(permission)?.[1])
    .filter((id) => id !== undefined)
  const [id, ...others] = new Set(ids)
  return others.length === 0 ? id : undefined
}

/** ` on 2026-01-31`, or nothing for seconds that no calendar has. */
function dateOf(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? '' : ` on ${date.toISOString().slice(0, 10)}`
}
