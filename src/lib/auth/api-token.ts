import {AstroError} from '../errors.js'
import {fieldsOf} from '../helpers.js'

export interface EnvironmentToken {
  readonly token: string
  /** The only Organization that the token names; undefined if it names none or several, as a user's token does. */
  readonly organizationId: string | undefined
}

/** Reads a JSON Web Token without verifying its signature. Throws `unauthenticated` if it is malformed or expired. */
export function readApiToken(value: string, now: number): EnvironmentToken {
  const token = value.trim().replace(/^bearer\s+/i, '')
  const claims = parseClaims(token)
  if (!claims) {
    const {hint, problem} = describeProblem(value.trim())
    throw new AstroError('unauthenticated', `ASTRO_API_TOKEN ${problem}.`, {hint})
  }

  const {exp} = claims
  if (typeof exp === 'number' && exp * 1000 <= now) {
    const date = new Date(exp * 1000).toISOString().slice(0, 10)
    throw new AstroError('unauthenticated', `The token in ASTRO_API_TOKEN expired on ${date}.`, {
      hint: 'Set ASTRO_API_TOKEN to a valid token, or rotate it with the Astro CLI: astro organization token rotate',
    })
  }

  return {token, organizationId: findOrganizationId(claims.permissions)}
}

function describeProblem(text: string): {readonly hint: string; readonly problem: string} {
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

function parseClaims(token: string): Readonly<Record<string, unknown>> | undefined {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(token)?.[1]
  if (payload === undefined) return undefined
  try {
    return fieldsOf(JSON.parse(Buffer.from(payload, 'base64url').toString()))
  } catch {
    return undefined
  }
}

function findOrganizationId(permissions: unknown): string | undefined {
  if (!Array.isArray(permissions)) return undefined
  const ids = permissions.flatMap((permission) => /^organizationId:([\w-]+)$/.exec(String(permission))?.[1] ?? [])
  const [id, ...others] = new Set(ids)
  return others.length === 0 ? id : undefined
}
