import {AstroError, type ErrorKind, type FieldError} from '../errors.js'
import {fieldsOf} from '../helpers.js'

const CHECK_VALUES = 'Check the values that you passed. If they are right, quote the request ID to support'

/** `text` follows the words "The Astro API". */
const KINDS: Readonly<Record<number, {readonly kind: ErrorKind; readonly text: string; readonly hint?: string}>> = {
  400: {kind: 'invalid_request', text: 'rejected the request', hint: CHECK_VALUES},
  401: {
    kind: 'unauthenticated',
    text: 'rejected the credential',
    hint: 'Check ASTRO_API_TOKEN, or log in again with the Astro CLI: astro login',
  },
  403: {
    kind: 'forbidden',
    text: 'denied the request',
    hint: 'Use a token or a login that may manage API tokens of this Organization',
  },
  404: {kind: 'not_found', text: 'could not find the requested object', hint: 'Check the IDs'},
  408: {kind: 'timeout', text: 'timed out waiting for the request', hint: 'Try again'},
  409: {
    kind: 'conflict',
    text: 'reports a conflict',
    hint: 'Check the current roles, then try again: {{list}} --all-deployments',
  },
  422: {kind: 'invalid_request', text: 'rejected the request', hint: CHECK_VALUES},
  429: {kind: 'rate_limited', text: 'rate limit was exceeded', hint: 'Wait a minute, then try again'},
}

export interface ErrorResponse {
  readonly status: number
  readonly body: string
  readonly retryAfter?: string | undefined
  /** Milliseconds since 1970, for a date in Retry-After. */
  readonly now: number
}

/** The error for a response with a status of 400 or more: its kind from the status, its details from the body. */
export function statusError({body, now, retryAfter, status}: ErrorResponse): AstroError {
  const {kind, text, hint} = KINDS[status] ?? {
    kind: 'api',
    text: `failed with status ${status}`,
    hint: 'Try again later',
  }
  const {fieldErrors, message, requestId} = readErrorBody(body)
  const wait = readRetryAfter(retryAfter, now)
  const words = [message, ...(fieldErrors ?? []).map((error) => `${error.field}: ${error.message}`)].filter(Boolean)
  return new AstroError(kind, `The Astro API ${text}${words.length > 0 ? `: ${words.join('; ')}` : '.'}`, {
    fieldErrors,
    hint: wait ? `Try again ${wait.text}` : hint,
    requestId,
    retryAfterMs: wait?.milliseconds,
    status,
  })
}

/** Codes of a connection that ended before the response was complete. */
const LOST = /^(?:ECONNRESET|EPIPE|ERR_HTTP_CONTENT_LENGTH_MISMATCH|ERR_STREAM_PREMATURE_CLOSE|HPE_INVALID_EOF_STATE)$/
/** OpenSSL's codes, and Node's ERR_TLS_CERT_ALTNAME_INVALID; not the server's alerts about our own certificate. */
const CERTIFICATE = /^(?!.*_ALERT_).*CERT|CRL|_LEAF_SIGNATURE$|^INVALID_(?:CA|PURPOSE)$|^HOSTNAME_MISMATCH$/
/** Prefixes of Node's codes for a response that it cannot parse (HPE_) or decompress (the others). */
const DAMAGED = /^(?:HPE_|Z_|ZSTD_|ERR__)/

/** The error for a request without a readable response. `code` is Node's, such as ECONNREFUSED. */
export function connectionError(code: string, host: string): AstroError {
  if (code === 'ERR_INVALID_CHAR') {
    return new AstroError('config', 'The credential contains a character that cannot be sent, such as a line break.', {
      hint: 'Check ASTRO_API_TOKEN, or log in again with the Astro CLI: astro login',
    })
  }

  if (isCertificateCode(code)) return certificateError(code, host)
  if (LOST.test(code)) {
    return new AstroError('network', `The connection to ${host} was lost (${code}).`, {
      hint: 'Check your network and proxy settings, then try again',
    })
  }

  if (DAMAGED.test(code)) return damagedError(code, host)
  return new AstroError('network', `Could not reach ${host} (${code}).`, {
    hint: 'Check your network, ASTRO_DOMAIN and proxy settings, then try again',
  })
}

export function isCertificateCode(code: string): boolean {
  return CERTIFICATE.test(code)
}

export function certificateError(code: string, host: string): AstroError {
  return new AstroError('network', `The certificate of ${host} is not trusted (${code}).`, {
    hint: 'Set NODE_EXTRA_CA_CERTS to the CA certificates of your network; see "Certificates" on the troubleshooting page',
    mayRepeat: false,
  })
}

export function timeoutError(host: string): AstroError {
  return new AstroError('timeout', `${host} did not respond in time.`, {hint: 'Check your network, then try again'})
}

/** The error for a response that was changed on its way. It has no status, because the API's response is unknown. */
export function damagedError(what: string, host: string): AstroError {
  return new AstroError('api', `The response from ${host} is malformed (${what}).`, {
    hint: 'Check any proxy between this machine and the Astro API, then try again',
  })
}

export function tooLarge(status: number, host: string, size: string): AstroError {
  return new AstroError('api', `The response from ${host} is larger than ${size}.`, {
    hint: 'Check that ASTRO_DOMAIN and any proxy lead to the Astro API',
    status,
  })
}

/** The error for a response that did not come from the Astro API. */
export function unreadable(status: number, what: string): AstroError {
  return new AstroError('api', `The response (status ${status}) is not from the Astro API: ${what}.`, {
    hint: 'Check that ASTRO_DOMAIN and any proxy lead to the Astro API',
    status,
  })
}

function readErrorBody(body: string): {fieldErrors?: FieldError[]; message?: string; requestId?: string} {
  try {
    const {fieldErrors, message, requestId} = fieldsOf(JSON.parse(body))
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
  const entry = fieldsOf(value)
  return ['code', 'field', 'message'].every((key) => typeof entry[key] === 'string')
}

/** The wait in a Retry-After header with seconds or a date (RFC 9110, 10.2.3), from now and in words. */
function readRetryAfter(header: string | undefined, now: number): undefined | {milliseconds: number; text: string} {
  if (header === undefined) return undefined
  if (/^\d+$/.test(header.trim())) {
    const seconds = Number(header)
    return {milliseconds: seconds * 1000, text: `in ${seconds} second${seconds === 1 ? '' : 's'}`}
  }

  // `Date.parse` reads some numbers as years.
  const milliseconds = /[a-z]/i.test(header) ? Date.parse(header) - now : Number.NaN
  return Number.isNaN(milliseconds) ? undefined : {milliseconds: Math.max(0, milliseconds), text: `after ${header}`}
}
