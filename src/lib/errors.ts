/** The exit code of each error kind. Programs can rely on the kinds; messages may change. */
export const EXITS = {
  api: 1,
  internal: 1,
  invalid_request: 1,
  network: 1,
  rate_limited: 1,
  timeout: 1,
  ambiguous: 2,
  config: 2,
  unsupported: 2,
  usage: 2,
  not_found: 3,
  forbidden: 4,
  unauthenticated: 4,
  conflict: 5,
  cancelled: 130,
} as const

export type ErrorKind = keyof typeof EXITS

/** A token, Deployment or role to suggest. Roles have no ID. */
export interface Candidate {
  readonly id?: string
  readonly name: string
}

export interface FieldError {
  readonly code: string
  readonly field: string
  readonly message: string
}

export interface ErrorDetails {
  /** What to do next. `{{add}}` and so on stand for our commands as the host spells them, `{{this}}` for the failed one. */
  readonly hint?: string | undefined
  readonly status?: number | undefined
  readonly requestId?: string | undefined
  readonly fieldErrors?: readonly FieldError[] | undefined
  readonly retryAfterMs?: number | undefined
  readonly candidates?: readonly Candidate[] | undefined
  /** Whether another attempt may succeed. If undefined, kind and status decide. */
  readonly mayRepeat?: boolean | undefined
}

/** The only error that this project throws on purpose. It has no `cause`, which may contain the Authorization header. */
export class AstroError extends Error {
  override readonly name = 'AstroError'

  constructor(
    readonly kind: ErrorKind,
    message: string,
    readonly details: ErrorDetails = {},
  ) {
    super(message)
  }
}

export function hasKind(error: unknown, ...kinds: readonly ErrorKind[]): error is AstroError {
  return error instanceof AstroError && kinds.includes(error.kind)
}

export function cancelled(): AstroError {
  return new AstroError('cancelled', 'Cancelled.')
}

const JWT = /eyJ[\w-]+\.[\w-]+\.[\w-]*/g

const REDACTED = '[redacted]'
const SHORTEST_TOKEN = 20

/** Redacts every JSON Web Token, and the secret, in a text that quotes the API or a mistyped command line. */
export function redact(text: string, secret = ''): string {
  const redacted = text.replaceAll(JWT, REDACTED)
  // A short value without a dot is not a token. It may be an ordinary word, which must not be redacted everywhere.
  return secret.includes('.') || secret.length >= SHORTEST_TOKEN ? redacted.replaceAll(secret, REDACTED) : redacted
}
