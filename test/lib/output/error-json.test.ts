import {expect} from 'chai'

import {AstroError, redact} from '../../../src/lib/errors.js'
import {errorJson} from '../../../src/lib/output/result-json.js'
import {jwt} from '../support.js'

describe('errorJson', () => {
  it('has the documented keys, in their order', () => {
    const error = new AstroError('ambiguous', 'Which?', {
      hint: 'Give the ID',
      status: 400,
      requestId: 'req-1',
      fieldErrors: [{code: 'invalid', field: 'roles', message: 'is odd'}],
      candidates: [{id: 'a', name: 'A'}, {name: 'B'}],
    })
    expect(JSON.stringify(errorJson(error, redact))).to.equal(
      JSON.stringify({
        error: {
          kind: 'ambiguous',
          message: 'Which?',
          exit: 2,
          hint: 'Give the ID',
          status: 400,
          request_id: 'req-1',
          field_errors: [{code: 'invalid', field: 'roles', message: 'is odd'}],
          candidates: [{id: 'a', name: 'A'}, {name: 'B'}],
        },
      }),
    )
  })

  it('leaves out what the error does not know', () => {
    expect(JSON.stringify(errorJson(new AstroError('conflict', 'No.'), redact))).to.equal(
      '{"error":{"kind":"conflict","message":"No.","exit":5}}',
    )
  })

  it('lets nothing out that is not on its list, wherever it hangs', () => {
    const secret = 'do-not-print-me'
    const details = {
      candidates: [{id: 'a', name: 'A', secret}],
      fieldErrors: [{code: 'c', field: 'f', message: 'm', secret}],
      options: {headers: {authorization: secret}},
    }
    const error = Object.assign(new AstroError('api', 'No.', details), {
      cause: new Error(secret),
      request: {secret},
      toJSON: () => secret,
    })
    expect(JSON.stringify(errorJson(error, redact))).to.equal(
      '{"error":{"kind":"api","message":"No.","exit":1,"field_errors":[{"code":"c","field":"f","message":"m"}],"candidates":[{"id":"a","name":"A"}]}}',
    )
  })

  it('takes what looks like a token out of what it quotes', () => {
    const token = jwt({sub: 'x'})
    const error = new AstroError('usage', `Unexpected argument: ${token}`, {
      hint: `Not ${token}`,
      fieldErrors: [{code: 'c', field: 'f', message: `has "${token}"`}],
    })
    expect(errorJson(error, redact).error).to.deep.include({
      message: 'Unexpected argument: [redacted]',
      hint: 'Not [redacted]',
      field_errors: [{code: 'c', field: 'f', message: 'has "[redacted]"'}],
    })
  })
})
