import {expect} from 'chai'
import {parse} from 'csv-parse/sync'
import fc from 'fast-check'

import {csv} from '../../../src/lib/output/csv.js'
import {safeText} from '../../../src/lib/output/safe-text.js'
import {CSV_TEXTS} from './csv-table.js'

/** Pieces that a reader of CSV, a spreadsheet or a terminal takes for more than text. */
const piece = fc.oneof(
  fc.constantFrom('"', ',', ';', '\r\n', '\n', '\r', '\t', ' ', '=', '+', '-', '@', "'", '＝', '\u001B[0m', '\u202E'),
  fc.string({unit: 'grapheme', maxLength: 3}),
)
const cell = fc.array(piece, {maxLength: 8}).map((pieces) => pieces.join(''))
const table = fc
  .integer({min: 1, max: 4})
  .chain((width) => fc.array(fc.array(cell, {minLength: width, maxLength: width}), {minLength: 1, maxLength: 5}))

const FORMULA_STARTS = new Set('=+-@＝＋－＠')

/** Whether a spreadsheet may read the text as a formula. */
function isFormula(text: string): boolean {
  const [first = ''] = text.trimStart()
  return FORMULA_STARTS.has(first) || text.startsWith('\t') || text.startsWith('\r')
}

/** The safe texts, with an apostrophe only where it is needed. */
function disarm(cells: readonly string[]): string[] {
  return cells.map((text) => {
    const safe = safeText(text)
    return isFormula(text) || isFormula(safe) ? `'${safe}` : safe
  })
}

describe('csv', () => {
  for (const [title, rows, text] of CSV_TEXTS) {
    it(title, () => {
      expect(csv(rows)).to.equal(text)
    })
  }

  it('is read back by another program as the safe texts, with formulas disarmed', () => {
    fc.assert(
      fc.property(table, (rows) => {
        const back: string[][] = parse(csv(rows), {recordDelimiter: '\r\n'})
        expect(back).to.deep.equal(rows.map((cells) => disarm(cells)))
        for (const text of back.flat()) expect(text).not.to.match(/^[=+\-@\t\r]/)
      }),
    )
  })
})
