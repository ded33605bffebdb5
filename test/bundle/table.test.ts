import {expect} from 'chai'
import {type Metafile} from 'esbuild'
import fc from 'fast-check'
import {readFileSync} from 'node:fs'
import widthOf from 'string-width'

import {writeTable} from '../../src/lib/output/table.js'
import {linesOf, TEXT, writtenBy} from '../lib/output/fixtures.js'
import {COLUMNS, expectFit, HIDEABLE, isInBlocks, PLAIN_TEXT, rowsOf} from '../lib/output/table-cases.js'

const ROOT = new URL('../../', import.meta.url)

/** Some characters combine with the space after them, which moves what follows. */
const isPlain = (cell: string) => widthOf(`${cell} `) === widthOf(cell) + 1

describe('the table of the bundle', () => {
  let write: typeof writeTable

  before(async () => {
    const {outputs} = JSON.parse(readFileSync(new URL('tmp/meta.json', ROOT), 'utf8')) as Metafile
    const file = Object.keys(outputs).find((key) => outputs[key]?.entryPoint === 'src/lib/output/table.ts') ?? ''
    const bundled = (await import(new URL(file, ROOT).href)) as {writeTable: typeof writeTable}
    write = bundled.writeTable
  })

  it('looks as ink draws it', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOf(PLAIN_TEXT), fc.constantFrom(0, 120), fc.boolean(), async (rows, columns, hasHeader) => {
        const draw = async (by: typeof writeTable) =>
          linesOf(await writtenBy((output) => by(COLUMNS, rows, output, {hasHeader}), {columns, hasColors: () => true}))
        expect(await draw(write)).to.deep.equal(await draw(writeTable))
      }),
      {numRuns: 6},
    )
  })

  it('fits any terminal, whatever the cells hold, with whole IDs and headers, and aligned columns', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOf(TEXT), fc.constantFrom(60, 72, 80, 100, 120, 200), async (rows, width) => {
        let hidden: readonly string[] = []
        const draw = (output: Parameters<typeof writeTable>[2]) => {
          hidden = write(COLUMNS, rows, output, {hideable: HIDEABLE})
        }

        const table = await writtenBy(draw, {columns: width})
        expectFit(table, {width, rows, hidden})
        if (isInBlocks(table) || !rows.flat().every((cell) => isPlain(cell))) return
        const ends = linesOf(table).filter((line) => line.endsWith('END'))
        expect(ends).to.have.length(rows.length)
        expect(new Set(ends.map((line) => widthOf(line)))).to.have.property('size', 1)
      }),
      {numRuns: 100},
    )
  })
})
