import {expect} from 'chai'
import fc from 'fast-check'
import widthOf from 'string-width'

import {safeText} from '../../../src/lib/output/safe-text.js'
import {type TableColumn} from '../../../src/lib/output/table.js'
import {PIECES} from './display-width-table.js'

const piece = fc.oneof(
  fc.constantFrom(...PIECES),
  fc.string({unit: 'grapheme', maxLength: 4}),
  fc.string({maxLength: 8}),
)
/** Texts that are safe to show, with and without characters that take other than one column. */
export const TEXT = fc.array(piece, {maxLength: 12}).map((pieces) => safeText(pieces.join('')).trim())

/** Columns of every kind. */
export const WIDE_COLUMNS: readonly TableColumn[] = [
  {header: 'ID', truncation: 'never'},
  {header: 'NAME', truncation: 'second'},
  {header: 'DESCRIPTION', truncation: 'first'},
  {header: 'DEPLOYMENT_ROLE', truncation: 'second'},
  {header: 'CREATED', truncation: 'blocks'},
  {header: 'LAST', truncation: 'blocks'},
]

/** A few rows of those columns, with different IDs. */
export const WIDE_ROWS = fc
  .array(fc.tuple(TEXT, TEXT, TEXT), {minLength: 1, maxLength: 5})
  .map((rows) =>
    rows.map(([name, ...others], index) => [`clm8xq0b1000008l4d2g7h00${index}`, name, ...others, '3 days ago', 'END']),
  )

/** Whether a table of those columns is in blocks of lines. */
export function isInBlocks(table: string): boolean {
  return /^ID {15}cl/.test(table)
}

/** Expects no wider line, whole IDs, and besides the lines of the header a line for each row, or a block for each. */
export function expectFit(
  table: string,
  {headerLines, rows, width}: {width: number; rows: readonly (readonly string[])[]; headerLines: number},
): void {
  const lines = table.split('\n').slice(0, -1)
  expect(Math.max(...lines.map((line) => widthOf(line)))).to.be.at.most(width)
  const ids = lines.map((line) => /cl[a-z\d]{23}(?= |$)/.exec(line)?.[0]).filter(Boolean)
  expect(ids).to.deep.equal(rows.map(([id]) => id))
  const blockLines = rows.length * (WIDE_COLUMNS.length + 1) - 1
  expect(lines).to.have.length(isInBlocks(table) ? blockLines : rows.length + headerLines)
}
