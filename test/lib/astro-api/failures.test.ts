import {expect} from 'chai'

import {
  connectionError,
  type ErrorResponse,
  statusError,
  timeoutError,
  tooLarge,
  unreadable,
} from '../../../src/lib/astro-api/failures.js'
import {type AstroError, type ErrorKind} from '../../../src/lib/errors.js'

/** What programs and people see of an error; keys without a value are omitted. */
function contentOf({details, kind, message}: AstroError): unknown {
  return Object.fromEntries(Object.entries({kind, message, ...details}).filter(([, value]) => value !== undefined))
}

const CHECK_CREDENTIAL = 'Check ASTRO_API_TOKEN, or log in again with the Astro CLI: astro login'
const CHECK_VALUES = 'Check the values that you passed. If they are right, quote the request ID to support'

describe('errors of requests', () => {
  describe('the error for a status', () => {
    const statuses: readonly {status: number; kind: ErrorKind; words: string; hint: string}[] = [
      {status: 400, kind: 'invalid_request', words: 'rejected the request', hint: CHECK_VALUES},
      {status: 401, kind: 'unauthenticated', words: 'rejected the credential', hint: CHECK_CREDENTIAL},
      {
        status: 403,
        kind: 'forbidden',
        words: 'denied the request',
        hint: 'Use a token or a login that may manage API tokens of this Organization',
      },
      {status: 404, kind: 'not_found', words: 'could not find the requested object', hint: 'Check the IDs'},
      {status: 408, kind: 'timeout', words: 'timed out waiting for the request', hint: 'Try again'},
      {
        status: 409,
        kind: 'conflict',
        words: 'reports a conflict',
        hint: 'Check the current roles, then try again: {{list}} --all-deployments',
      },
      {status: 422, kind: 'invalid_request', words: 'rejected the request', hint: CHECK_VALUES},
      {status: 429, kind: 'rate_limited', words: 'rate limit was exceeded', hint: 'Wait a minute, then try again'},
      {status: 503, kind: 'api', words: 'failed with status 503', hint: 'Try again later'},
    ]
    for (const {hint, kind, status, words} of statuses) {
      it(`is ${kind} for ${status}`, () => {
        const error = statusError({status, body: '', now: 0})
        expect(contentOf(error)).to.deep.equal({kind, message: `The Astro API ${words}.`, hint, status})
      })
    }

    const field = {code: 'invalid', field: 'roles[0].role', message: 'is unknown'}
    const other = {code: 'required', field: 'roles', message: 'is missing'}
    const wrong = [null, {...field, code: 1}, {...field, field: undefined}, {...field, message: undefined}]
    for (const [body, words, details] of [
      [{message: 'no token', requestId: 'req-1', statusCode: 404}, ': no token', {requestId: 'req-1'}],
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
      [{fieldErrors: {}, message: ''}, '.', {}],
    ] as const) {
      it(`reads only documented fields of its body: ${JSON.stringify(body)}`, () => {
        const error = statusError({status: 404, body: JSON.stringify(body), now: 0})
        const message = `The Astro API could not find the requested object${words}`
        expect(contentOf(error)).to.deep.equal({
          kind: 'not_found',
          message,
          hint: 'Check the IDs',
          status: 404,
          ...details,
        })
      })
    }

    it('ignores a body that is not JSON', () => {
      const {details, message} = statusError({status: 503, body: '<html>Bad gateway</html>', now: 0})
      expect({details, message}).to.deep.include({message: 'The Astro API failed with status 503.'})
    })

    const waits: readonly (readonly [ErrorResponse['retryAfter'], string, number?])[] = [
      ['90', 'Try again in 90 seconds', 90_000],
      [' 1 ', 'Try again in 1 second', 1000],
      ['0', 'Try again in 0 seconds', 0],
      ['2026', 'Try again in 2026 seconds', 2_026_000],
      ['Thu, 01 Jan 1970 00:16:30 GMT', 'Try again after Thu, 01 Jan 1970 00:16:30 GMT', 90_000],
      ['Thu, 01 Jan 1970 00:00:00 GMT', 'Try again after Thu, 01 Jan 1970 00:00:00 GMT', 0],
      ...['soon', '-5', '1.5', '2026-', undefined].map((header) => [header, 'Try again later'] as const),
    ]
    for (const [retryAfter, hint, retryAfterMs] of waits) {
      it(`reads Retry-After: ${retryAfter ?? 'none'}`, () => {
        const quarterPast = 900_000
        const {details} = statusError({status: 503, body: '', retryAfter, now: quarterPast})
        expect(details).to.include({hint, retryAfterMs})
      })
    }
  })

  describe('the error without a readable response', () => {
    const groups = [
      {
        codes: ['ECONNREFUSED', 'ENOTFOUND', 'ERR_SSL_WRONG_VERSION_NUMBER', 'XECONNRESET', 'EPIPEX', 'X_HPE_', 'XZ_'],
        kind: 'network',
        message: 'Could not reach HOST (CODE).',
        hint: 'Check your network, ASTRO_DOMAIN and proxy settings, then try again',
      },
      {
        codes: ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'HPE_INVALID_EOF_STATE'],
        kind: 'network',
        message: 'The connection to HOST was lost (CODE).',
        hint: 'Check your network and proxy settings, then try again',
      },
      {
        codes: ['HPE_INVALID_CHUNK_SIZE', 'Z_DATA_ERROR', 'ERR__ERROR_FORMAT_PADDING_1', 'ZSTD_error_prefix_unknown'],
        kind: 'api',
        message: 'The response from HOST is malformed (CODE).',
        hint: 'Check any proxy between this machine and the Astro API, then try again',
      },
      {
        codes: [
          'CERT_HAS_EXPIRED',
          'DEPTH_ZERO_SELF_SIGNED_CERT',
          'SELF_SIGNED_CERT_IN_CHAIN',
          'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
          'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
          'ERR_TLS_CERT_ALTNAME_INVALID',
          'CRL_HAS_EXPIRED',
          'INVALID_CA',
          'INVALID_PURPOSE',
          'HOSTNAME_MISMATCH',
        ],
        kind: 'network',
        message: 'The certificate of HOST is not trusted (CODE).',
        hint: 'Set NODE_EXTRA_CA_CERTS to the CA certificates of your network; see "Certificates" on the troubleshooting page',
        mayRepeat: false,
      },
      {
        codes: ['ERR_INVALID_CHAR'],
        kind: 'config',
        message: 'The credential contains a character that cannot be sent, such as a line break.',
        hint: CHECK_CREDENTIAL,
      },
    ]
    for (const {codes, message, ...rest} of groups) {
      for (const code of codes) {
        it(`explains the code ${code}`, () => {
          const error = connectionError(code, 'HOST')
          expect(contentOf(error)).to.deep.equal({...rest, message: message.replace('CODE', code)})
        })
      }
    }

    it('explains a timeout', () => {
      const error = {kind: 'timeout', message: 'HOST did not respond in time.'}
      expect(contentOf(timeoutError('HOST'))).to.deep.equal({...error, hint: 'Check your network, then try again'})
    })

    for (const [error, message] of [
      [tooLarge(200, 'HOST', '64 KiB'), 'The response from HOST is larger than 64 KiB.'],
      [unreadable(200, 'no JSON'), 'The response (status 200) is not from the Astro API: no JSON.'],
    ] as const) {
      it(`says which response is unreadable: ${message}`, () => {
        const hint = 'Check that ASTRO_DOMAIN and any proxy lead to the Astro API'
        expect(contentOf(error)).to.deep.equal({kind: 'api', message, hint, status: 200})
      })
    }
  })
})
