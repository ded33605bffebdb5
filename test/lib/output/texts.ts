import {expect} from 'chai'
import fc from 'fast-check'
import widthOf from 'string-width'

import {safeText} from '../../../src/lib/output/safe-text.js'
import {type TableColumn} from '../../../src/lib/output/table.js'

/** Pieces that take no, one or two columns, combine, or run from right to left. */
const PIECES = [
  '本番',
  '한국어',
  '\u1112\u1161\u11AB',
  'ｶﾞ',
  'Zu\u0308rich',
  '\u0301',
  'Z\u0351\u036B\u0343algo',
  'हिन्दी',
  'กำลัง',
  'مرحبا',
  'שלום',
  'می\u200Cخواهم',
  '👩\u200D👩\u200D👧',
  '🇩🇪',
  '❤\uFE0F',
  '👍🏽',
  '1\uFE0F\u20E3',
  '👩',
  'ﬀ',
  '…',
  ' ',
  'nightly-load',
]

/** Texts that are safe to show, with and without characters that take other than one column. */
export const TEXT = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({unit: 'grapheme', maxLength: 4}), fc.string({maxLength: 8})), {
    maxLength: 12,
  })
  .map((pieces) => safeText(pieces.join('')).trim())

/** Columns of every kind, the last of them with the same text in each row. */
export const WIDE_COLUMNS: readonly TableColumn[] = [
  {header: 'ID', truncation: 'never'},
  {header: 'NAME', truncation: 'second'},
  {header: 'DESCRIPTION', truncation: 'first'},
  {header: 'CREATED', truncation: 'blocks'},
  {header: 'DEPLOYMENT_ROLE', truncation: 'second'},
  {header: 'LAST', truncation: 'blocks'},
]

/** A few rows of those columns, whose IDs differ. */
export const WIDE_ROWS = fc
  .array(fc.tuple(TEXT, TEXT, TEXT), {minLength: 1, maxLength: 5})
  .map((rows) =>
    rows.map(([name, description, role], index) => [
      `clm8xq0b1000008l4d2g7h${String(index).padStart(3, '0')}`,
      name,
      description,
      '3 days ago',
      role,
      'END',
    ]),
  )

/** Expects lines that are no wider, one for each row after those of the header, or a block for each, with whole IDs. */
export function expectRowsWithin(
  width: number,
  table: string,
  rows: readonly (readonly string[])[],
  headerLines: number,
): void {
  const lines = table.split('\n').slice(0, -1)
  expect(Math.max(...lines.map((line) => widthOf(line)))).to.be.at.most(width)
  const ids = lines.map((line) => /cl[a-z\d]{23}(?= |$)/.exec(line)?.[0]).filter(Boolean)
  expect(ids).to.deep.equal(rows.map(([id]) => id))
  expect(lines).to.have.length(
    isInBlocks(table) ? rows.length * (WIDE_COLUMNS.length + 1) - 1 : rows.length + headerLines,
  )
}

/** Whether a table of those columns is blocks of lines. */
export function isInBlocks(table: string): boolean {
  return /^ID {15}cl/.test(table)
}
