import {expect} from 'chai'

import {connectionError, statusError, timeoutError, tooLarge, unreadable} from '../../../src/lib/astro-api/failures.js'
import {type AstroError, type ErrorKind} from '../../../src/lib/errors.js'

/** What programs and people see of an error; keys without a value are omitted. */
function contentOf({details, kind, message}: AstroError): unknown {
  return Object.fromEntries(Object.entries({kind, message, ...details}).filter(([, value]) => value !== undefined))
}

const CHECK_CREDENTIAL = 'Check ASTRO_API_TOKEN, or log in again with the Astro CLI: astro login'
const CHECK_VALUES = 'Check the values that you passed. If they are right, quote the request ID to support'

describe('errors of requests', () => {
  it('explain each status', () => {
    const statuses: readonly (readonly [status: number, kind: ErrorKind, words: string, hint: string])[] = [
      [400, 'invalid_request', 'rejected the request', CHECK_VALUES],
      [401, 'unauthenticated', 'rejected the credential', CHECK_CREDENTIAL],
      [
        403,
        'forbidden',
        'denied the request',
        'Use a token or a login that may manage API tokens of this Organization',
      ],
      [404, 'not_found', 'could not find the requested object', 'Check the IDs'],
      [408, 'timeout', 'timed out waiting for the request', 'Try again'],
      [409, 'conflict', 'reports a conflict', 'Check the current roles, then try again: {{list}} --all-deployments'],
      [422, 'invalid_request', 'rejected the request', CHECK_VALUES],
      [429, 'rate_limited', 'rate limit was exceeded', 'Wait a minute, then try again'],
      [503, 'api', 'failed with status 503', 'Try again later'],
    ]
    for (const [status, kind, words, hint] of statuses) {
      const error = statusError({status, body: '<html>Bad gateway</html>', now: 0})
      expect(contentOf(error)).to.deep.equal({kind, message: `The Astro API ${words}.`, hint, status})
    }
  })

  it('contain the message, the request ID and the well-formed field errors of a response', () => {
    const field = {code: 'invalid', field: 'roles[0].role', message: 'is unknown'}
    const other = {code: 'required', field: 'roles', message: 'is missing'}
    const wrong = [null, {...field, code: 1}, {...field, field: undefined}, {...field, message: undefined}]
    for (const [body, words, details] of [
      [{message: 'no', requestId: 'r', x: 1}, ': no', {requestId: 'r'}],
      [
        {message: 'no', fieldErrors: [field, other]},
        ': no; roles[0].role: is unknown; roles: is missing',
        {fieldErrors: [field, other]},
      ],
      [
        {message: 12, requestId: {}, fieldErrors: [...wrong, field]},
        ': roles[0].role: is unknown',
        {fieldErrors: [field]},
      ],
    ] as const) {
      const error = statusError({status: 408, body: JSON.stringify(body), now: 0})
      const message = `The Astro API timed out waiting for the request${words}`
      expect(contentOf(error)).to.deep.equal({kind: 'timeout', message, hint: 'Try again', status: 408, ...details})
    }
  })

  it('read the seconds or the date of Retry-After, and ignore anything else', () => {
    for (const [retryAfter, words, retryAfterMs] of [
      [' 1 ', 'in 1 second', 1000],
      ['2026', 'in 2026 seconds', 2_026_000],
      ['Thu, 01 Jan 1970 00:16:30 GMT', 'after Thu, 01 Jan 1970 00:16:30 GMT', 90_000],
      ['Thu, 01 Jan 1970 00:00:00 GMT', 'after Thu, 01 Jan 1970 00:00:00 GMT', 0],
      ...['soon', '-5', '1.5', '2026-', undefined].map((header) => [header, 'later', undefined] as const),
    ] as const) {
      const {details} = statusError({status: 503, body: '', retryAfter, now: 900_000})
      expect(details, retryAfter).to.include({hint: `Try again ${words}`, retryAfterMs})
    }
  })

  it('explain the code of a request without a readable response', () => {
    for (const {codes, message, ...rest} of [
      {
        codes: 'ECONNREFUSED ENOTFOUND ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED XECONNRESET EPIPEX X_HPE_ XZ_',
        kind: 'network',
        message: 'Could not reach HOST (CODE).',
        hint: 'Check your network, ASTRO_DOMAIN and proxy settings, then try again',
      },
      {
        codes: 'ECONNRESET EPIPE ERR_STREAM_PREMATURE_CLOSE HPE_INVALID_EOF_STATE',
        kind: 'network',
        message: 'The connection to HOST was lost (CODE).',
        hint: 'Check your network and proxy settings, then try again',
      },
      {
        codes: 'HPE_INVALID_CHUNK_SIZE Z_DATA_ERROR ERR__ERROR_FORMAT_PADDING_1 ZSTD_error_prefix_unknown',
        kind: 'api',
        message: 'The response from HOST is malformed (CODE).',
        hint: 'Check any proxy between this machine and the Astro API, then try again',
      },
      {
        codes:
          'CERT_HAS_EXPIRED DEPTH_ZERO_SELF_SIGNED_CERT UNABLE_TO_VERIFY_LEAF_SIGNATURE ERR_TLS_CERT_ALTNAME_INVALID ' +
          'CRL_HAS_EXPIRED INVALID_CA INVALID_PURPOSE HOSTNAME_MISMATCH',
        kind: 'network',
        message: 'The certificate of HOST is not trusted (CODE).',
        hint: 'Set NODE_EXTRA_CA_CERTS to the CA certificates of your network; see "Certificates" on the troubleshooting page',
        mayRepeat: false,
      },
      {
        codes: 'ERR_INVALID_CHAR',
        kind: 'config',
        message: 'The credential contains a character that cannot be sent, such as a line break.',
        hint: CHECK_CREDENTIAL,
      },
    ]) {
      for (const code of codes.split(' ')) {
        const error = contentOf(connectionError(code, 'HOST'))
        expect(error).to.deep.equal({...rest, message: message.replace('CODE', code)})
      }
    }
  })

  it('explain a timeout, a response that is too large and one of another server', () => {
    const hint = 'Check that ASTRO_DOMAIN and any proxy lead to the Astro API'
    const foreign = 'The response (status 200) is not from the Astro API: no JSON.'
    expect(
      [timeoutError('HOST'), tooLarge(200, 'HOST', '64 KiB'), unreadable(200, 'no JSON')].map((error) =>
        contentOf(error),
      ),
    ).to.deep.equal([
      {kind: 'timeout', message: 'HOST did not respond in time.', hint: 'Check your network, then try again'},
      {kind: 'api', message: 'The response from HOST is larger than 64 KiB.', hint, status: 200},
      {kind: 'api', message: foreign, hint, status: 200},
    ])
  })
})
