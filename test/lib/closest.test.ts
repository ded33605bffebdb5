import {expect} from 'chai'
import fc from 'fast-check'

import {byCloseness, closest} from '../../src/lib/closest.js'

const itself = (text: string) => [text]

describe('what is closest', () => {
  describe('byCloseness', () => {
    it('sorts all, the closest first, and case does not count', () => {
      expect(byCloseness('deploy raeder', ['Workspace', 'Deploy Writer', 'DEPLOY READER'], itself)).to.deep.equal([
        'DEPLOY READER',
        'Deploy Writer',
        'Workspace',
      ])
    })

    it('takes the closest of the texts of an item', () => {
      const items = [
        {id: 'zzzz', name: 'none'},
        {id: 'abcd', name: 'wholly other'},
      ]
      expect(byCloseness('abcx', items, ({id, name}) => [id, name])[0]).to.equal(items[1])
    })

    it('loses nothing, changes nothing and puts the same text first', () => {
      fc.assert(
        fc.property(fc.array(fc.string()), fc.string(), (texts, wanted) => {
          const items = Object.freeze([...texts, wanted])
          const sorted = byCloseness(wanted, items, itself)
          expect(sorted).to.have.members([...items])
          expect(sorted[0]?.toLowerCase()).to.equal(wanted.toLowerCase())
        }),
      )
    })
  })

  describe('closest', () => {
    it('finds what was mistyped', () => {
      expect(closest('elt-prod', ['etl-prod', 'billing', 'reports'], itself)).to.deep.equal(['etl-prod'])
    })

    it('finds what holds the text, or is held by it', () => {
      expect(closest('etl', ['nightly-etl-production', 'billing'], itself)).to.deep.equal(['nightly-etl-production'])
      expect(closest('nightly-etl-production', ['etl', 'billing'], itself)).to.deep.equal(['etl'])
    })

    it('puts what is nearer before what merely holds the text', () => {
      expect(closest('etl', ['the-etl-of-last-year', 'etl2'], itself)).to.deep.equal(['etl2', 'the-etl-of-last-year'])
    })

    it('counts as close what differs in half of its letters, not in more', () => {
      expect(closest('abcd', ['abxy', 'axyz'], itself)).to.deep.equal(['abxy'])
    })

    it('does not count what holds one or two letters alone', () => {
      expect(closest('ab', ['abcdefgh'], itself)).to.deep.equal([])
    })

    it('gives three at most', () => {
      expect(closest('etl', ['etl1', 'etl2', 'etl3', 'etl4'], itself)).to.deep.equal(['etl1', 'etl2', 'etl3'])
    })

    it('finds nothing among nothing', () => {
      expect(closest('etl', [], itself)).to.deep.equal([])
    })
  })
})
