import {expect} from 'chai'
import fc from 'fast-check'

import {drawTable, type TableColumn, type TableOptions} from '../../../src/lib/output/table.js'
import {expectRowsWithin, WIDE_COLUMNS, WIDE_ROWS} from './texts.js'

const COLUMNS: readonly TableColumn[] = [
  {header: 'ID', truncation: 'never'},
  {header: 'DESCRIPTION', truncation: 'first'},
  {header: 'ROLE', truncation: 'second'},
]
const ID = 'clm8xq0b1000008l4d2g7h3kz'

async function draw(rows: readonly (readonly string[])[], options: Partial<TableOptions> = {}): Promise<string> {
  return drawTable(COLUMNS, rows, {hasHeader: true, hasColors: false, ...options})
}

/** Each line without the spaces at its end. */
function linesOf(table: string): string[] {
  return table.split('\n').map((line) => line.trimEnd())
}

function repeated<T>(rows: readonly T[], times: number): T[] {
  return Array.from({length: times}, () => rows).flat()
}

describe('drawTable', () => {
  it('draws a header, a line and the rows, each column as wide as its widest cell', async () => {
    const table = await draw([
      ['cltok1', 'x', ''],
      ['a', '', 'r'],
    ])

    expect(linesOf(table)).to.deep.equal([
      '  ID       DESCRIPTION   ROLE',
      ' ─────────────────────────────',
      '  cltok1   x',
      '  a                      r',
      '',
    ])
  })

  it('draws only the rows, in the same columns, if no header is wanted', async () => {
    const table = await draw([['a', 'x', 'r']], {hasHeader: false})
    expect(linesOf(table)).to.deep.equal(['  a    x             r', ''])
  })

  it('is bold in its header, where the terminal has colors', async () => {
    const table = await draw([[ID, 'x', 'r']], {hasColors: true, width: 30})
    expect(table).to.contain('\u001B[1mID         \u001B[22m')
  })

  describe('above a hundred rows', () => {
    const rows = Array.from({length: 101}, (_, index) => [`a${index}`, 'x', 'r'])

    it('is padded lines', async () => {
      const lines = (await draw(rows, {hasColors: true})).split('\n')

      expect(lines.slice(0, 3)).to.deep.equal([
        'ID     DESCRIPTION   ROLE',
        '----   -----------   ----',
        'a0     x             r',
      ])
      expect(lines).to.have.length(104)
    })

    it('is only those of the rows if no header is wanted', async () => {
      const lines = (await draw(rows, {hasHeader: false})).split('\n')
      expect(lines[0]).to.equal('a0     x             r')
      expect(lines).to.have.length(102)
    })

    it('fits too, in lines that are truncated, or in blocks', async () => {
      const narrow = await draw(rows, {width: 22})
      expect(linesOf(narrow).slice(0, 3)).to.deep.equal([
        'ID    DESCRIPTI…  ROLE',
        '----  ----------  ----',
        'a0    x           r',
      ])
      const narrower = await draw(rows, {width: 21})
      expect(linesOf(narrower).slice(0, 5)).to.deep.equal([
        'ID           a0',
        'DESCRIPTION  x',
        'ROLE         r',
        '',
        'ID           a1',
      ])
    })
  })

  describe('on a narrow terminal', () => {
    const rows = [
      [ID, 'Runs the nightly load of all', 'Deploy Reader'],
      [ID.replace('8', '9'), '本番環境のための長い説明', 'r'],
    ]

    it('moves the columns together and truncates the description', async () => {
      expect(linesOf(await draw(rows, {width: 60}))).to.deep.equal([
        ' ID                         DESCRIPTION        ROLE',
        ` ${'─'.repeat(59)}`,
        ' clm8xq0b1000008l4d2g7h3kz  Runs the nightly…  Deploy Reader',
        ' clm9xq0b1000008l4d2g7h3kz  本番環境のための…  r',
        '',
      ])
    })

    it('then truncates roles, and the header with them', async () => {
      expect(linesOf(await draw(rows, {width: 50}))).to.deep.equal([
        ' ID                         DESCRIPTI…  ROLE',
        ` ${'─'.repeat(49)}`,
        ' clm8xq0b1000008l4d2g7h3kz  Runs the…   Deploy Re…',
        ' clm9xq0b1000008l4d2g7h3kz  本番環境…   r',
        '',
      ])
    })

    it('keeps the ends of headers that begin alike', async () => {
      const columns = ['DEPLOYMENT_NAME', 'DEPLOYMENT_ROLE', 'DESCRIPTION'].map((header) => ({
        header,
        truncation: 'second' as const,
      }))
      const table = await drawTable(columns, [['a', 'b', 'c']], {width: 35, hasHeader: true, hasColors: false})
      expect(linesOf(table)[0]).to.equal(' …MENT_NAME  …MENT_ROLE  DESCRIPTI…')
    })

    it('then makes a block of each row, with its header in any case', async () => {
      for (const hasHeader of [true, false]) {
        expect(linesOf(await draw(rows, {hasHeader, width: 40}))).to.deep.equal([
          `ID           ${ID}`,
          'DESCRIPTION  Runs the nightly load of a…',
          'ROLE         Deploy Reader',
          '',
          'ID           clm9xq0b1000008l4d2g7h3kz',
          'DESCRIPTION  本番環境のための長い説明',
          'ROLE         r',
          '',
        ])
      }
    })

    it('keeps IDs whole in the narrowest', async () => {
      const lines = linesOf(await draw(rows, {width: 20}))
      expect(lines[0]).to.equal(`ID           ${ID}`)
      expect(lines[1]).to.equal('DESCRIPTION  Runs t…')
    })

    it('has a line for a cell that is empty, and bold labels where the terminal has colors', async () => {
      const table = await draw([[ID, '', 'r']], {width: 30, hasColors: true})
      expect(table).to.equal(
        `\u001B[1mID         \u001B[22m  ${ID}\n\u001B[1mDESCRIPTION\u001B[22m\n\u001B[1mROLE       \u001B[22m  r\n`,
      )
    })
  })

  describe('above a hundred rows, for names and descriptions of any width', () => {
    for (const width of [60, 80, 120, 200]) {
      it(`has no line over ${width} columns, and each row in a line or a block with its ID`, async () => {
        await fc.assert(
          fc.asyncProperty(WIDE_ROWS, fc.boolean(), async (some, hasHeader) => {
            const rows = repeated(some, 101)
            const table = await drawTable(WIDE_COLUMNS, rows, {width, hasColors: false, hasHeader})
            expectRowsWithin(width, table, rows, hasHeader ? 2 : 0)
          }),
          {numRuns: 5},
        )
      })
    }
  })
})
