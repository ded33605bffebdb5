import {expect} from 'chai'

import {LIST_COLUMNS} from '../../../src/lib/output/columns.js'
import {writeRows} from '../../../src/lib/output/list.js'
import {readView, type ViewOptions} from '../../../src/lib/output/view.js'
import {type ScopedToken} from '../../../src/lib/roles/service.js'
import {BARE, FULL, NOW, type Screen, writtenBy} from './fixtures.js'

const ITEMS: readonly ScopedToken[] = [{token: FULL, role: 'Deploy Reader'}]
const EMPTY: readonly ScopedToken[] = [{token: BARE, role: undefined}]
const HEADER = 'ID\tNAME\tDESCRIPTION\tSCOPE\tDEPLOYMENT_ROLE\tCREATED\tCREATED BY'
const ALL = LIST_COLUMNS.all.map(({key}) => key).join(',')
const WIDE = {isTTY: true, columns: 200}

/** What is written for these rows, to a pipe unless a terminal is given. */
async function write(items: readonly ScopedToken[], options: ViewOptions = {}, screen: Screen = {}): Promise<string> {
  const view = await readView(LIST_COLUMNS, options)
  return writtenBy(async (output) => writeRows(items, view, output, NOW), screen)
}

describe('writeRows', () => {
  it('writes every column into a pipe, with times in words', async () => {
    const cells = 'cltok1\tetl, prod\t=1\tORGANIZATION\tDeploy Reader\t3 days ago\tJo Doe'
    expect(await write(ITEMS)).to.equal(`${HEADER}\n${cells}\n`)
    expect(await write(ITEMS, {columns: ALL})).to.equal(
      `${HEADER}\tEXPIRES\tLAST_USED\tLAST_ROTATED\tKIND\tUPDATED\n` +
        `${cells}\tin 12 days\t3 months ago\t1 hour ago\tDIRECT_ACCESS\t1 year ago\n`,
    )
  })

  it('writes every column as CSV, with times as RFC 3339, on a terminal too', async () => {
    expect(await write(ITEMS, {columns: ALL, csv: true, 'no-header': true}, WIDE)).to.equal(
      `cltok1,"etl, prod",'=1,ORGANIZATION,Deploy Reader,2026-03-07T12:00:00Z,Jo Doe,2026-03-22T13:00:00Z,` +
        '2025-12-09T13:00:00+02:00,2026-03-10T11:00:00Z,DIRECT_ACCESS,2025-03-07T12:00:00Z\r\n',
    )
  })

  it('leaves cells without a value empty, but for times that have never come', async () => {
    const options = {columns: ALL, 'no-header': true}
    expect(await write(EMPTY, options)).to.equal('cltok2\tbare\t\tORGANIZATION\t\t\t\tnever\tnever\tnever\t\t\n')
    expect(await write(EMPTY, {...options, csv: true})).to.equal('cltok2,bare,,ORGANIZATION,,,,,,,,\r\n')
    const unreadable = [{token: {...BARE, createdAt: 'yesterday'}, role: 'r'}]
    expect(await write(unreadable, {columns: 'created', csv: true})).to.equal('CREATED\r\n""\r\n')
  })

  it('writes the selected columns as a table on a terminal, with or without a header', async () => {
    const options = {columns: 'name,role'}
    const [rows, header] = ['  etl, prod   Deploy Reader\n', '  NAME        DEPLOYMENT_ROLE\n']
    expect(await write(ITEMS, options, WIDE)).to.equal(`${header} ${'─'.repeat(29)}\n${rows}`)
    expect(await write(ITEMS, {...options, 'no-header': true}, WIDE)).to.equal(rows)
  })

  it('draws a table as the terminal allows', async () => {
    const narrow = {isTTY: true, columns: 5, hasColors: () => true}
    expect(await write(ITEMS, {columns: 'name'}, narrow)).to.equal('\u001B[1mNAME\u001B[22m  …\n')
    // A terminal of 0 columns does not know its width.
    expect(await write(ITEMS, {}, {isTTY: true, columns: 0})).to.equal(await write(ITEMS, {}, WIDE))
  })

  it('writes only the header if there are no rows, and nothing on a terminal', async () => {
    expect(await write([])).to.equal(`${HEADER}\n`)
    expect(await write([], {csv: true})).to.equal(`${HEADER.replaceAll('\t', ',')}\r\n`)
    expect(await write([], {'no-header': true})).to.equal('')
    expect(await write([], {}, WIDE)).to.equal('')
  })
})
