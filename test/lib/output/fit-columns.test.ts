import {expect} from 'chai'
import fc from 'fast-check'

import {fitColumns, sumOf, type Truncation} from '../../../src/lib/output/fit-columns.js'
import {FITTED} from './fit-columns-table.js'

describe('fitColumns', () => {
  for (const [title, widths, available, fitted] of FITTED) {
    it(title, () => {
      const truncations = ['never', 'second', 'first', 'blocks', 'second'] as const
      expect(fitColumns(widths, truncations, available)).to.deep.equal(fitted)
    })
  }

  it('fits whenever the least widths do, and narrows no column more than it may', () => {
    const column = fc.tuple(fc.nat({max: 300}), fc.constantFrom<Truncation>('blocks', 'first', 'never', 'second'))
    fc.assert(
      fc.property(fc.array(column, {minLength: 1, maxLength: 8}), fc.nat({max: 400}), (columns, available) => {
        const [widths, truncations] = [columns.map(([width]) => width), columns.map(([, truncation]) => truncation)]
        const least = columns.map(([width, how]) => (how === 'first' || how === 'second' ? Math.min(width, 10) : width))
        const fitted = fitColumns(widths, truncations, available)
        expect(fitted === undefined).to.equal(sumOf(least) > available)
        if (!fitted) return
        expect(sumOf(fitted)).to.be.at.most(available)
        for (const [at, width] of fitted.entries()) expect(width).to.be.within(least[at] ?? 0, widths[at] ?? 0)
        if (sumOf(widths) <= available) expect(fitted).to.deep.equal(widths)
      }),
    )
  })
})
