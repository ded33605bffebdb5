import {expect} from 'chai'
import fc from 'fast-check'

import {type Truncation} from '../../../src/lib/output/fit-columns.js'
import {drawTable, type TableOptions} from '../../../src/lib/output/table.js'
import {linesOf} from './fixtures.js'
import {NARROW_TABLES, ROWS} from './table-table.js'
import {expectFit, WIDE_COLUMNS, WIDE_ROWS} from './texts.js'

const COLUMNS: Readonly<Record<string, Truncation>> = {ID: 'never', DESCRIPTION: 'first', ROLE: 'second'}

async function draw(
  rows: readonly (readonly string[])[],
  {columns = COLUMNS, ...options}: Partial<TableOptions> & {readonly columns?: typeof COLUMNS} = {},
): Promise<string> {
  const all = Object.entries(columns).map(([header, truncation]) => ({header, truncation}))
  return drawTable(all, rows, {hasHeader: true, hasColors: false, ...options})
}

const bold = (text: string) => `\u001B[1m${text}\u001B[22m`

/** More than a hundred rows. */
const repeat = <T>(rows: readonly T[]) => Array.from({length: 101}, () => rows).flat()

describe('drawTable', () => {
  it('ignores the width of stdout, since a plan is drawn on stderr', async () => {
    const table = await draw(ROWS)
    process.env.OCLIF_TABLE_COLUMN_OVERRIDE = '20'
    const again = await draw(ROWS)
    delete process.env.OCLIF_TABLE_COLUMN_OVERRIDE
    expect(again).to.equal(table)
  })

  it('labels the values of blocks without a header too, in bold if the terminal has colors', async () => {
    const blocks = await draw([['a', '', 'r']], {hasColors: true, width: 20, hasHeader: false})
    expect(blocks).to.equal(`${bold('ID         ')}  a\n${bold('DESCRIPTION')}\n${bold('ROLE       ')}  r\n`)
  })

  for (const [title, width, lines] of NARROW_TABLES) {
    it(title, async () => {
      expect(linesOf(await draw(ROWS, {width}))).to.deep.equal(lines)
    })
  }

  it('keeps the ends of headers that begin alike', async () => {
    const columns = {DEPLOYMENT_NAME: 'second', DEPLOYMENT_ROLE: 'second', DESCRIPTION: 'second'} as const
    const [header] = linesOf(await draw([['a', 'b', 'c']], {columns, width: 35}))
    expect(header).to.equal(' …MENT_NAME  …MENT_ROLE  DESCRIPTI…')
  })

  it('draws a long text as fast as a short one', async function () {
    this.timeout(2000)
    const lines = linesOf(await draw([['a', '本'.repeat(20_000), 'r']], {width: 26}))
    expect(lines[2]).to.equal(' a   本本本本本本本…  r')
  })

  describe('above a hundred rows', () => {
    const many = Array.from({length: 101}, (_, index) => [`a${index}`, 'x', 'r'])

    it('pads lines, then truncates, then makes blocks', async () => {
      for (const [width, lines] of [
        [25, ['ID     DESCRIPTION   ROLE', '----   -----------   ----', 'a0     x             r']],
        [22, ['ID    DESCRIPTI…  ROLE', '----  ----------  ----', 'a0    x           r']],
        [21, ['ID           a0', 'DESCRIPTION  x', 'ROLE         r']],
      ] as const) {
        const table = await draw(many, {width})
        expect(table.split('\n').slice(0, 3)).to.deep.equal(lines)
      }
    })

    it('fits any terminal, whatever the cells hold, with whole IDs', async () => {
      const cases = fc.tuple(WIDE_ROWS, fc.constantFrom(60, 80, 120, 200), fc.boolean())
      await fc.assert(
        fc.asyncProperty(cases, async ([some, width, hasHeader]) => {
          const rows = repeat(some)
          const table = await drawTable(WIDE_COLUMNS, rows, {width, hasColors: false, hasHeader})
          expectFit(table, {width, rows, headerLines: hasHeader ? 2 : 0})
        }),
        {numRuns: 12},
      )
    })
  })
})
