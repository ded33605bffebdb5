/** The exit that each kind of error ends with. The kinds are what programs can rely on; messages may change. */
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

/** Something that the user may have meant: a token or a Deployment (with its ID), or a role (without). */
export interface Candidate {
  readonly id?: string
  readonly name: string
}

/** What the API says of one field of a request that it refused. */
export interface FieldError {
  readonly code: string
  readonly field: string
  readonly message: string
}

export interface ErrorDetails {
  /**
   * What to do next, at best a command to run. `{{list}}` stands for this plugin's list command as its host spells it;
   * likewise `{{add}}`, `{{remove}}`, `{{update}}`, and `{{this}}` for the command that failed.
   */
  readonly hint?: string | undefined
  /** HTTP status of the answer that caused the error. */
  readonly status?: number | undefined
  /** The API's name for the request, to quote to support. */
  readonly requestId?: string | undefined
  readonly fieldErrors?: readonly FieldError[] | undefined
  /** How long the answer asks to wait before the next try, in milliseconds. */
  readonly retryAfterMs?: number | undefined
  readonly candidates?: readonly Candidate[] | undefined
  /** The request was refused, but the same may succeed now: the login was refreshed. */
  readonly mayRepeat?: boolean | undefined
}

/**
 * The one error that this project throws on purpose. It has no `cause`: the errors of an HTTP library hold the request
 * with its Authorization header, and whatever prints a cause would print that.
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

/** Whether an error is one of ours and of one of these kinds. */
export function hasKind(error: unknown, ...kinds: readonly ErrorKind[]): error is AstroError {
  return error instanceof AstroError && kinds.includes(error.kind)
}

/** The error for a declined or cancelled prompt, and for a signal before anything was written. */
export function cancelled(): AstroError {
  return new AstroError('cancelled', 'Cancelled.')
}

/**
 * A JSON Web Token, wherever it stands in a text: what an Astro API token and a login's access token look like. Also the
 * beginning of one, or its claims without the rest: `eyJ` is `{"` in its alphabet.
 */
const JWT = /eyJ[\w-]{6,}\.[\w-]+\.[\w-]*|eyJ[\w-]{16,}(?:\.[\w-]*)?/g

/** A part of a secret that is shorter than this gives nothing away. */
const SHORTEST_PART = 12

const REDACTED = '[redacted]'

/**
 * Replaces what looks like a credential in the text, and every part of the secret. Errors are built without secrets; this
 * is for texts that quote somebody else, such as the API's messages and a mistyped command line.
 */
export function redact(text: string, secret = ''): string {
  return withoutParts(text.replaceAll(JWT, REDACTED), secret)
}

/** Takes time in proportion to the length of the text, so that a long one does not stop the process. */
function withoutParts(text: string, secret: string): string {
  // A value without a dot is no token, but something else that was set in its place, such as a word that commands use.
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
