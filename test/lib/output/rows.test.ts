import {expect} from 'chai'
import {parse} from 'csv-parse/sync'
import fc from 'fast-check'

import {AUDIT_FIELDS, LIST_FIELDS} from '../../../src/lib/output/fields.js'
import {readRowFormat, type RowFlags, sortItems, writeRows} from '../../../src/lib/output/rows.js'
import {safeText} from '../../../src/lib/output/safe-text.js'
import {type ScopedToken} from '../../../src/lib/roles/service.js'
import {failureOf} from '../support.js'
import {BARE, FULL, NOW, type Screen, writtenBy} from './fixtures.js'

const ITEMS: readonly ScopedToken[] = [{token: FULL, role: 'Deploy Reader'}]
const EMPTY: readonly ScopedToken[] = [{token: BARE, role: undefined}]
const HEADER = 'ID\tNAME\tDESCRIPTION\tSCOPE\tDEPLOYMENT_ROLE\tCREATED\tCREATED BY'
const ALL = LIST_FIELDS.all.map(({key}) => key).join(',')
const WIDE = {isTTY: true, columns: 200}

/** What is written for these rows, to a pipe unless a terminal is given. */
async function write(items: readonly ScopedToken[], flags: RowFlags = {}, screen: Screen = {}): Promise<string> {
  const format = await readRowFormat(LIST_FIELDS, flags)
  return writtenBy(async (output) => writeRows(items, format, output, NOW), screen)
}

const sorted = async (tokens: readonly object[], sort?: string) => {
  const items = tokens.map((token) => ({token: {...BARE, ...token}, role: 'r'}))
  return sortItems(items, await readRowFormat(LIST_FIELDS, {sort})).map(({token}) => token.name)
}

const hiddenAt = async (columns: number, flags: RowFlags) => {
  const format = await readRowFormat(LIST_FIELDS, flags)
  return writeRows(ITEMS, format, {isTTY: true, columns, write: String}, NOW)
}

const csv = async (names: readonly string[], columns = 'name') => {
  const items = names.map((name) => ({token: {...BARE, name, description: name}, role: 'r'}))
  return write(items, {columns, csv: true, 'no-header': true})
}

const isFormula = (text: string) => /^[=+\-@＝＋－＠]/.test(text.trimStart()) || /^[\t\r]/.test(text)

/** The rows of two cells in which another program reads these names. */
const disarmed = (names: readonly string[]) => {
  const texts = names.map((text) => (isFormula(text) || isFormula(safeText(text)) ? "'" : '') + safeText(text))
  return texts.map((text) => [text, text])
}

/** The names of all columns, spelled in several ways. */
const SPELLINGS = AUDIT_FIELDS.all.flatMap(({alias = '', header, key}) =>
  [header, key, key.toUpperCase(), ` ${header.toLowerCase().replaceAll(' ', '_')} `, alias]
    .filter((name) => name !== '')
    .map((name) => ({header, name})),
)
const namesOf = (chosen: readonly {readonly name: string}[]) => chosen.map(({name}) => name).join(',')
const headersOf = (chosen: readonly {readonly header: string}[]) => chosen.map(({header}) => header)

describe('rows', () => {
  describe('the flags for rows', () => {
    it('select columns by header, alias or JSON key, in any spelling, each once', async () => {
      expect(SPELLINGS).to.deep.include({header: 'KIND', name: 'TYPE'})
      await fc.assert(
        fc.asyncProperty(fc.array(fc.constantFrom(...SPELLINGS), {minLength: 1}), async (chosen) => {
          const {columns} = await readRowFormat(AUDIT_FIELDS, {columns: namesOf(chosen)})
          expect(headersOf(columns)).to.deep.equal([...new Set(headersOf(chosen))])
        }),
      )
    })

    for (const {flags, likely, name} of [
      {flags: {columns: 'id,owner'}, name: 'owner'},
      {flags: {columns: 'id, '}, name: ''},
      {flags: {columns: 'last-used'}, name: 'last-used', likely: 'LAST_USED'},
      {flags: {sort: '-nme'}, name: 'nme', likely: 'NAME'},
      {flags: {sort: '-'}, name: ''},
    ]) {
      it(`fail with all columns and the closest one for ${JSON.stringify(flags)}`, async () => {
        const {details, kind, message} = await failureOf(async () => readRowFormat(LIST_FIELDS, flags))
        const columns = `${HEADER.replaceAll('\t', ', ')}, EXPIRES, LAST_USED, LAST_ROTATED, KIND, UPDATED, ORGANIZATION_ROLE`
        expect([kind, message]).to.deep.equal(['usage', `There is no column "${name}". Columns: ${columns}.`])
        expect(details).to.deep.equal(likely === undefined ? {} : {hint: `Did you mean ${likely}?`})
      })
    }
  })

  describe('sortItems', () => {
    it('sorts texts by code units, in both directions, and not at all by default', async () => {
      const tokens = ['b', 'ä', 'Z', '\u001B[31mb', '10', '9', ''].map((name) => ({name}))
      const ascending = ['', '\u001B[31mb', '10', '9', 'Z', 'b', 'ä']
      expect(await sorted(tokens)).to.deep.equal(tokens.map(({name}) => name))
      expect(await sorted(tokens, 'name')).to.deep.equal(ascending)
      expect(await sorted(tokens, ' -NAME')).to.deep.equal(ascending.toReversed())
    })

    for (const {key, names, sort} of [
      {sort: 'created', key: 'createdAt', names: ['unreadable', 'none', 'old', 'new']},
      {sort: '-created_at', key: 'createdAt', names: ['new', 'old', 'unreadable', 'none']},
      {sort: 'Updated', key: 'updatedAt', names: ['unreadable', 'none', 'old', 'new']},
      {sort: 'last_used', key: 'lastUsedAt', names: ['unreadable', 'none', 'old', 'new']},
      {sort: 'last_rotated', key: 'lastRotatedAt', names: ['unreadable', 'none', 'old', 'new']},
      // A token without this time never expires.
      {sort: 'EXPIRES', key: 'endAt', names: ['unreadable', 'old', 'new', 'none']},
    ]) {
      it(`sorts times by ${sort}`, async () => {
        const times = {
          new: '2026-03-09T00:00:00+09:00',
          old: '2026-03-08T14:00:00Z',
          unreadable: 'soon',
          none: undefined,
        }
        const tokens = Object.entries(times).map(([name, time]) => ({name, [key]: time}))
        expect(await sorted(tokens, sort)).to.deep.equal(names)
      })
    }
  })

  describe('writeRows', () => {
    it('writes every column into a pipe, with times in words', async () => {
      const cells = 'cltok1\tetl, prod\t=1\tORGANIZATION\tDeploy Reader\t3 days ago\tJo Doe'
      expect(await write(ITEMS)).to.equal(`${HEADER}\n${cells}\n`)
      expect(await write(ITEMS, {columns: ALL})).to.equal(
        `${HEADER}\tEXPIRES\tLAST_USED\tLAST_ROTATED\tKIND\tUPDATED\tORGANIZATION_ROLE\n` +
          `${cells}\tin 12 days\t3 months ago\t1 hour ago\tDIRECT_ACCESS\t1 year ago\tORGANIZATION_OWNER\n`,
      )
    })

    it('writes every column as CSV, with times as RFC 3339, on a terminal too', async () => {
      expect(await write(ITEMS, {columns: ALL, csv: true, 'no-header': true}, WIDE)).to.equal(
        `cltok1,"etl, prod",'=1,ORGANIZATION,Deploy Reader,2026-03-07T12:00:00Z,Jo Doe,2026-03-22T13:00:00Z,` +
          '2025-12-09T13:00:00+02:00,2026-03-10T11:00:00Z,DIRECT_ACCESS,2025-03-07T12:00:00Z,ORGANIZATION_OWNER\r\n',
      )
    })

    it('leaves cells without a value empty, except for times that have never come', async () => {
      const flags = {columns: ALL, 'no-header': true}
      expect(await write(EMPTY, flags)).to.equal('cltok2\tbare\t\tORGANIZATION\t\t\t\tnever\tnever\tnever\t\t\t\n')
      expect(await write(EMPTY, {...flags, csv: true})).to.equal('cltok2,bare,,ORGANIZATION,,,,,,,,,\r\n')
      const unreadable = [{token: {...BARE, createdAt: 'yesterday'}, role: 'r'}]
      expect(await write(unreadable, {columns: 'created', csv: true})).to.equal('CREATED\r\n""\r\n')
    })

    it('names the creator by full name, token name, username or ID', async () => {
      const names = {fullName: 'Jo Doe', apiTokenName: 'ci', username: 'jo@example.com', id: 'clusr1'}
      const creators = Object.keys(names).map((_, at) => Object.fromEntries(Object.entries(names).slice(at)))
      const items = creators.map((createdBy) => ({token: {...BARE, createdBy}, role: 'r'}))
      const text = await write(items, {columns: 'created_by', 'no-header': true})
      expect(text.split('\n')).to.deep.equal([...Object.values(names), ''])
    })

    it('writes the columns of the audit', async () => {
      const items = [{token: FULL, deploymentId: 'd1', deploymentName: 'reports', role: 'r'}]
      const format = await readRowFormat(AUDIT_FIELDS, {'no-header': true})
      const text = await writtenBy(async (output) => writeRows(items, format, output, NOW))
      expect(text).to.equal('cltok1\tetl, prod\td1\treports\tr\tin 12 days\t3 months ago\n')
    })

    it('writes the selected columns as a table on a terminal, with or without a header', async () => {
      const flags = {columns: 'name,role'}
      const [rows, header] = [' etl, prod  Deploy Reader\n', ' NAME       DEPLOYMENT_ROLE\n']
      expect(await write(ITEMS, flags, WIDE)).to.equal(`${header} ${'─'.repeat(26)}\n${rows}`)
      expect(await write(ITEMS, {...flags, 'no-header': true}, WIDE)).to.equal(rows)
    })

    it('hides default columns of a narrow terminal, not those that the user selects', async () => {
      expect(await hiddenAt(60, {})).to.deep.equal(['SCOPE', 'CREATED BY'])
      expect(await hiddenAt(200, {})).to.deep.equal([])
      expect(await hiddenAt(60, {columns: ALL})).to.deep.equal([])
    })

    it('writes only the header if there are no rows, and nothing on a terminal', async () => {
      expect(await write([])).to.equal(`${HEADER}\n`)
      expect(await write([], {csv: true})).to.equal(`${HEADER.replaceAll('\t', ',')}\r\n`)
      expect(await write([], {'no-header': true})).to.equal('')
      expect(await write([], {}, WIDE)).to.equal('')
    })
  })

  describe('CSV', () => {
    for (const {name, text, title} of [
      {title: 'keeps spaces and semicolons', name: ' b ; c ', text: ' b ; c '},
      {title: 'quotes quotes', name: 'say "hi"', text: '"say ""hi"""'},
      {title: 'writes no empty line for a row with one empty cell', name: '', text: '""'},
      {title: 'disarms =', name: '=1+1', text: "'=1+1"},
      {title: 'disarms a tab', name: '\tx', text: "' x"},
      {title: 'disarms = after a line break', name: '\n=1', text: "' =1"},
      {title: 'disarms a cell that it quotes', name: '=A1,"x"', text: `"'=A1,""x"""`},
    ]) {
      it(title, async () => {
        expect(await csv([name])).to.equal(`${text}\r\n`)
      })
    }

    it('is read back by another program as the safe texts, with formulas disarmed', async () => {
      const piece = fc.oneof(
        fc.constantFrom('"', ',', ';', '\r\n', '\r', '\t', ' ', '=', '-', "'", '＝', '\u001B[0m', '\u202E'),
        fc.string({unit: 'grapheme', maxLength: 3}),
      )
      const cell = fc.array(piece, {maxLength: 8}).map((pieces) => pieces.join(''))
      await fc.assert(
        fc.asyncProperty(fc.array(cell, {minLength: 1, maxLength: 5}), async (names) => {
          const back: string[][] = parse(await csv(names, 'name,description'), {recordDelimiter: '\r\n'})
          expect(back).to.deep.equal(disarmed(names))
          for (const text of back.flat()) expect(text).not.to.match(/^[=+\-@\t\r]/)
        }),
      )
    })
  })
})
