import {expect} from 'chai'
import fc from 'fast-check'

import {parseIds} from '../../../src/lib/selection/ids.js'
import {failureOf} from '../support.js'

const TOKEN = {what: 'TOKEN-ID', nameFlag: '--org-token-name'}

describe('parseIds', () => {
  it('returns nothing but lower-case letters and digits, whatever the text', () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^[a-zA-Z0-9]+[^a-zA-Z0-9]?$/))
    fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(parseIds([text], TOKEN)[0]).to.match(/^[\da-z]+$/)
        } catch (error) {
          expect(error).to.have.property('kind', 'usage')
        }
      }),
    )
  })

  for (const {source, texts, message} of [
    {source: TOKEN, texts: [' '], message: 'TOKEN-ID is empty.'},
    {source: {what: 'ID'}, texts: ['a/b', 'cl1', '', 'c d'], message: 'ID is not an ID: "a/b", "", "c d".'},
  ]) {
    it(`fails: ${message}`, async () => {
      const details = {hint: 'An ID consists of letters and digits, such as clm8xq0b1000008l4d2g7h3kz'}
      expect(await failureOf(() => parseIds(texts, source))).to.deep.include({kind: 'usage', message, details})
    })
  }
})
