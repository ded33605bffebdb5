import {expect} from 'chai'
import fc from 'fast-check'

import {parseId, parseIds} from '../../../src/lib/selection/ids.js'
import {failureOf} from '../support.js'

describe('parseId', () => {
  it('takes an ID as it is', () => {
    expect(parseId('clm8xq0b1000008l4d2g7h3kz', 'TOKEN-ID')).to.equal('clm8xq0b1000008l4d2g7h3kz')
  })

  it('trims it and makes it lower case', () => {
    expect(parseId(' \tCLM8xq\n', 'TOKEN-ID')).to.equal('clm8xq')
  })

  for (const text of ['a b', 'a/b', '../a', 'a?b=c', 'a#b', 'a%2fb', 'a-b', 'a_b', 'é', '１', 'a\nb', 'a\u0000']) {
    it(`refuses ${JSON.stringify(text)}, and names where it came from`, async () => {
      const failure = await failureOf(() => parseId(text, '--deployment-id'))
      expect(failure.kind).to.equal('usage')
      expect(failure.message).to.equal(`--deployment-id is not an ID: ${JSON.stringify(text)}.`)
      expect(failure.details.hint).to.contain('letters and digits')
    })
  }

  for (const text of ['', '  ', '\n']) {
    it(`says that ${JSON.stringify(text)} is empty`, async () => {
      const failure = await failureOf(() => parseId(text, 'TOKEN-ID'))
      expect(failure).to.include({kind: 'usage', message: 'TOKEN-ID is empty.'})
    })
  }

  it('gives nothing but letters and digits, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({unit: 'binary'}), (text) => {
        try {
          expect(parseId(text, 'TOKEN-ID')).to.match(/^[\da-z]+$/)
        } catch (error) {
          expect(error).to.have.property('kind', 'usage')
        }
      }),
    )
  })

  it('names each of several that are none', async () => {
    const failure = await failureOf(() => parseIds(['a/b', 'cl1', 'c d'], '--deployment-id'))
    expect(failure).to.include({kind: 'usage', message: '--deployment-id is not an ID: "a/b", "c d".'})
    expect(parseIds([' CL1 ', 'cl2'], '--deployment-id')).to.deep.equal(['cl1', 'cl2'])
  })
})
