import {expect} from 'chai'
import fc from 'fast-check'

import {parseId, parseIds, parseTokenId} from '../../../src/lib/selection/ids.js'
import {failureOf} from '../support.js'

const HINT = 'An ID consists of letters and digits, such as clm8xq0b1000008l4d2g7h3kz'

describe('parseId', () => {
  it('trims an ID and converts it to lower case', () => {
    expect(parseId(' \tCLM8xq\n', 'TOKEN-ID')).to.equal('clm8xq')
    expect(parseIds([' CL1 ', 'cl2'], '--deployment-id')).to.deep.equal(['cl1', 'cl2'])
    expect(parseTokenId(' CL1 ')).to.equal('cl1')
  })

  it('returns nothing but letters and digits, whatever the text', () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^[a-zA-Z0-9]+[^a-zA-Z0-9]?$/))
    fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(parseId(text, 'TOKEN-ID')).to.match(/^[\da-z]+$/)
        } catch (error) {
          expect(error).to.have.property('kind', 'usage')
        }
      }),
    )
  })

  const failures: readonly (readonly [title: string, parse: () => unknown, message: string, hint?: string])[] = [
    ['a path', () => parseId('a/../b', '--deployment-id'), '--deployment-id is not an ID: "a/../b".'],
    ['a leading sign', () => parseId('-a', 'TOKEN-ID'), 'TOKEN-ID is not an ID: "-a".'],
    ['a trailing sign', () => parseId('a?', 'TOKEN-ID'), 'TOKEN-ID is not an ID: "a?".'],
    ['a letter that is not ASCII', () => parseId('é', 'TOKEN-ID'), 'TOKEN-ID is not an ID: "é".'],
    ['an inner line break', () => parseId('a\nb', 'TOKEN-ID'), String.raw`TOKEN-ID is not an ID: "a\nb".`],
    ['a blank text', () => parseId(' ', 'TOKEN-ID'), 'TOKEN-ID is empty.'],
    ['a blank token ID', () => parseTokenId('\n'), 'TOKEN-ID is empty.'],
    [
      'several wrong texts in a list',
      () => parseIds(['a/b', 'cl1', '', 'c d'], '--deployment-id'),
      '--deployment-id is not an ID: "a/b", "", "c d".',
    ],
    ['one wrong text in a list', () => parseIds(['cl1', 'c d'], '--id'), '--id is not an ID: "c d".'],
    ['an empty text in a list', () => parseIds(['cl1', '', ' '], '--id'), '--id is empty.'],
    [
      'a token name in place of an ID',
      () => parseTokenId("Jo's etl"),
      `TOKEN-ID is not an ID: "Jo's etl".`,
      String.raw`To select the token by its name: {{this}} --org-token-name 'Jo'\''s etl'`,
    ],
  ]
  for (const [title, parse, message, hint = HINT] of failures) {
    it(`rejects ${title}`, async () => {
      expect(await failureOf(parse)).to.deep.include({kind: 'usage', message, details: {hint}})
    })
  }
})
