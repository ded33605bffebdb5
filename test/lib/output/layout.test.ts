import {expect} from 'chai'
import fc from 'fast-check'

import {widthOf} from '../../../src/lib/output/display-width.js'
import {chooseLayout, type LayoutColumn} from '../../../src/lib/output/layout.js'
import {TEXT} from './fixtures.js'

const column = (header: string, width: number, least: number, isFirst = false): LayoutColumn => ({
  header,
  texts: ['x'.repeat(width)],
  least,
  isFirst,
})
/** An ID, a name, a description, a time and a role. */
const COLUMNS = [
  column('', 25, Infinity),
  column('', 30, 10),
  column('HEADER', 40, 0, true),
  column('', 15, Infinity),
  column('', 20, 10),
]

describe('a layout', () => {
  for (const {available, title, widths} of [
    {title: 'leaves what fits', available: 138, widths: [25, 30, 40, 15, 20]},
    {title: 'narrows the first column first', available: 137, widths: [25, 30, 39, 15, 20]},
    {title: 'narrows it to its header', available: 104, widths: [25, 30, 6, 15, 20]},
    {title: 'then narrows the widest', available: 100, widths: [25, 26, 6, 15, 20]},
    {title: 'then narrows the widest alike', available: 85, widths: [25, 15, 6, 15, 16]},
    {title: 'narrows each to its least width', available: 74, widths: [25, 10, 6, 15, 10]},
    {title: 'does not fit below that', available: 73, widths: [25, 10, 6, 15, 10]},
  ]) {
    it(title, () => {
      const {fits, lineOf} = chooseLayout([COLUMNS], available, widthOf)
      const cells = lineOf(COLUMNS.flatMap(({texts}) => texts)).split('  ')
      expect([fits, cells.map((cell) => cell.length)]).to.deep.equal([available >= 74, widths])
    })
  }

  it('is the first that fits, or the last', () => {
    const layouts = [COLUMNS, COLUMNS.slice(0, 2), COLUMNS.slice(0, 1)]
    const chosen = [138, 74, 73, 37, 36, 25, 24].map((available) => {
      const {columns, fits} = chooseLayout(layouts, available, widthOf)
      return [columns.length, fits]
    })
    expect(chosen).to.deep.equal([...[5, 5, 2, 2, 1, 1].map((count) => [count, true]), [1, false]])
  })

  it('gives every line the same width, whatever the texts, and cuts no header', () => {
    const columns = fc.array(fc.tuple(TEXT, fc.nat(20), fc.boolean()), {minLength: 1, maxLength: 6})
    fc.assert(
      fc.property(columns, fc.integer({min: 1, max: 120}), (cells, available) => {
        const layout = cells.map(([text, least, isFirst]) => ({header: 'NAME', texts: [text], least, isFirst}))
        const {fits, lineOf} = chooseLayout([layout], available, widthOf)
        const [line, header] = [lineOf(cells.map(([text]) => text)), lineOf(cells.map(() => 'NAME'))]
        expect(widthOf(line)).to.equal(widthOf(header))
        expect(header.trimEnd()).to.match(/^(?:NAME *)+$/)
        if (fits) expect(widthOf(line)).to.be.at.most(available)
      }),
    )
  })
})
