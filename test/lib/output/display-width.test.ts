import {expect} from 'chai'
import fc from 'fast-check'
import stringWidth from 'string-width'

import {greatestWidthOf, pad, truncate, widthOf} from '../../../src/lib/output/display-width.js'
import {TEXT} from './texts.js'

function graphemesOf(text: string): string[] {
  return [...new Intl.Segmenter().segment(text)].map(({segment}) => segment)
}

describe('the display width of a text', () => {
  it('is the one that string-width finds', () => {
    fc.assert(
      fc.property(TEXT, (text) => {
        expect(widthOf(text)).to.equal(stringWidth(text))
      }),
    )
  })

  describe('truncate', () => {
    const cases: readonly (readonly [what: string, text: string, columns: number, truncated: string])[] = [
      ['leaves a text that fits', 'nightly', 7, 'nightly'],
      ['ends a text that does not fit with an ellipsis', 'nightly', 6, 'night…'],
      ['counts wide characters as two columns', '本番環境', 8, '本番環境'],
      ['leaves a column free if half a wide character would fit', '本番環境', 6, '本番…'],
      ['keeps accents with their letter', 'Zu\u0308rich', 3, 'Zu\u0308…'],
      ['keeps an emoji of several parts whole', '👩\u200D👩\u200D👧👩\u200D👩\u200D👧', 3, '👩\u200D👩\u200D👧…'],
      ['cuts an emoji of several parts as one', 'a👩\u200D👩\u200D👧b', 3, 'a…'],
      ['keeps flags whole', '🇩🇪🇫🇷🇮🇹', 5, '🇩🇪🇫🇷…'],
      ['puts the ellipsis at the end of text from right to left', 'مرحبا بالعالم', 6, 'مرحبا…'],
      ['drops spaces before the ellipsis', 'load all', 6, 'load…'],
      ['is the ellipsis alone in one column', 'nightly', 1, '…'],
      ['is empty in none', 'nightly', 0, ''],
      ['leaves characters that take no columns', '\u0301', 0, '\u0301'],
    ]
    for (const [what, text, columns, truncated] of cases) {
      it(what, () => {
        expect(truncate(text, columns)).to.equal(truncated)
      })
    }

    it('fits, and begins as the text does, whatever is in the text', () => {
      fc.assert(
        fc.property(
          TEXT,
          fc.integer({min: 1, max: 30}),
          fc.constantFrom(widthOf, greatestWidthOf),
          (text, columns, by) => {
            const truncated = truncate(text, columns, by)
            expect(by(truncated)).to.be.at.most(columns)
            if (by(text) <= columns) expect(truncated).to.equal(text)
            else {
              expect(truncated.endsWith('…')).to.equal(true)
              expect(text.startsWith(truncated.slice(0, -1))).to.equal(true)
            }
          },
        ),
      )
    })

    it('never cuts characters that are shown as one', () => {
      fc.assert(
        fc.property(TEXT, fc.integer({min: 1, max: 30}), (text, columns) => {
          const truncated = truncate(text, columns)
          const kept = truncated === text ? text : truncated.slice(0, -1)
          expect(graphemesOf(text).slice(0, graphemesOf(kept).length)).to.deep.equal(graphemesOf(kept))
        }),
      )
    })
  })

  describe('pad', () => {
    it('adds spaces up to the width, by the columns that a text takes', () => {
      expect(pad('本', 4)).to.equal('本  ')
      expect(pad('e\u0301', 3)).to.equal('e\u0301  ')
      expect(pad('wide', 2)).to.equal('wide')
    })
  })

  describe('greatestWidthOf', () => {
    for (const [text, width] of [
      ['plain', 5],
      ['Zu\u0308rich', 6],
      ['本番', 4],
      ['❤\uFE0F', 2],
      ['👩\u200D👩\u200D👧', 8],
      ['👍🏽', 4],
      ['กำ', 2],
    ] as const) {
      it(`is ${width} for ${JSON.stringify(text)}`, () => {
        expect(greatestWidthOf(text)).to.equal(width)
      })
    }

    it('is never less than the display width', () => {
      fc.assert(
        fc.property(TEXT, (text) => {
          expect(greatestWidthOf(text)).to.be.at.least(widthOf(text))
        }),
      )
    })
  })
})
