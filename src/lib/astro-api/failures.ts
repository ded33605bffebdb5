import {AstroError, type ErrorKind, type FieldError} from '../errors.js'

const CHECK_VALUES = 'Check what was given; where it is right, quote the request ID to support'

/** What the kinds of a refusal mean, for the statuses that mean something of their own. */
const KINDS: Readonly<Record<number, {readonly kind: ErrorKind; readonly says: string; readonly hint?: string}>> = {
  400: {kind: 'invalid_request', says: 'does not accept the request', hint: CHECK_VALUES},
  401: {
    kind: 'unauthenticated',
    says: 'does not accept the credential',
    hint: 'Check ASTRO_API_TOKEN, or log in again: astro login',
  },
  403: {
    kind: 'forbidden',
    says: 'does not allow this',
    hint: 'Use a token or a login that may manage API tokens of this Organization',
  },
  404: {kind: 'not_found', says: 'does not find what was asked for', hint: 'Check the IDs'},
  408: {kind: 'timeout', says: 'gave up waiting for the request', hint: 'Try again'},
  409: {
    kind: 'conflict',
    says: 'reports a conflict',
    hint: 'See what there is now, and try again: {{list}} --all-deployments',
  },
  422: {kind: 'invalid_request', says: 'does not accept the request', hint: CHECK_VALUES},
  429: {kind: 'rate_limited', says: 'was asked too often', hint: 'Wait a minute, and try again'},
}

/**
 * The error for an answer with a status of 400 or more: its kind by the status, and in it the API's own words, request
 * ID and field errors where the body has them. `retryAfter` is the header of that name.
 */
export function refusal(status: number, body: string, retryAfter?: string): AstroError {
  const {kind, says, hint} = KINDS[status] ?? {
    kind: 'api',
    says: `failed with status ${status}`,
    hint: 'Try again later',
  }
  const {fieldErrors, message, requestId} = readErrorBody(body)
  const wait = readRetryAfter(retryAfter)
  const words = [message, ...(fieldErrors ?? []).map((error) => `${error.field}: ${error.message}`)].filter(Boolean)
  return new AstroError(kind, `The Astro API ${says}${words.length > 0 ? `: ${words.join('; ')}` : '.'}`, {
    fieldErrors,
    hint: wait ? `Try again ${wait.says}` : hint,
    requestId,
    retryAfterMs: wait?.milliseconds,
    status,
  })
}

/** The error for a request that got no whole answer. `code` is Node's, such as ECONNREFUSED. */
export function networkError(code: string, host: string, timedOut: boolean): AstroError {
  if (timedOut) {
    return new AstroError('timeout', `${host} did not answer in time.`, {hint: 'Check the network, and try again'})
  }

  return new AstroError('network', `There is no connection to ${host} (${code}).`, {
    hint: 'Check the network, ASTRO_DOMAIN and any proxy, and try again',
  })
}

/** The error for an answer of another form than the API's. */
export function unreadable(status: number, what: string): AstroError {
  return new AstroError('api', `The answer (status ${status}) is not the Astro API's: ${what}.`, {
    hint: 'Check that ASTRO_DOMAIN and any proxy lead to the Astro API',
    status,
  })
}

function readErrorBody(body: string): {fieldErrors?: FieldError[]; message?: string; requestId?: string} {
  try {
    const error: unknown = JSON.parse(body)
    if (typeof error !== 'object' || error === null) return {}
    const {fieldErrors, message, requestId} = error as Record<string, unknown>
    return {
      ...(typeof message === 'string' && {message}),
      ...(typeof requestId === 'string' && {requestId}),
      ...(Array.isArray(fieldErrors) && {fieldErrors: fieldErrors.filter((entry) => isFieldError(entry))}),
    }
  } catch {
    return {}
  }
}

function isFieldError(value: unknown): value is FieldError {
  const entry = (value ?? {}) as Record<string, unknown>
  return ['code', 'field', 'message'].every((key) => typeof entry[key] === 'string')
}

/**
 * A Retry-After header (RFC 9110, 10.2.3), seconds or a date, as milliseconds from now and in words, such as
 * `in 90 seconds` or `after Wed, 21 Oct 2015 07:28:00 GMT`; undefined for anything else.
 */
function readRetryAfter(header = ''): undefined | {milliseconds: number; says: string} {
  if (/^\d+$/.test(header.trim())) {
    const seconds = Number(header)
    return {milliseconds: seconds * 1000, says: `in ${seconds} second${seconds === 1 ? '' : 's'}`}
  }

  const milliseconds = Date.parse(header) - Date.now()
  return Number.isNaN(milliseconds) ? undefined : {milliseconds: Math.max(0, milliseconds), says: `after ${header}`}
}
