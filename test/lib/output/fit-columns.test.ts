import {expect} from 'chai'
import fc from 'fast-check'

import {fitColumns, sumOf, type Truncation} from '../../../src/lib/output/fit-columns.js'

const COLUMNS: readonly Truncation[] = ['never', 'second', 'first', 'blocks', 'second']

describe('fitColumns', () => {
  const cases: readonly (readonly [what: string, available: number, widths: readonly number[] | undefined])[] = [
    ['leaves what fits', 130, [25, 30, 40, 15, 20]],
    ['narrows the description first', 129, [25, 30, 39, 15, 20]],
    ['narrows it to ten columns', 100, [25, 30, 10, 15, 20]],
    ['then narrows the widest of names and roles', 95, [25, 25, 10, 15, 20]],
    ['then narrows names and roles alike', 80, [25, 15, 10, 15, 15]],
    ['narrows each to ten columns', 70, [25, 10, 10, 15, 10]],
    ['gives up below that', 69, undefined],
  ]
  for (const [what, available, widths] of cases) {
    it(what, () => {
      expect(fitColumns([25, 30, 40, 15, 20], COLUMNS, available)).to.deep.equal(widths)
    })
  }

  it('leaves columns that are narrower than ten', () => {
    expect(fitColumns([25, 4, 9, 15, 20], COLUMNS, 63)).to.deep.equal([25, 4, 9, 15, 10])
    expect(fitColumns([25, 4, 9, 15, 20], COLUMNS, 62)).to.equal(undefined)
  })

  it('fits whenever the least widths do, and narrows nothing more than it may', () => {
    const column = fc.tuple(fc.nat({max: 300}), fc.constantFrom<Truncation>('blocks', 'first', 'never', 'second'))
    fc.assert(
      fc.property(fc.array(column, {minLength: 1, maxLength: 8}), fc.nat({max: 400}), (columns, available) => {
        const widths = columns.map(([width]) => width)
        const truncations = columns.map(([, truncation]) => truncation)
        const least = columns.map(([width, truncation]) =>
          truncation === 'first' || truncation === 'second' ? Math.min(width, 10) : width,
        )
        const fitted = fitColumns(widths, truncations, available)
        expect(fitted === undefined).to.equal(sumOf(least) > available)
        if (!fitted) return
        expect(sumOf(fitted)).to.be.at.most(available)
        for (const [index, width] of fitted.entries()) {
          expect(width).to.be.within(least[index] ?? 0, widths[index] ?? 0)
        }

        if (sumOf(widths) <= available) expect(fitted).to.deep.equal(widths)
      }),
    )
  })
})
