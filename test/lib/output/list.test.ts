import {expect} from 'chai'

import {LIST_COLUMNS} from '../../../src/lib/output/columns.js'
import {writeRows} from '../../../src/lib/output/list.js'
import {readView, type ViewOptions} from '../../../src/lib/output/view.js'
import {type ScopedToken} from '../../../src/lib/roles/token-scoping.js'

const NOW = new Date('2026-03-10T12:00:00Z')
const HEADER = 'ID\tNAME\tDESCRIPTION\tSCOPE\tDEPLOYMENT_ROLE\tCREATED\tCREATED BY\n'

const etl = {
  id: 'cltok1',
  name: 'etl, prod',
  description: '=1',
  scope: 'ORGANIZATION',
  createdAt: '2026-03-07T12:00:00Z',
  createdBy: {id: 'clusr1', fullName: 'Jo Doe', username: 'jo@example.com'},
}
const items: readonly ScopedToken[] = [{token: etl, role: 'Deploy Reader'}]

async function written(
  shown: readonly ScopedToken[],
  options: ViewOptions = {},
  isTTY = false,
  columns = 200,
): Promise<string> {
  const texts: string[] = []
  const output = {isTTY, columns, write: (text: string) => texts.push(text)}
  await writeRows(shown, await readView(LIST_COLUMNS, options), output, NOW)
  return texts.join('')
}

describe('writeRows', () => {
  it('writes a header and a line for each row into a pipe, spaces in names untouched', async () => {
    expect(await written(items)).to.equal(
      `${HEADER}cltok1\tetl, prod\t=1\tORGANIZATION\tDeploy Reader\t3 days ago\tJo Doe\n`,
    )
  })

  it('writes the chosen columns, with or without header, in each form', async () => {
    const options = {columns: 'name,role'}
    const bare = {...options, 'no-header': true}
    expect(await written(items, options)).to.equal('NAME\tDEPLOYMENT_ROLE\netl, prod\tDeploy Reader\n')
    expect(await written(items, bare)).to.equal('etl, prod\tDeploy Reader\n')
    expect(await written(items, {...options, csv: true})).to.equal(
      'NAME,DEPLOYMENT_ROLE\r\n"etl, prod",Deploy Reader\r\n',
    )
    expect(await written(items, {...bare, csv: true})).to.equal('"etl, prod",Deploy Reader\r\n')
    expect(await written(items, options, true)).to.match(
      /^ +NAME +DEPLOYMENT_ROLE *\n ─+\n +etl, prod +Deploy Reader *\n$/,
    )
    expect(await written(items, bare, true)).to.match(/^ +etl, prod {3}Deploy Reader *\n$/)
  })

  it('does not squeeze a table into a terminal that does not know its width', async () => {
    const wordy = items.map((item) => ({...item, token: {...etl, description: 'Loads what came in overnight'}}))
    expect(await written(wordy, {}, true, 0)).to.equal(await written(wordy, {}, true, 200))
  })

  it('writes CSV on a terminal too, formulas disarmed', async () => {
    expect(await written(items, {columns: 'description', csv: true}, true)).to.equal("DESCRIPTION\r\n'=1\r\n")
  })

  it('writes the header alone where there is no row, and nothing on a terminal', async () => {
    expect(await written([])).to.equal(HEADER)
    expect(await written([], {csv: true})).to.equal(HEADER.replaceAll('\t', ',').replace('\n', '\r\n'))
    expect(await written([], {'no-header': true})).to.equal('')
    expect(await written([], {}, true)).to.equal('')
  })

  it('writes times as words, and as RFC 3339 in CSV', async () => {
    const token = {...etl, lastUsedAt: '2026-03-10T10:00:00+01:00', endAt: '2026-03-08T12:00:00Z'}
    const options = {columns: 'created,expires,last_used,last_rotated', 'no-header': true}
    const shown = [{token, role: 'r'}]
    expect(await written(shown, options)).to.equal('3 days ago\texpired 2 days ago\t3 hours ago\tnever\n')
    expect(await written(shown, {...options, csv: true})).to.equal(
      '2026-03-07T12:00:00Z,2026-03-08T12:00:00Z,2026-03-10T10:00:00+01:00,\r\n',
    )
  })

  it('makes every text of the API safe to show, one line for each row', async () => {
    const evil = 'a\u001B[31mb\tc\nd\u202Ee'
    const token = {id: evil, name: evil, description: evil, scope: evil, createdAt: evil, createdBy: {id: evil}}
    const safe = 'ab c d\uFFFDe'
    const cells = [safe, safe, safe, safe, safe, '', safe]
    const options = {'no-header': true}
    expect(await written([{token, role: evil}], options)).to.equal(`${cells.join('\t')}\n`)
    expect(await written([{token, role: evil}], {...options, csv: true})).to.equal(`${cells.join(',')}\r\n`)
    expect(await written([{token, role: evil}], options, true)).to.match(/^ +ab c d\uFFFDe {3}[^\n]+\n$/)
  })
})
