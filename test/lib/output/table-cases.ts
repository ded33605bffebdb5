import {expect} from 'chai'
import fc from 'fast-check'
import widthOf from 'string-width'

import {type TableColumn} from '../../../src/lib/output/table.js'

/** Columns of every kind. The bundle's table is tested with them too. */
export const COLUMNS: readonly TableColumn[] = [
  {header: 'ID', kind: 'id'},
  {header: 'NAME', kind: 'name'},
  {header: 'DESCRIPTION', kind: 'description'},
  {header: 'DEPLOYMENT_ROLE', kind: 'role'},
  {header: 'CREATED', kind: 'short'},
  {header: 'LAST', kind: 'short'},
]

/** The columns that may be hidden, in this order. */
export const HIDEABLE = ['CREATED', 'DESCRIPTION'].flatMap((header) => COLUMNS.filter((one) => one.header === header))

/** A few rows of those columns with such texts, and with different IDs. */
export function rowsOf(text: fc.Arbitrary<string>) {
  const cells = fc.tuple(text, text, text)
  return fc
    .array(cells, {minLength: 1, maxLength: 5})
    .map((rows) => rows.map((texts, index) => [`clm8xq0b1000008l4d2g7h00${index}`, ...texts, '3 days ago', 'END']))
}

/** Texts of characters of which every library knows the width, some of them two columns wide. */
export const PLAIN_TEXT = fc.string({
  maxLength: 40,
  unit: fc.constantFrom('a', 'b', ' ', 'c', '-', '_', '.', 'ß', 'ø', 'Ж', 'Ω', '漢', '字', 'か', '한'),
})

/** Whether a table of those columns is in blocks of lines. */
export function isInBlocks(table: string): boolean {
  return /^ID {15}cl/.test(table)
}

/** Expects no wider line, whole IDs and headers, and a line or a block for each row. */
export function expectFit(
  table: string,
  {hidden, rows, width}: {width: number; rows: readonly (readonly string[])[]; hidden: readonly string[]},
): void {
  const lines = table.split('\n').slice(0, -1)
  expect(Math.max(...lines.map((line) => widthOf(line)))).to.be.at.most(width)
  const ids = lines.map((line) => /cl[a-z\d]{23}(?= |$)/.exec(line)?.[0]).filter(Boolean)
  expect(ids).to.deep.equal(rows.map(([id]) => id))
  const headers = COLUMNS.map(({header}) => header).filter((header) => !hidden.includes(header))
  if (isInBlocks(table)) {
    const label = (line: string) => line.split(' ')[0]
    const labels = rows.flatMap(() => ['', ...headers]).slice(1)
    expect(lines.map((line) => label(line))).to.deep.equal(labels)
  } else {
    expect(lines[0]?.trim().split(/ +/)).to.deep.equal(headers)
    expect(lines).to.have.length(rows.length + 2)
  }
}
