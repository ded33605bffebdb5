import {expect} from 'chai'

import {byCloseness, closest} from '../../src/lib/closest.js'

describe('closest and byCloseness', () => {
  for (const [title, wanted, texts, found] of [
    ['finds a mistyped text in any case', 'elt-prod', ['billing', 'ETL-prod', 'reports'], ['ETL-prod']],
    ['finds a text that contains the wanted one', 'etl', ['nightly-etl-prod', 'billing'], ['nightly-etl-prod']],
    ['finds a text that the wanted one contains', 'nightly-etl-prod', ['billing', 'etl'], ['etl']],
    ['prefers a near text to one that contains it', 'etl', ['the-etl-of-2025', 'etl2'], ['etl2', 'the-etl-of-2025']],
    ['ignores a text that shares less than half', 'abcd', ['axyz', 'abxy', 'abcx'], ['abcx', 'abxy']],
    ['ignores a text that contains two letters', 'ab', ['abcdefgh'], []],
    ['ignores two letters that the wanted text contains', 'abcdefgh', ['ab'], []],
    ['returns three at most', 'etl', ['etl1', 'etl2', 'etl3', 'etl4'], ['etl1', 'etl2', 'etl3']],
  ] as const) {
    it(title, () => {
      expect(closest(wanted, texts, (text) => [text])).to.deep.equal(found)
    })
  }

  it('sorts every item by the closest of the texts of each', () => {
    const items = [
      {id: 'zzzz', name: 'none'},
      {id: 'abcd', name: 'wholly other'},
      {id: 'wxyz', name: 'abxy'},
    ]
    const sorted = byCloseness('abcx', items, ({id, name}) => [id, name])
    expect(sorted.map(({id}) => id)).to.deep.equal(['abcd', 'wxyz', 'zzzz'])
  })
})
