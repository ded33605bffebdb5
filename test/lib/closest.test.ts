import {expect} from 'chai'
import fc from 'fast-check'

import {byCloseness, closest} from '../../src/lib/closest.js'
import {CLOSEST} from './closest-table.js'

const itself = (text: string) => [text]

describe('byCloseness and closest', () => {
  it('keeps every item, and puts the same text first, in any case', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.string(), (texts, wanted) => {
        const items = Object.freeze([...texts, wanted.toUpperCase()])
        const sorted = byCloseness(wanted.toLowerCase(), items, itself)
        expect(sorted).to.have.members([...items])
        expect(sorted[0]?.toLowerCase()).to.equal(wanted.toUpperCase().toLowerCase())
      }),
    )
  })

  it('sorts by the closest of the texts of an item', () => {
    const items = [
      {id: 'zzzz', name: 'none'},
      {id: 'abcd', name: 'wholly other'},
      {id: 'wxyz', name: 'abxy'},
    ]
    const sorted = byCloseness('abcx', items, ({id, name}) => [id, name])
    expect(sorted.map(({id}) => id)).to.deep.equal(['abcd', 'wxyz', 'zzzz'])
  })
  for (const [title, wanted, texts, found] of CLOSEST) {
    it(title, () => {
      expect(closest(wanted, texts, itself)).to.deep.equal(found)
    })
  }
})
