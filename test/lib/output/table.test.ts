import {expect} from 'chai'
import fc from 'fast-check'

import {type TableColumn, type TableOptions, writeTable} from '../../../src/lib/output/table.js'
import {linesOf, type Screen, writtenBy} from './fixtures.js'
import {COLUMNS, expectFit, HIDEABLE, PLAIN_TEXT, rowsOf} from './table-cases.js'

const [A, B] = ['clm8xq0b1000008l4d2g7h3kz', 'clm9xq0b1000008l4d2g7h3kz']
const CELLS = [
  [
    A,
    'deployments-of-the-platform-team',
    'Runs the nightly load of all',
    'Deploy Reader of reports',
    '3 days ago',
    'x',
  ],
  [B, '本番環境のための長い説明', '', 'r', '', 'y'],
]

/** What is written, and the headers that are hidden. */
async function draw(
  rows: readonly (readonly string[])[],
  {columns = COLUMNS, ...options}: TableOptions & {readonly columns?: readonly TableColumn[]} = {},
  screen: Screen = {},
) {
  let hidden: readonly string[] = []
  const text = await writtenBy((output) => {
    hidden = writeTable(columns, rows, output, options)
  }, screen)
  return {hidden, lines: linesOf(text), text}
}

const rule = (width: number) => ` ${'─'.repeat(width)}`
const bold = (text: string) => `\u001B[1m${text}\u001B[22m`

describe('writeTable', () => {
  for (const {columns, hidden, lines, title} of [
    {
      title: 'leaves every text whole if it fits',
      columns: 134,
      hidden: [],
      lines: [
        ' ID                         NAME                              DESCRIPTION                   DEPLOYMENT_ROLE           CREATED     LAST',
        ` ${A}  deployments-of-the-platform-team  Runs the nightly load of all  Deploy Reader of reports  3 days ago  x`,
        ` ${B}  本番環境のための長い説明                                        r                                     y`,
      ],
    },
    {
      title: 'truncates the description to its header first',
      columns: 117,
      hidden: [],
      lines: [
        ' ID                         NAME                              DESCRIPTION  DEPLOYMENT_ROLE           CREATED     LAST',
        ` ${A}  deployments-of-the-platform-team  Runs the n…  Deploy Reader of reports  3 days ago  x`,
        ` ${B}  本番環境のための長い説明                       r                                     y`,
      ],
    },
    {
      title: 'then names to 20 columns',
      columns: 105,
      hidden: [],
      lines: [
        ' ID                         NAME                  DESCRIPTION  DEPLOYMENT_ROLE           CREATED     LAST',
        ` ${A}  deployments-of-the-…  Runs the n…  Deploy Reader of reports  3 days ago  x`,
        ` ${B}  本番環境のための長…                r                                     y`,
      ],
    },
    {
      title: 'then hides a column, and shows the others as wide as they can be',
      columns: 104,
      hidden: ['CREATED'],
      lines: [
        ' ID                         NAME                             DESCRIPTION  DEPLOYMENT_ROLE           LAST',
        ` ${A}  deployments-of-the-platform-te…  Runs the n…  Deploy Reader of reports  x`,
        ` ${B}  本番環境のための長い説明                      r                         y`,
      ],
    },
    {
      title: 'then hides the next one, and truncates the widest names and roles when none is left to hide',
      columns: 70,
      hidden: ['DESCRIPTION', 'CREATED'],
      lines: [
        ' ID                         NAME               DEPLOYMENT_ROLE    LAST',
        ` ${A}  deployments-of-t…  Deploy Reader of…  x`,
        ` ${B}  本番環境のための…  r                  y`,
      ],
    },
  ]) {
    it(title, async () => {
      const table = await draw(CELLS, {hideable: HIDEABLE}, {columns})
      expect(table.hidden).to.deep.equal(hidden)
      expect(table.lines.toSpliced(1, 1)).to.deep.equal([...lines, ''])
    })
  }

  it('truncates names to 10 columns and roles to their header before it draws blocks', async () => {
    const columns = COLUMNS.filter(({header}) => ['DEPLOYMENT_ROLE', 'ID', 'NAME'].includes(header))
    const cells = CELLS.map(([id = '', name = '', , role = '']) => [id, name, role])
    expect((await draw(cells, {columns}, {columns: 55})).lines.slice(0, 3)).to.deep.equal([
      ' ID                         NAME        DEPLOYMENT_ROLE',
      rule(54),
      ` ${A}  deploymen…  Deploy Reader…`,
    ])
    expect((await draw(cells, {columns}, {columns: 54})).lines).to.deep.equal([
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

  it('does not hide columns below 60, and then truncates the values of blocks, but no ID', async () => {
    const {hidden, lines} = await draw(CELLS, {hideable: HIDEABLE}, {columns: 21})
    expect(hidden).to.deep.equal([])
    expect(lines.slice(0, 7)).to.deep.equal([
      `ID               ${A}`,
      'NAME             dep…',
      'DESCRIPTION      Run…',
      'DEPLOYMENT_ROLE  Dep…',
      'CREATED          3 d…',
      'LAST             x',
      '',
    ])
  })

  it('hides no column below 60', async () => {
    const columns = COLUMNS.filter(({header}) => ['CREATED', 'DESCRIPTION', 'ID', 'NAME'].includes(header))
    const cells = CELLS.map(([id = '', name = '', description = '', , created = '']) => [
      id,
      name,
      description,
      created,
    ])
    expect((await draw(cells, {columns, hideable: HIDEABLE}, {columns: 60})).hidden).to.deep.equal([
      'DESCRIPTION',
      'CREATED',
    ])
    const {hidden, lines} = await draw(cells, {columns, hideable: HIDEABLE}, {columns: 59})
    expect([hidden, lines[0]]).to.deep.equal([[], `ID           ${A}`])
  })

  it('omits the header on request, and keeps a row of empty cells', async () => {
    const columns = [{header: 'NAME', kind: 'name'} as const]
    expect((await draw([['a'], [''], ['b']], {columns, hasHeader: false})).lines).to.deep.equal([' a', '', ' b', ''])
  })

  it('shows headers in bold, in the color of the terminal, if it has colors', async () => {
    const columns = [{header: 'NAME', kind: 'name'} as const]
    const screen = {hasColors: () => true}
    const {text} = await draw([['ab']], {columns}, screen)
    expect(linesOf(text)).to.deep.equal([bold(' NAME'), rule(4), ' ab', ''])
    const blocks = await draw([['ab', 'cd']], {}, {...screen, columns: 10})
    expect(blocks.text.startsWith(`${bold('ID             ')}  ab\n`)).to.equal(true)
  })

  it('is never wider than the terminal and cuts no header or ID, whatever the names', async () => {
    const widths = fc.constantFrom(60, 72, 80, 100, 120, 200)
    await fc.assert(
      fc.asyncProperty(rowsOf(PLAIN_TEXT), widths, fc.boolean(), async (rows, width, mayHide) => {
        const {hidden, text} = await draw(rows, {hideable: mayHide ? HIDEABLE : []}, {columns: width})
        expectFit(text, {width, rows, hidden})
      }),
      {numRuns: 25},
    )
  })

  it('ignores the width of stdout, since a plan is drawn on stderr', async () => {
    const table = await draw(CELLS)
    process.env.OCLIF_TABLE_COLUMN_OVERRIDE = '20'
    const again = await draw(CELLS)
    delete process.env.OCLIF_TABLE_COLUMN_OVERRIDE
    expect(again).to.deep.equal(table)
    expect(await draw(CELLS, {}, {columns: 0})).to.deep.equal(table)
  })
})
