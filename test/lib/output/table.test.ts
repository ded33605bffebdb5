import {expect} from 'chai'
import fc from 'fast-check'
import widthOf from 'string-width'

import {safeText} from '../../../src/lib/output/safe-text.js'
import {drawTable, type TableOptions} from '../../../src/lib/output/table.js'

const HEADER = ['ID', 'DESCRIPTION', 'ROLE']

async function draw(body: readonly (readonly string[])[], options: Partial<TableOptions> = {}): Promise<string> {
  return drawTable([HEADER, ...body], {hasHeader: true, hasColors: false, ...options})
}

/** Each line without the spaces at its end. */
function linesOf(table: string): string[] {
  return table.split('\n').map((line) => line.trimEnd())
}

describe('drawTable', () => {
  it('draws a header, a line and the rows, each column as wide as its widest cell', async () => {
    const table = await draw([
      ['cltok1', 'x', ''],
      ['a', '', 'r'],
    ])

    expect(linesOf(table)).to.deep.equal([
      '  ID       DESCRIPTION   ROLE',
      ' ─────────────────────────────',
      '  cltok1   x',
      '  a                      r',
      '',
    ])
  })

  it('draws the rows alone, in the same columns, where no header is wanted', async () => {
    const table = await draw([['a', 'x', 'r']], {hasHeader: false})
    expect(linesOf(table)).to.deep.equal(['  a    x             r', ''])
  })

  describe('above a hundred rows', () => {
    const rows = Array.from({length: 101}, (_, index) => [`a${index}`, 'x', 'r'])

    it('is padded lines', async () => {
      const lines = (await draw(rows, {hasColors: true})).split('\n')

      expect(lines.slice(0, 3)).to.deep.equal([
        'ID     DESCRIPTION   ROLE',
        '----   -----------   ----',
        'a0     x             r',
      ])
      expect(lines).to.have.length(104)
    })

    it('is those of the rows alone where no header is wanted', async () => {
      const lines = (await draw(rows, {hasHeader: false})).split('\n')
      expect(lines[0]).to.equal('a0     x             r')
      expect(lines).to.have.length(102)
    })

    it('breaks no line, however narrow the terminal', async () => {
      const lines = (await draw(rows, {broken: 1, width: 10})).split('\n')
      expect(lines[2]).to.equal('a0     x             r')
    })
  })

  it('breaks the column that may be broken, at words, where the rows do not fit', async () => {
    const table = await draw([['a', 'runs the nightly load of all', 'Deploy Reader']], {broken: 1, width: 40})

    expect(linesOf(table)).to.deep.equal([
      '  ID   DESCRIPTION       ROLE',
      ' ──────────────────────────────────────',
      '  a    runs the          Deploy Reader',
      '       nightly load of',
      '       all',
      '',
    ])
  })

  it('keeps every other cell whole, however narrow the terminal', async () => {
    const table = await draw([['clm8xq0b1000008l4d2g7h3kz', '本番環境のための長い説明', 'Deploy Reader']], {
      broken: 1,
      width: 20,
    })
    expect(table).to.contain('clm8xq0b1000008l4d2g7h3kz').and.contain('Deploy Reader')
    expect(table.replaceAll(/[^本番環境のための長い説明]/g, '')).to.equal('本番環境のための長い説明')
  })

  it('keeps columns aligned, and the lines within the terminal, whatever is in the texts', async () => {
    const cell = fc
      .array(
        fc.oneof(fc.constantFrom('本番', '👩', ' ', 'ﬀ', 'x', 'می'), fc.string({unit: 'grapheme-ascii', maxLength: 3})),
        {maxLength: 12},
      )
      .map((pieces) => safeText(pieces.join('')).trim())
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), {minLength: 1, maxLength: 5}), async (pairs) => {
        const rows = pairs.map(([id, description]) => [id, description, 'END'])
        const lines = (await draw(rows, {broken: 1, width: 120, hasHeader: false})).split('\n').slice(0, -1)
        const ends = lines.map((text) => text.trimEnd()).filter((text) => text.endsWith('END'))
        expect(ends).to.have.length(rows.length)
        expect(new Set(ends.map((text) => widthOf(text)))).to.have.property('size', 1)
        for (const text of lines) expect(widthOf(text)).to.be.at.most(120)
      }),
    )
  })
})
