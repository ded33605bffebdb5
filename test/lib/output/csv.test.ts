import {expect} from 'chai'
import {parse} from 'csv-parse/sync'
import fc from 'fast-check'

import {csv} from '../../../src/lib/output/csv.js'
import {safeText} from '../../../src/lib/output/safe-text.js'

/** Pieces that a reader of CSV, a spreadsheet or a terminal takes for more than text. */
const piece = fc.oneof(
  fc.constantFrom('"', ',', ';', '\r\n', '\n', '\r', '\t', ' ', '=', '+', '-', '@', "'", '＝', '\u001B[0m', '\u202E'),
  fc.string({unit: 'grapheme', maxLength: 3}),
)
const text = fc.array(piece, {maxLength: 8}).map((pieces) => pieces.join(''))
const table = fc
  .integer({min: 1, max: 4})
  .chain((width) => fc.array(fc.array(text, {minLength: width, maxLength: width}), {minLength: 1}))

function safe(cells: readonly string[]): string[] {
  return cells.map((cell) => safeText(cell))
}

describe('csv', () => {
  it('ends each line with CRLF and quotes what must be quoted', () => {
    expect(
      csv([
        ['ID', 'CREATED BY'],
        ['a,b', 'say "hi"'],
        ['', ' plain ; text '],
      ]),
    ).to.equal('ID,CREATED BY\r\n"a,b","say ""hi"""\r\n, plain ; text \r\n')
  })

  it('is nothing where there is no row', () => {
    expect(csv([])).to.equal('')
  })

  it('makes no empty line of a row that has one empty cell', () => {
    expect(csv([[''], ['a']])).to.equal('""\r\na\r\n')
  })

  for (const [what, cell, safe] of [
    ['=', '=1+1', "'=1+1"],
    ['+', '+1', "'+1"],
    ['-', '-1', "'-1"],
    ['@', '@SUM(A1)', "'@SUM(A1)"],
    ['a tab', '\tx', "' x"],
    ['a carriage return', '\rx', "' x"],
    ['= after spaces', '  =1', "'  =1"],
    ['= after a line break', '\n=1', "' =1"],
    ['= after an escape sequence', '\u001B[0m=1', "'=1"],
    ['a wide =', '＝1', "'＝1"],
    ['= that is quoted', '=A1,"x"', `"'=A1,""x"""`],
  ] as const) {
    it(`puts an apostrophe before a cell that starts with ${what}`, () => {
      expect(csv([[cell, 'x']])).to.equal(`${safe},x\r\n`)
    })
  }

  it('leaves those characters alone elsewhere in a cell', () => {
    expect(csv([['a=1', "it's", '1-2', 'jo@example.com']])).to.equal("a=1,it's,1-2,jo@example.com\r\n")
  })

  it('comes back from another reader as the safe texts, formulas disarmed, whatever is in them', () => {
    fc.assert(
      fc.property(table, (rows) => {
        const back: unknown = parse(csv(rows), {recordDelimiter: '\r\n'})
        expect(withoutApostrophes(back)).to.deep.equal(withoutApostrophes(rows.map((cells) => safe(cells))))
        expect(JSON.stringify(back)).not.to.match(/[[,]"(?:[=+\-@]|\\[tr])/)
      }),
      {numRuns: 500},
    )
  })
})

/** The cells without the apostrophe that each may start with. */
function withoutApostrophes(rows: unknown): unknown {
  return JSON.parse(JSON.stringify(rows).replaceAll(/([[,]")'/g, '$1'))
}
