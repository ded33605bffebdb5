import {expect} from 'chai'

import {connectionError, damaged, refusal, timedOut, unreadable} from '../../../src/lib/astro-api/failures.js'
import {type AstroError} from '../../../src/lib/errors.js'

const BODY = JSON.stringify({message: 'token is not allowed', requestId: 'req-1', statusCode: 400})

/** The error for a response that arrives at the time of the Unix epoch. */
function refused(status: number, body: string, retryAfter?: string): AstroError {
  return refusal({status, body, retryAfter, now: 0})
}

describe('failures of the Astro API', () => {
  describe('refusal', () => {
    const kinds: readonly (readonly [status: number, kind: string])[] = [
      [400, 'invalid_request'],
      [401, 'unauthenticated'],
      [403, 'forbidden'],
      [404, 'not_found'],
      [408, 'timeout'],
      [409, 'conflict'],
      [418, 'api'],
      [422, 'invalid_request'],
      [429, 'rate_limited'],
      [500, 'api'],
      [502, 'api'],
      [503, 'api'],
      [599, 'api'],
    ]
    for (const [status, kind] of kinds) {
      it(`is of the kind ${kind} for the status ${status}, with the API’s words and request ID`, () => {
        const failure = refused(status, BODY)
        expect(failure.kind).to.equal(kind)
        expect(failure.message).to.match(/^The Astro API .+: token is not allowed$/)
        expect(failure.details).to.include({status, requestId: 'req-1'})
      })
    }

    it('names a status that means nothing of its own', () => {
      expect(refused(503, '').message).to.equal('The Astro API failed with status 503.')
    })

    it('says what to do about a credential that is not accepted', () => {
      expect(refused(401, '').details.hint).to.contain('ASTRO_API_TOKEN').and.contain('astro login')
      expect(refused(403, '').details.hint).to.contain('Organization')
    })

    it('has the field errors, in the message too', () => {
      const fieldErrors = [
        {code: 'invalid', field: 'roles[0].role', message: 'is unknown'},
        {code: 'required', field: 'roles', message: 'is missing'},
      ]
      const failure = refused(400, JSON.stringify({message: 'bad request', requestId: 'r', fieldErrors}))
      expect(failure.message).to.contain(': bad request; roles[0].role: is unknown; roles: is missing')
      expect(failure.details.fieldErrors).to.deep.equal(fieldErrors)
    })

    it('takes of a body what is as documented, and lets the rest be', () => {
      const good = {code: 'c', field: 'f', message: 'm'}
      const fieldErrors = [null, 'x', [], {code: 'c', field: 'f'}, {code: 1, field: 'f', message: 'm'}, good]
      const failure = refused(400, JSON.stringify({message: 12, requestId: {}, fieldErrors}))
      expect(failure.message).to.match(/: f: m$/)
      expect(failure.details).to.have.deep.property('fieldErrors', [good])
      expect(failure.details.requestId).to.equal(undefined)
    })

    for (const body of [
      '',
      '<html>Bad gateway</html>',
      'null',
      '[]',
      '["message"]',
      '"text"',
      '7',
      '{"fieldErrors":{}}',
      '{',
    ]) {
      it(`says nothing of the body ${JSON.stringify(body)}`, () => {
        const failure = refused(404, body)
        expect(failure.kind).to.equal('not_found')
        expect(failure.message).to.equal('The Astro API did not find it.')
        expect(failure.details).to.include({status: 404, requestId: undefined, fieldErrors: undefined})
      })
    }

    it('says how long to wait', () => {
      expect(refused(429, BODY, '90').details.hint).to.equal('Try again in 90 seconds')
      expect(refused(503, '', ' 120 ').details.hint).to.equal('Try again in 120 seconds')
    })

    it('says until when to wait', () => {
      const {hint, retryAfterMs} = refused(429, BODY, 'Thu, 01 Jan 1970 00:01:30 GMT').details
      expect(hint).to.equal('Try again after Thu, 01 Jan 1970 00:01:30 GMT')
      expect(retryAfterMs).to.equal(90_000)
    })

    it('says what it says without Retry-After where that cannot be read', () => {
      const {hint, retryAfterMs} = refused(429, BODY, 'soon').details
      expect(hint).to.equal('Wait a minute, then try again')
      expect(retryAfterMs).to.equal(undefined)
    })
  })

  describe('connectionError', () => {
    const errors: readonly (readonly [code: string, kind: string, message: string])[] = [
      ['ECONNREFUSED', 'network', 'Could not reach HOST (ECONNREFUSED).'],
      ['ENOTFOUND', 'network', 'Could not reach HOST (ENOTFOUND).'],
      ['CERT_HAS_EXPIRED', 'network', 'Could not reach HOST (CERT_HAS_EXPIRED).'],
      ['ERR_SSL_WRONG_VERSION_NUMBER', 'network', 'Could not reach HOST (ERR_SSL_WRONG_VERSION_NUMBER).'],
      ['ECONNRESET', 'network', 'The connection to HOST was lost (ECONNRESET).'],
      ['EPIPE', 'network', 'The connection to HOST was lost (EPIPE).'],
      ['HPE_INVALID_EOF_STATE', 'network', 'The connection to HOST was lost (HPE_INVALID_EOF_STATE).'],
      ['HPE_INVALID_CHUNK_SIZE', 'api', 'The response from HOST is damaged (HPE_INVALID_CHUNK_SIZE).'],
      ['Z_DATA_ERROR', 'api', 'The response from HOST is damaged (Z_DATA_ERROR).'],
      ['ERR__ERROR_FORMAT_PADDING_1', 'api', 'The response from HOST is damaged (ERR__ERROR_FORMAT_PADDING_1).'],
      ['ZSTD_error_prefix_unknown', 'api', 'The response from HOST is damaged (ZSTD_error_prefix_unknown).'],
    ]
    for (const [code, kind, message] of errors) {
      it(`says what ${code} means`, () => {
        const failure = connectionError(code, 'HOST')
        expect(failure).to.include({kind, message})
        expect(failure.details.status).to.equal(undefined)
        expect(failure.details.hint).to.match(/proxy/)
      })
    }

    it('blames the credential for a character that no header can hold', () => {
      const failure = connectionError('ERR_INVALID_CHAR', 'HOST')
      expect(failure.kind).to.equal('config')
      expect(failure.details.hint).to.contain('ASTRO_API_TOKEN').and.contain('astro login')
    })
  })

  it('names the host that timed out', () => {
    expect(timedOut('HOST')).to.include({kind: 'timeout', message: 'HOST did not respond in time.'})
  })

  it('says what is damaged', () => {
    expect(damaged('invalid JSON', 'HOST').message).to.equal('The response from HOST is damaged (invalid JSON).')
  })

  describe('unreadable', () => {
    it('names the status and what is wrong', () => {
      const failure = unreadable(200, 'it is not JSON')
      expect(failure.kind).to.equal('api')
      expect(failure.message).to.contain('200').and.contain('it is not JSON')
      expect(failure.details).to.include({status: 200})
      expect(failure.details.hint).to.contain('ASTRO_DOMAIN')
    })
  })
})
