import {expect} from 'chai'

import {type TableColumn, type TableOptions, writeTable} from '../../../src/lib/output/table.js'
import {linesOf, type Screen, writtenBy} from './fixtures.js'
import {COLUMNS, HIDEABLE} from './table-cases.js'

const [A, B] = ['clm8xq0b1000008l4d2g7h3kz', 'clm9xq0b1000008l4d2g7h3kz']
const CELLS = [
  [A, 'deployments-of-the-platform-team', 'Runs the nightly load', 'Deploy Reader of reports', '3 days ago', 'x'],
  [B, '本番環境のための長い説明', '', 'r', '', 'y'],
]
const ID_NAME_ROLE = COLUMNS.filter(({header}) => ['DEPLOYMENT_ROLE', 'ID', 'NAME'].includes(header))
const IDS_NAMES_ROLES = CELLS.map(([id = '', name = '', , role = '']) => [id, name, role])
const NAME = [{header: 'NAME', kind: 'name'} as const]

/** The headers that are hidden, and the lines that are written. */
async function draw(
  rows: readonly (readonly string[])[],
  columns: readonly TableColumn[],
  screen: Screen = {},
  options: TableOptions = {},
) {
  let hidden: readonly string[] = []
  const text = await writtenBy((output) => {
    hidden = writeTable(columns, rows, output, options)
  }, screen)
  return {hidden, lines: linesOf(text)}
}

const bold = (text: string) => `\u001B[1m${text}\u001B[22m`

describe('a table', () => {
  it('aligns cells by display width, on a screen of any or unknown width', async () => {
    const lines = [
      ' ID                         NAME                              DESCRIPTION            DEPLOYMENT_ROLE           CREATED     LAST',
      ` ${'─'.repeat(126)}`,
      ` ${A}  deployments-of-the-platform-team  Runs the nightly load  Deploy Reader of reports  3 days ago  x`,
      ` ${B}  本番環境のための長い説明                                 r                                     y`,
      '',
    ]
    expect(await draw(CELLS, COLUMNS, {columns: 127}, {hideable: HIDEABLE})).to.deep.equal({hidden: [], lines})
    expect(await draw(CELLS, COLUMNS, {columns: 0}, {hideable: HIDEABLE})).to.deep.equal({hidden: [], lines})
  })

  it('truncates the description, then names to 20, then hides columns, then truncates names and roles', async () => {
    for (const [columns, hidden, line] of [
      [117, [], 'deployments-of-the-platform-team  Runs the n…  Deploy Reader of reports  3 days ago  x'],
      [105, [], 'deployments-of-the-…  Runs the n…  Deploy Reader of reports  3 days ago  x'],
      [104, ['CREATED'], 'deployments-of-the-platform-te…  Runs the n…  Deploy Reader of reports  x'],
      [70, ['DESCRIPTION', 'CREATED'], 'deployments-of-t…  Deploy Reader of…  x'],
    ] as const) {
      const table = await draw(CELLS, COLUMNS, {columns}, {hideable: HIDEABLE})
      expect([table.hidden, table.lines[2]], `${columns} columns`).to.deep.equal([hidden, ` ${A}  ${line}`])
    }
  })

  it('truncates names to 10 columns and roles to their header before it is drawn as blocks', async () => {
    const {lines} = await draw(IDS_NAMES_ROLES, ID_NAME_ROLE, {columns: 55})
    expect(lines[2]).to.equal(` ${A}  deploymen…  Deploy Reader…`)
    expect((await draw(IDS_NAMES_ROLES, ID_NAME_ROLE, {columns: 54})).lines).to.deep.equal([
      `ID               ${A}`,
      'NAME             deployments-of-the-platform-team',
      'DEPLOYMENT_ROLE  Deploy Reader of reports',
      '',
      `ID               ${B}`,
      'NAME             本番環境のための長い説明',
      'DEPLOYMENT_ROLE  r',
      '',
    ])
  })

  it('hides no column below 60, and truncates the values of blocks, but no ID', async () => {
    const columns = [...ID_NAME_ROLE, {header: 'CREATED', kind: 'short'} as const]
    const cells = CELLS.map(([id = '', name = '', , role = '', created = '']) => [id, name, role, created])
    const drawAt = async (width: number) => draw(cells, columns, {columns: width}, {hideable: columns.slice(3)})
    expect((await drawAt(60)).hidden).to.deep.equal(['CREATED'])
    const {hidden, lines} = await drawAt(59)
    expect([hidden, lines[0]]).to.deep.equal([[], `ID               ${A}`])
    expect((await drawAt(21)).lines.slice(0, 5)).to.deep.equal([
      `ID               ${A}`,
      'NAME             dep…',
      'DEPLOYMENT_ROLE  Dep…',
      'CREATED          3 d…',
      '',
    ])
  })

  it('omits the header on request, and keeps a row of empty cells', async () => {
    expect((await draw([['a'], [''], ['b']], NAME, {}, {hasHeader: false})).lines).to.deep.equal([' a', '', ' b', ''])
  })

  it('has headers in bold, in the color of the terminal, if that has colors', async () => {
    const screen = {hasColors: () => true}
    expect((await draw([['ab']], NAME, screen)).lines).to.deep.equal([bold(' NAME'), ' ────', ' ab', ''])
    const blocks = await draw([['ab', '']], COLUMNS.slice(0, 2), {...screen, columns: 6})
    expect(blocks.lines).to.deep.equal([`${bold('ID  ')}  ab`, bold('NAME'), ''])
  })
})
