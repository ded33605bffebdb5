import {expect} from 'chai'
import {type Metafile} from 'esbuild'
import fc from 'fast-check'
import {readFileSync} from 'node:fs'
import widthOf from 'string-width'

import {writeTable} from '../../src/lib/output/table.js'
import {COLUMNS, HIDEABLE, linesOf, TEXT, writtenBy} from '../lib/output/fixtures.js'

const ROOT = new URL('../../', import.meta.url)

/** Texts of characters of which every library knows the width, some of them two columns wide. */
const PLAIN_TEXT = fc.string({maxLength: 40, unit: fc.constantFrom(...'a,b, ,c,-,_,.,ß,ø,Ж,Ω,漢,字,か,한'.split(','))})

/** A few rows of such texts, with different IDs. */
function rowsOf(text: fc.Arbitrary<string>) {
  const cells = fc.tuple(text, text, text)
  return fc
    .array(cells, {minLength: 1, maxLength: 5})
    .map((rows) => rows.map((texts, index) => [`clm8xq0b1000008l4d2g7h00${index}`, ...texts, '3 days ago', 'END']))
}

/** Some characters combine with the space after them, which moves what follows. */
const isPlain = (cell: string) => widthOf(`${cell} `) === widthOf(cell) + 1

const isInBlocks = (table: string) => /^ID {15}cl/.test(table)

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
      fc.asyncProperty(rowsOf(TEXT), fc.constantFrom(60, 72, 80, 100, 120, 200), async (rows, columns) => {
        let hidden: readonly string[] = []
        const draw = (output: Parameters<typeof writeTable>[2]) => {
          hidden = write(COLUMNS, rows, output, {hideable: HIDEABLE})
        }

        const table = await writtenBy(draw, {columns})
        const lines = table.split('\n').slice(0, -1)
        expect(Math.max(...lines.map((line) => widthOf(line)))).to.be.at.most(columns)
        const ids = lines.map((line) => /cl[a-z\d]{23}(?= |$)/.exec(line)?.[0]).filter(Boolean)
        expect(ids).to.deep.equal(rows.map(([id]) => id))
        const headers = COLUMNS.map(({header}) => header).filter((header) => !hidden.includes(header))
        if (isInBlocks(table)) {
          const labels = rows.flatMap(() => ['', ...headers]).slice(1)
          expect(lines.map((line) => line.split(' ')[0])).to.deep.equal(labels)
          return
        }

        expect(lines[0]?.trim().split(/ +/)).to.deep.equal(headers)
        expect(lines).to.have.length(rows.length + 2)
        const ends = linesOf(table).filter((line) => line.endsWith('END'))
        expect(ends).to.have.length(rows.length)
        const isAligned = new Set(ends.map((line) => widthOf(line))).size === 1
        expect(isAligned || !rows.flat().every((cell) => isPlain(cell))).to.equal(true)
      }),
      {numRuns: 100},
    )
  })
})
