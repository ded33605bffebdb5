import {expect} from 'chai'

import {networkError, refusal, unreadable} from '../../../src/lib/astro-api/failures.js'

const BODY = JSON.stringify({message: 'token is not allowed', requestId: 'req-1', statusCode: 400})

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
        const failure = refusal(status, BODY)
        expect(failure.kind).to.equal(kind)
        expect(failure.message).to.match(/^The Astro API .+: token is not allowed$/)
        expect(failure.details).to.include({status, requestId: 'req-1'})
      })
    }

    it('names a status that means nothing of its own', () => {
      expect(refusal(503, '').message).to.equal('The Astro API failed with status 503.')
    })

    it('says what to do about a credential that is not accepted', () => {
      expect(refusal(401, '').details.hint).to.contain('ASTRO_API_TOKEN').and.contain('astro login')
      expect(refusal(403, '').details.hint).to.contain('Organization')
    })

    it('has the field errors, in the message too', () => {
      const fieldErrors = [
        {code: 'invalid', field: 'roles[0].role', message: 'is unknown'},
        {code: 'required', field: 'roles', message: 'is missing'},
      ]
      const failure = refusal(400, JSON.stringify({message: 'bad request', requestId: 'r', fieldErrors}))
      expect(failure.message).to.contain(': bad request; roles[0].role: is unknown; roles: is missing')
      expect(failure.details.fieldErrors).to.deep.equal(fieldErrors)
    })

    it('takes of a body what is as documented, and lets the rest be', () => {
      const good = {code: 'c', field: 'f', message: 'm'}
      const fieldErrors = [null, 'x', [], {code: 'c', field: 'f'}, {code: 1, field: 'f', message: 'm'}, good]
      const failure = refusal(400, JSON.stringify({message: 12, requestId: {}, fieldErrors}))
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
        const failure = refusal(404, body)
        expect(failure.kind).to.equal('not_found')
        expect(failure.message).to.equal('The Astro API does not find what was asked for.')
        expect(failure.details).to.include({status: 404, requestId: undefined, fieldErrors: undefined})
      })
    }

    it('says how long to wait', () => {
      expect(refusal(429, BODY, '90').details.hint).to.equal('Try again in 90 seconds')
      expect(refusal(503, '', ' 120 ').details.hint).to.equal('Try again in 120 seconds')
    })

    it('says until when to wait', () => {
      expect(refusal(429, BODY, 'Wed, 21 Oct 2026 07:28:00 GMT').details.hint).to.equal(
        'Try again after Wed, 21 Oct 2026 07:28:00 GMT',
      )
    })

    it('says what it says without Retry-After where that cannot be read', () => {
      const {hint, retryAfterMs} = refusal(429, BODY, 'soon').details
      expect(hint).to.equal('Wait a minute, and try again')
      expect(retryAfterMs).to.equal(undefined)
    })
  })

  describe('networkError', () => {
    it('names the host and the reason', () => {
      const failure = networkError('ECONNREFUSED', 'api.astronomer.io', false)
      expect(failure.kind).to.equal('network')
      expect(failure.message).to.contain('api.astronomer.io').and.contain('ECONNREFUSED')
      expect(failure.details.hint).to.contain('ASTRO_DOMAIN').and.contain('proxy')
    })

    it('is a `timeout` where no answer came in time', () => {
      const failure = networkError('ETIMEDOUT', 'api.astronomer.io', true)
      expect(failure.kind).to.equal('timeout')
      expect(failure.message).to.contain('api.astronomer.io')
      expect(failure.details.hint).to.contain('try again')
    })
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
