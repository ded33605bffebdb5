import {type ErrorResponse} from '../../../src/lib/astro-api/failures.js'
import {type ErrorDetails, type ErrorKind} from '../../../src/lib/errors.js'

const CHECK_VALUES = 'Check the values that you passed. If they are right, quote the request ID to support'
const CHECK_CREDENTIAL = 'Check ASTRO_API_TOKEN, or log in again with the Astro CLI: astro login'

/** What a response with this status and without a body means. */
export const STATUSES: readonly (readonly [status: number, kind: ErrorKind, message: string, hint: string])[] = [
  [400, 'invalid_request', 'rejected the request', CHECK_VALUES],
  [401, 'unauthenticated', 'rejected the credential', CHECK_CREDENTIAL],
  [403, 'forbidden', 'denied the request', 'Use a token or a login that may manage API tokens of this Organization'],
  [404, 'not_found', 'could not find the requested object', 'Check the IDs'],
  [408, 'timeout', 'timed out waiting for the request', 'Try again'],
  [409, 'conflict', 'reports a conflict', 'Check the current roles, then try again: {{list}} --all-deployments'],
  [418, 'api', 'failed with status 418', 'Try again later'],
  [422, 'invalid_request', 'rejected the request', CHECK_VALUES],
  [429, 'rate_limited', 'rate limit was exceeded', 'Wait a minute, then try again'],
  [503, 'api', 'failed with status 503', 'Try again later'],
]

const FIELD = {code: 'invalid', field: 'roles[0].role', message: 'is unknown'}
const OTHER_FIELD = {code: 'required', field: 'roles', message: 'is missing'}
const WRONG_FIELDS = [
  null,
  'x',
  [],
  {field: 'f', message: 'm'},
  {code: 'c', message: 'm'},
  {code: 'c', field: 'f'},
  {code: 1, field: 'f', message: 'm'},
]

/** What the body of a response with the status 404 adds to the message and the details. */
export const BODIES: readonly (readonly [body: string, words: string, details: ErrorDetails])[] = [
  [JSON.stringify({message: 'no token', requestId: 'req-1', statusCode: 404}), ': no token', {requestId: 'req-1'}],
  [
    JSON.stringify({message: 'no', fieldErrors: [FIELD, OTHER_FIELD]}),
    ': no; roles[0].role: is unknown; roles: is missing',
    {fieldErrors: [FIELD, OTHER_FIELD]},
  ],
  [
    JSON.stringify({message: 12, requestId: {}, fieldErrors: [...WRONG_FIELDS, FIELD]}),
    ': roles[0].role: is unknown',
    {fieldErrors: [FIELD]},
  ],
  ['<html>Bad gateway</html>', '.', {}],
  ['null', '.', {}],
  ['["message"]', '.', {}],
  ['"text"', '.', {}],
  ['{"fieldErrors":{},"message":""}', '.', {}],
  ['{', '.', {}],
]

/** What Retry-After means at a quarter past midnight on 1 January 1970. */
export const QUARTER_PAST = 900_000
export const WAITS: readonly (readonly [header: ErrorResponse['retryAfter'], hint: string, milliseconds?: number])[] = [
  ['90', 'Try again in 90 seconds', 90_000],
  [' 1 ', 'Try again in 1 second', 1000],
  ['0', 'Try again in 0 seconds', 0],
  ['Thu, 01 Jan 1970 00:16:30 GMT', 'Try again after Thu, 01 Jan 1970 00:16:30 GMT', 90_000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 'Try again after Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['soon', 'Try again later'],
  ['-5', 'Try again later'],
  ['1.5', 'Try again later'],
  ['2026', 'Try again in 2026 seconds', 2_026_000],
  ['2026-', 'Try again later'],
  [undefined, 'Try again later'],
]

const LOST_HINT = 'Check your network and proxy settings, then try again'
const DAMAGED_HINT = 'Check any proxy between this machine and the Astro API, then try again'
const UNREACHABLE_HINT = 'Check your network, ASTRO_DOMAIN and proxy settings, then try again'

/** What Node's codes mean. */
export const CODES: readonly (readonly [code: string, kind: ErrorKind, message: string, hint: string])[] = [
  ...['ECONNREFUSED', 'ENOTFOUND', 'ERR_SSL_WRONG_VERSION_NUMBER', 'XECONNRESET', 'EPIPEX', 'X_HPE_', 'XZ_'].map(
    (code) => [code, 'network', `Could not reach HOST (${code}).`, UNREACHABLE_HINT] as const,
  ),
  ...['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'HPE_INVALID_EOF_STATE'].map(
    (code) => [code, 'network', `The connection to HOST was lost (${code}).`, LOST_HINT] as const,
  ),
  ...['HPE_INVALID_CHUNK_SIZE', 'Z_DATA_ERROR', 'ERR__ERROR_FORMAT_PADDING_1', 'ZSTD_error_prefix_unknown'].map(
    (code) => [code, 'api', `The response from HOST is damaged (${code}).`, DAMAGED_HINT] as const,
  ),
  [
    'ERR_INVALID_CHAR',
    'config',
    'The credential contains a character that cannot be sent, such as a line break.',
    CHECK_CREDENTIAL,
  ],
]
