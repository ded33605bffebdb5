import {expect} from 'chai'
import fc from 'fast-check'

import {parseId, parseIds} from '../../../src/lib/selection/ids.js'
import {failureOf} from '../support.js'

const TOKEN = {what: 'TOKEN-ID', nameFlag: '--org-token-name'}
const EXAMPLE = 'An ID consists of letters and digits, such as clm8xq0b1000008l4d2g7h3kz'

describe('parseId', () => {
  it('trims an ID and converts it to lower case', () => {
    expect(parseId(' \tCLM8xq\n', TOKEN)).to.equal('clm8xq')
    expect(parseIds([' CL1 ', 'cl2'], {what: '--deployment-id'})).to.deep.equal(['cl1', 'cl2'])
  })

  it('returns nothing but letters and digits, whatever the text', () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^[a-zA-Z0-9]+[^a-zA-Z0-9]?$/))
    fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(parseId(text, TOKEN)).to.match(/^[\da-z]+$/)
        } catch (error) {
          expect(error).to.have.property('kind', 'usage')
        }
      }),
    )
  })

  for (const {texts, message, source = {what: 'TOKEN-ID'}, kind = 'usage', hint = EXAMPLE} of [
    {texts: ['a/../b'], message: 'TOKEN-ID is not an ID: "a/../b".'},
    {texts: ['a\nb'], message: String.raw`TOKEN-ID is not an ID: "a\nb".`},
    {texts: [' '], source: TOKEN, message: 'TOKEN-ID is empty.'},
    {texts: ['a/b', 'cl1', '', 'c d'], message: 'TOKEN-ID is not an ID: "a/b", "", "c d".'},
    {texts: ['a b'], source: {what: 'f', kind: 'config'}, kind: 'config', message: 'f is not an ID: "a b".'},
    {
      texts: ["Jo's etl"],
      source: TOKEN,
      message: `TOKEN-ID is not an ID: "Jo's etl".`,
      hint: String.raw`To use its name: {{this}} --org-token-name 'Jo'\''s etl'`,
    },
  ] as const) {
    it(`fails: ${JSON.stringify(texts)} from ${source.what}`, async () => {
      expect(await failureOf(() => parseIds(texts, source))).to.deep.include({kind, message, details: {hint}})
    })
  }
})
