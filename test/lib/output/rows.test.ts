import {expect} from 'chai'
import {parse} from 'csv-parse/sync'
import fc from 'fast-check'

import {type ApiToken} from '../../../src/lib/astro-api/responses.js'
import {LIST_FIELDS} from '../../../src/lib/output/fields.js'
import {readRowFormat, type RowFlags, sortItems, writeRows} from '../../../src/lib/output/rows.js'
import {safeText} from '../../../src/lib/output/safe-text.js'
import {failureOf} from '../support.js'
import {BARE, NOW, writtenBy} from './fixtures.js'

const ALL =
  'ID, NAME, DESCRIPTION, SCOPE, DEPLOYMENT_ROLE, CREATED, CREATED BY, EXPIRES, LAST_USED, LAST_ROTATED, KIND, UPDATED, ' +
  'ORGANIZATION_ROLE'

/** A token with everything that the API knows about one. */
const FULL: ApiToken = {
  id: 'cltok1',
  name: 'etl, prod',
  description: '=1',
  scope: 'ORGANIZATION',
  kind: 'DIRECT_ACCESS',
  createdAt: '2026-03-07T12:00:00Z',
  createdBy: {id: 'clusr1', username: 'jo@example.com'},
  updatedAt: '2025-03-07T12:00:00Z',
  endAt: '2026-03-22T13:00:00Z',
  lastUsedAt: '2025-12-09T13:00:00+02:00',
  lastRotatedAt: '2026-03-10T11:00:00Z',
  roles: [{entityType: 'ORGANIZATION', entityId: 'o1', role: 'ORGANIZATION_OWNER'}],
}

/** What is written into a pipe for such a token. */
async function write(token: object, flags: RowFlags): Promise<string> {
  const format = await readRowFormat(LIST_FIELDS, {'no-header': true, ...flags})
  return writtenBy(async (output) => writeRows([{token: {...BARE, ...token}}], format, output, NOW))
}

async function sorted(tokens: readonly object[], sort?: string): Promise<readonly string[]> {
  const items = tokens.map((token) => ({token: {...BARE, ...token}}))
  return sortItems(items, await readRowFormat(LIST_FIELDS, {sort})).map(({token}) => token.name)
}

/** The cell in which another program reads such a name. */
function disarmed(text: string): string {
  const isFormula = [text, safeText(text)].some((each) => /^\s*[=+\-@＝＋－＠]|^[\t\r]/.test(each))
  return `${isFormula ? "'" : ''}${safeText(text)}`
}

describe('rows', () => {
  it('have the columns that are selected by header, alias or JSON key, in any spelling, each once', async () => {
    const {columns} = await readRowFormat(LIST_FIELDS, {columns: 'created_by, type ,LAST USED,created by,Kind'})
    expect(columns.map(({header}) => header)).to.deep.equal(['CREATED BY', 'KIND', 'LAST_USED'])
  })

  it('fail for an unknown column, with all columns and the closest one', async () => {
    for (const [columns, name, details] of [
      ['id, ', '', {}],
      ['last-used', 'last-used', {hint: 'Did you mean LAST_USED?'}],
    ] as const) {
      const message = `There is no column "${name}". Columns: ${ALL}.`
      const failure = await failureOf(async () => readRowFormat(LIST_FIELDS, {columns}))
      expect(failure).to.deep.include({kind: 'usage', message, details})
    }
  })

  it('are sorted by code units, in both directions, and not at all by default', async () => {
    const tokens = ['b', 'ä', 'Z', '\u001B[31mb', '10', '9', ''].map((name) => ({name}))
    const ascending = ['', '\u001B[31mb', '10', '9', 'Z', 'b', 'ä']
    expect(await sorted(tokens)).to.deep.equal(tokens.map(({name}) => name))
    expect(await sorted(tokens, 'name')).to.deep.equal(ascending)
    expect(await sorted(tokens, ' -NAME')).to.deep.equal(ascending.toReversed())
  })

  it('are sorted by time, where a token without an expiry is last, because it never expires', async () => {
    const times = {new: '2026-03-09T00:00:00+09:00', old: '2026-03-08T14:00:00Z', unreadable: 'soon', none: undefined}
    const tokens = Object.entries(times).map(([name, time]) => ({name, createdAt: time, endAt: time}))
    expect(await sorted(tokens, 'created')).to.deep.equal(['unreadable', 'none', 'old', 'new'])
    expect(await sorted(tokens, '-created_at')).to.deep.equal(['new', 'old', 'unreadable', 'none'])
    expect(await sorted(tokens, 'EXPIRES')).to.deep.equal(['unreadable', 'old', 'new', 'none'])
  })

  it('have times in words in a pipe, and as RFC 3339 in CSV', async () => {
    expect(await write(FULL, {columns: ALL})).to.equal(
      'cltok1\tetl, prod\t=1\tORGANIZATION\t\t3 days ago\tjo@example.com\tin 12 days\t3 months ago\t1 hour ago\tDIRECT_ACCESS\t' +
        '1 year ago\tORGANIZATION_OWNER\n',
    )
    expect(await write(FULL, {columns: ALL, csv: true})).to.equal(
      `cltok1,"etl, prod",'=1,ORGANIZATION,,2026-03-07T12:00:00Z,jo@example.com,2026-03-22T13:00:00Z,2025-12-09T13:00:00+02:00,` +
        '2026-03-10T11:00:00Z,DIRECT_ACCESS,2025-03-07T12:00:00Z,ORGANIZATION_OWNER\r\n',
    )
  })

  it('have empty cells without a value, except for times that have never come, but no empty line of CSV', async () => {
    expect(await write({}, {columns: ALL})).to.equal('cltok2\tbare\t\tORGANIZATION\t\t\t\tnever\tnever\tnever\t\t\t\n')
    expect(await write({}, {columns: ALL, csv: true})).to.equal('cltok2,bare,,ORGANIZATION,,,,,,,,,\r\n')
    expect(await write({createdAt: 'yesterday'}, {columns: 'id,created', csv: true})).to.equal('cltok2,\r\n')
    expect(await write({name: ''}, {columns: 'name', csv: true})).to.equal('""\r\n')
  })

  it('lose default columns on a narrow terminal, not those that the user selects', async () => {
    const screen = {isTTY: true, columns: 60, write: String}
    for (const {columns, hidden} of [{hidden: ['SCOPE', 'CREATED BY']}, {columns: ALL, hidden: []}]) {
      const format = await readRowFormat(LIST_FIELDS, {columns})
      expect(await writeRows([{token: FULL}], format, screen, NOW)).to.deep.equal(hidden)
    }
  })

  it('of CSV are read back by another program as the safe texts, with formulas disarmed', async () => {
    const piece = fc.oneof(
      fc.constantFrom('"', ',', ';', '\r\n', '\r', '\t', ' ', '=', '-', "'", '＝', '\u001B[0m', '\u202E'),
      fc.string({unit: 'grapheme', maxLength: 3}),
    )
    const cell = fc.array(piece, {maxLength: 8}).map((pieces) => pieces.join(''))
    await fc.assert(
      fc.asyncProperty(cell, cell, async (name, description) => {
        const csv = await write({name, description}, {columns: 'name,description', csv: true})
        const [back = []]: string[][] = parse(csv, {recordDelimiter: '\r\n'})
        expect(back).to.deep.equal([disarmed(name), disarmed(description)])
        for (const text of back) expect(text).not.to.match(/^[=+\-@\t\r]/)
      }),
    )
  })
})
