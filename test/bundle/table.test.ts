import {makeTable, type TableOptions} from '@oclif/table'
import {expect} from 'chai'
import fc from 'fast-check'
import {pathToFileURL} from 'node:url'
import {stripVTControlCharacters} from 'node:util'

import {builtFrom, ROOT} from './support.js'

type Row = Readonly<Record<'DESCRIPTION' | 'ID' | 'NAME', string>>

interface Table {
  makeTable(options: TableOptions<Row>): string
}

/** The options of `list`; a narrow DESCRIPTION is broken into lines. */
function options(data: readonly Row[], width?: number): TableOptions<Row> {
  return {
    borderStyle: 'headers-only-with-underline',
    columns: ['ID', 'NAME', {key: 'DESCRIPTION', name: 'DESCRIPTION', ...(width !== undefined && {width})}],
    data: [...data],
    headerOptions: {bold: true, formatter: (header) => header},
    maxWidth: 'none',
    overflow: 'wrap',
  }
}

/** Characters on whose width everybody agrees, among them some that take two columns. */
const CHARACTERS = ['a', 'b', ' ', 'c', '-', '_', '.', 'ß', 'ø', 'Ж', 'Ω', '漢', '字', 'か', '한']
const text = fc.string({maxLength: 40, unit: fc.constantFrom(...CHARACTERS)})
const row = fc.record({ID: text, NAME: text, DESCRIPTION: text})

describe('the table of the bundle', () => {
  let bundled: Table

  before(async () => {
    const file = builtFrom('node_modules/@oclif/table/lib/index.js')
    bundled = (await import(pathToFileURL(ROOT + file).href)) as Table
  })

  it('is the one that ink draws', () => {
    const tables = fc.tuple(fc.array(row, {minLength: 1, maxLength: 6}), fc.constantFrom(undefined, 14, 23))
    fc.assert(
      fc.property(tables, ([rows, width]) => {
        const drawn = stripVTControlCharacters(bundled.makeTable(options(rows, width)))
        const expected = stripVTControlCharacters(makeTable(options(rows, width)))
        expect(drawn).to.equal(expected)
      }),
      {numRuns: 60},
    )
  })

  it('keeps emoji and joined characters whole', () => {
    const description = 'a 👩‍👩‍👧 b ❤️ c\u200Dd 🇩🇪 e 한국어 f'
    const table = bundled.makeTable(options([{ID: 'x', NAME: '👍🏽', DESCRIPTION: description}], 16))
    expect(table).to.match(/ {2}x {4}👍🏽 /)
    expect(table.replaceAll(/\s/g, '')).to.contain(description.replaceAll(/\s/g, ''))
  })
})
