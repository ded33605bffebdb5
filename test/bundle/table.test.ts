import {expect} from 'chai'
import fc from 'fast-check'
import {pathToFileURL} from 'node:url'
import widthOf from 'string-width'

import {drawTable} from '../../src/lib/output/table.js'
import {expectFit, isInBlocks, WIDE_COLUMNS, WIDE_ROWS} from '../lib/output/texts.js'
import {builtFrom, ROOT} from './support.js'

/** Characters on whose width everybody agrees, among them some that take two columns. */
const CHARACTERS = ['a', 'b', ' ', 'c', '-', '_', '.', 'ß', 'ø', 'Ж', 'Ω', '漢', '字', 'か', '한']
const text = fc.string({maxLength: 40, unit: fc.constantFrom(...CHARACTERS)})
const ROWS = fc.array(fc.tuple(text, text, text, text, text, text), {minLength: 1, maxLength: 6})

/** Each line without the spaces at its end, which do not show. */
function linesOf(table: string): string[] {
  return table.split('\n').map((line) => line.trimEnd())
}

/** Some characters count as one with the space after them, which moves what follows. */
function isPlain(cell: string): boolean {
  return widthOf(`${cell} `) === widthOf(cell) + 1
}

describe('the table of the bundle', () => {
  let draw: typeof drawTable

  before(async () => {
    const bundled = (await import(pathToFileURL(ROOT + builtFrom('src/lib/output/table.ts')).href)) as {
      drawTable: typeof drawTable
    }
    draw = bundled.drawTable
  })

  it('is the one that ink draws', async () => {
    const widths = fc.constantFrom(undefined, 100, 150)
    await fc.assert(
      fc.asyncProperty(ROWS, widths, fc.boolean(), async (rows, width, hasHeader) => {
        const options = {width, hasHeader, hasColors: false}
        const drawn = await draw(WIDE_COLUMNS, rows, options)
        expect(linesOf(drawn)).to.deep.equal(linesOf(await drawTable(WIDE_COLUMNS, rows, options)))
      }),
      {numRuns: 60},
    )
  })

  for (const width of [60, 80, 120, 200]) {
    it(`has no line over ${width} columns, and each row in a line or a block with its ID, whatever is in it`, async () => {
      await fc.assert(
        fc.asyncProperty(WIDE_ROWS, fc.boolean(), async (rows, hasHeader) => {
          const table = await draw(WIDE_COLUMNS, rows, {width, hasHeader, hasColors: false})
          expectFit(table, {width, rows, headerLines: hasHeader ? 2 : 0})
        }),
      )
    })
  }

  it('keeps columns aligned, drawn or only padded, whatever is in them', async () => {
    const plainRows = WIDE_ROWS.filter((rows) => rows.flat().every((cell) => isPlain(cell)))
    const cases = fc.tuple(plainRows, fc.constantFrom(100, 120), fc.constantFrom(1, 21))
    await fc.assert(
      fc.asyncProperty(cases, async ([some, width, times]) => {
        const rows = Array.from({length: times}, () => some).flat()
        const table = await draw(WIDE_COLUMNS, rows, {width, hasHeader: false, hasColors: false})
        if (isInBlocks(table)) return
        const ends = linesOf(table).filter((line) => line.endsWith('END'))
        expect(ends).to.have.length(rows.length)
        expect(new Set(ends.map((line) => widthOf(line)))).to.have.property('size', 1)
      }),
    )
  })
})
