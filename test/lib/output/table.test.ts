import {expect} from 'chai'

import {type TableOptions, writeTable} from '../../../src/lib/output/table.js'
import {COLUMNS, HIDEABLE, linesOf, type Screen, writtenBy} from './fixtures.js'

const [A, B] = ['clm8xq0b1000008l4d2g7h3kz', 'clm9xq0b1000008l4d2g7h3kz']
const CELLS = [
  [A, 'deployments-of-the-platform-team', 'Runs the nightly load', 'Deploy Reader of reports', '3 days ago', 'x'],
  [B, '本番環境のための長い説明', '', 'r', '', 'y'],
]
const NAME = COLUMNS.slice(1, 2)

/** The headers that are hidden, and the lines that are written. */
async function draw(screen: Screen, options: TableOptions = {}, columns = COLUMNS, rows = CELLS) {
  let hidden: readonly string[] = []
  const text = await writtenBy((output) => {
    hidden = writeTable(columns, rows, output, options)
  }, screen)
  return {hidden, lines: linesOf(text)}
}

const linesAt = async (columns: number) => (await draw({columns}, {}, COLUMNS.slice(0, 4))).lines
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
    for (const columns of [127, 0]) {
      expect(await draw({columns}, {hideable: HIDEABLE})).to.deep.equal({hidden: [], lines})
    }
  })

  it('truncates the description, then names to 20, then hides columns, then truncates names and roles', async () => {
    for (const [columns, hidden, line] of [
      [117, [], 'deployments-of-the-platform-team  Runs the n…  Deploy Reader of reports  3 days ago  x'],
      [105, [], 'deployments-of-the-…  Runs the n…  Deploy Reader of reports  3 days ago  x'],
      [104, ['CREATED'], 'deployments-of-the-platform-te…  Runs the n…  Deploy Reader of reports  x'],
      [70, ['DESCRIPTION', 'CREATED'], 'deployments-of-t…  Deploy Reader of…  x'],
    ] as const) {
      const table = await draw({columns}, {hideable: HIDEABLE})
      expect([table.hidden, table.lines[2]], `${columns} columns`).to.deep.equal([hidden, ` ${A}  ${line}`])
    }
  })

  it('truncates names to 10 columns and roles to their header before it becomes blocks', async () => {
    expect((await linesAt(68))[2]).to.equal(` ${A}  deploymen…  Runs the n…  Deploy Reader…`)
    expect(await linesAt(67)).to.deep.equal([
      `ID               ${A}`,
      'NAME             deployments-of-the-platform-team',
      'DESCRIPTION      Runs the nightly load',
      'DEPLOYMENT_ROLE  Deploy Reader of reports',
      '',
      `ID               ${B}`,
      'NAME             本番環境のための長い説明',
      'DESCRIPTION',
      'DEPLOYMENT_ROLE  r',
      '',
    ])
    const narrow = [`ID               ${A}`, 'NAME             dep…', 'DESCRIPTION      Run…', 'DEPLOYMENT_ROLE  Dep…']
    expect((await linesAt(21)).slice(0, 4)).to.deep.equal(narrow)
  })

  it('hides no column below 60', async () => {
    const columns = COLUMNS.slice(0, 5)
    expect((await draw({columns: 60}, {hideable: HIDEABLE}, columns)).hidden).to.deep.equal(['DESCRIPTION', 'CREATED'])
    expect((await draw({columns: 59}, {hideable: HIDEABLE}, columns)).hidden).to.deep.equal([])
  })

  it('omits the header on request, and keeps a row of empty cells', async () => {
    expect((await draw({}, {hasHeader: false}, NAME, [['a'], [''], ['b']])).lines).to.deep.equal([' a', '', ' b', ''])
  })

  it('has headers in bold, in the color of the terminal, if that has colors', async () => {
    const screen = {hasColors: () => true}
    expect((await draw(screen, {}, NAME, [['ab']])).lines).to.deep.equal([bold(' NAME'), ' ────', ' ab', ''])
    const blocks = await draw({...screen, columns: 6}, {}, COLUMNS.slice(0, 2), [['ab', '']])
    expect(blocks.lines).to.deep.equal([`${bold('ID  ')}  ab`, bold('NAME'), ''])
  })
})
