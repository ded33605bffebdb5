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

const withoutApostrophes = (cells: readonly string[]) => cells.map((text) => text.replace(/^'/, ''))
const safe = (cells: readonly string[]) => cells.map((text) => safeText(text))

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
        const expected = rows.map((cells) => withoutApostrophes(safe(cells)))
        expect(back.map((cells) => withoutApostrophes(cells))).to.deep.equal(expected)
        for (const text of back.flat()) expect(text).not.to.match(/^[=+\-@\t\r]/)
      }),
    )
  })
})
