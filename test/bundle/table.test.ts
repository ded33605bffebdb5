import {expect} from 'chai'
import fc from 'fast-check'
import {pathToFileURL} from 'node:url'
import widthOf from 'string-width'

import {drawTable} from '../../src/lib/output/table.js'
import {linesOf} from '../lib/output/fixtures.js'
import {expectFit, isInBlocks, WIDE_COLUMNS, WIDE_ROWS} from '../lib/output/texts.js'
import {builtFrom, ROOT} from './support.js'

/** Characters of which every library knows the width, some of them two columns wide. */
const CHARACTERS = ['a', 'b', ' ', 'c', '-', '_', '.', 'ß', 'ø', 'Ж', 'Ω', '漢', '字', 'か', '한']
const text = fc.string({maxLength: 40, unit: fc.constantFrom(...CHARACTERS)})
const ROWS = fc.array(fc.tuple(text, text, text, text, text, text), {minLength: 1, maxLength: 4})

/** Some characters combine with the space after them, which moves what follows. */
const isPlain = (cell: string) => widthOf(`${cell} `) === widthOf(cell) + 1

describe('the table of the bundle', () => {
  let draw: typeof drawTable

  before(async () => {
    const file = pathToFileURL(ROOT + builtFrom('src/lib/output/table.ts')).href
    const bundled = (await import(file)) as {drawTable: typeof drawTable}
    draw = bundled.drawTable
  })

  it('looks as ink draws it', async () => {
    await fc.assert(
      fc.asyncProperty(ROWS, fc.constantFrom(undefined, 120), fc.boolean(), async (rows, width, hasHeader) => {
        const options = {width, hasHeader, hasColors: false}
        const [drawn, byInk] = [await draw(WIDE_COLUMNS, rows, options), await drawTable(WIDE_COLUMNS, rows, options)]
        expect(linesOf(drawn)).to.deep.equal(linesOf(byInk))
      }),
      {numRuns: 6},
    )
  })

  it('fits any terminal, whatever the cells hold, with whole IDs and aligned columns', async () => {
    await fc.assert(
      fc.asyncProperty(WIDE_ROWS, fc.constantFrom(60, 80, 120, 200), fc.boolean(), async (rows, width, hasHeader) => {
        const table = await draw(WIDE_COLUMNS, rows, {width, hasHeader, hasColors: false})
        expectFit(table, {width, rows, headerLines: hasHeader ? 2 : 0})
        if (isInBlocks(table) || !rows.flat().every((cell) => isPlain(cell))) return
        const ends = linesOf(table).filter((line) => line.endsWith('END'))
        expect(ends).to.have.length(rows.length)
        expect(new Set(ends.map((line) => widthOf(line)))).to.have.property('size', 1)
      }),
      {numRuns: 50},
    )
  })
})
