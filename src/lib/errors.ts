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

/** The API's error about one field of a rejected request. */
export interface FieldError {
  readonly code: string
  readonly field: string
  readonly message: string
}

export interface ErrorDetails {
  /**
   * What to do next, ideally a command to run. `{{add}}`, `{{list}}`, `{{remove}}` and `{{update}}` stand for our
   * commands as the host spells them, and `{{this}}` for the command that failed.
   */
  readonly hint?: string | undefined
  /** HTTP status of the response that caused the error. */
  readonly status?: number | undefined
  /** The API's ID of the request, to quote to support. */
  readonly requestId?: string | undefined
  readonly fieldErrors?: readonly FieldError[] | undefined
  /** The wait that the response asks for before a retry, in milliseconds. */
  readonly retryAfterMs?: number | undefined
  readonly candidates?: readonly Candidate[] | undefined
  /** Whether the rejected request may succeed now, because the login was refreshed. */
  readonly mayRepeat?: boolean | undefined
}

/**
 * The only error that this project throws on purpose. It has no `cause`, because errors of an HTTP library contain the
 * request with its Authorization header, and a program that prints causes would print that.
 */
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

/** Whether an error is an AstroError of one of these kinds. */
export function hasKind(error: unknown, ...kinds: readonly ErrorKind[]): error is AstroError {
  return error instanceof AstroError && kinds.includes(error.kind)
}

/** The error for a declined or cancelled prompt, and for a signal before any write. */
export function cancelled(): AstroError {
  return new AstroError('cancelled', 'Cancelled.')
}

/**
 * A JSON Web Token anywhere in a text, as Astro API tokens and the access tokens of logins are. Also matches the start
 * of one, or only its claims: `eyJ` is `{"` in base64.
 */
const JWT = /eyJ[\w-]{6,}\.[\w-]+\.[\w-]*|eyJ[\w-]{16,}(?:\.[\w-]*)?/g

/** A shorter part of a secret reveals nothing. */
const SHORTEST_PART = 12

const REDACTED = '[redacted]'

/**
 * Redacts everything in the text that looks like a credential, and every part of the secret. Our own errors contain no
 * secrets. But some texts quote other sources, such as the API's messages or a mistyped command line.
 */
export function redact(text: string, secret = ''): string {
  return redactParts(text.replaceAll(JWT, REDACTED), secret)
}

/** Runs in linear time, so that a long text does not block the process. */
function redactParts(text: string, secret: string): string {
  // A value without a dot is not a token. It may be an ordinary word, which must not be redacted everywhere.
  if (!secret.includes('.')) return text
  const parts = new Set(
    Array.from({length: secret.length - SHORTEST_PART + 1}, (_, start) => secret.slice(start, start + SHORTEST_PART)),
  )
  const kept: string[] = []
  let end = 0
  for (let start = 0; start + SHORTEST_PART <= text.length; start++) {
    if (!parts.has(text.slice(start, start + SHORTEST_PART))) continue
    if (start >= end) kept.push(text.slice(end, start), REDACTED)
    end = start + SHORTEST_PART
  }

  return [...kept, text.slice(end)].join('')
}
