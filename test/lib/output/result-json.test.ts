import {expect} from 'chai'

import {AstroError, redact} from '../../../src/lib/errors.js'
import {errorJson} from '../../../src/lib/output/result-json.js'
import {jwt} from '../support.js'
import {DOCUMENTS} from './result-json-table.js'

/** As text, which has the order of keys too. */
const expectJson = (actual: unknown, expected: unknown) => {
  expect(JSON.stringify(actual)).to.equal(JSON.stringify(expected))
}

const jsonOf = (error: AstroError) => errorJson(error, redact)

describe('the JSON documents', () => {
  for (const [title, document, expected] of DOCUMENTS) {
    it(title, () => {
      expectJson(document(), expected)
    })
  }

  describe('of errors', () => {
    const fieldErrors = [{code: 'invalid', field: 'roles', message: 'is odd'}]
    const candidates = [{id: 'a', name: 'A'}, {name: 'B'}]

    it('have the documented keys', () => {
      const details = {hint: 'Pass the ID', status: 400, requestId: 'req-1', fieldErrors, candidates}
      expectJson(jsonOf(new AstroError('conflict', 'No.')), {error: {kind: 'conflict', message: 'No.', exit: 5}})
      expect(JSON.stringify(jsonOf(new AstroError('ambiguous', 'Which?', details)))).to.equal(
        '{"error":{"kind":"ambiguous","message":"Which?","exit":2,"hint":"Pass the ID","status":400,' +
          `"request_id":"req-1","field_errors":${JSON.stringify(fieldErrors)},"candidates":${JSON.stringify(candidates)}}}`,
      )
    })

    it('have nothing else', () => {
      const secret = 'do-not-print-me'
      const withSecret = (items: readonly object[]) => items.map((item) => ({...item, secret}))
      const details = {candidates: withSecret(candidates), fieldErrors: withSecret(fieldErrors), options: {secret}}
      const error = Object.assign(new AstroError('api', 'No.', details as object), {cause: new Error(secret)})
      expectJson(jsonOf(error), {error: {kind: 'api', message: 'No.', exit: 1, field_errors: fieldErrors, candidates}})
    })

    it('redact every text from outside', () => {
      const token = jwt({sub: 'x'})
      const details = {hint: token, requestId: token, fieldErrors: [{code: token, field: token, message: token}]}
      const text = JSON.stringify(jsonOf(new AstroError('usage', token, details)))
      expect(text.match(/"\[redacted\]"/g)).to.have.length(6)
      expect(text).not.to.contain(token)
    })
  })
})
