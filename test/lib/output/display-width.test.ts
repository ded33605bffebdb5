import {expect} from 'chai'
import fc from 'fast-check'
import stringWidth from 'string-width'

import {greatestWidthOf, pad, truncate, widthOf} from '../../../src/lib/output/display-width.js'
import {GREATEST_WIDTHS, TRUNCATED} from './display-width-table.js'
import {TEXT} from './texts.js'

function graphemesOf(text: string): string[] {
  return Array.from(new Intl.Segmenter().segment(text), ({segment}) => segment)
}

describe('the display width', () => {
  it('is what string-width counts, and at most the greatest width', () => {
    fc.assert(
      fc.property(TEXT, (text) => {
        expect(widthOf(text)).to.equal(stringWidth(text))
        expect(greatestWidthOf(text)).to.be.at.least(widthOf(text))
      }),
    )
  })

  for (const [text, width] of GREATEST_WIDTHS) {
    it(`is at most ${width} for ${JSON.stringify(text)} on any terminal`, () => {
      expect(greatestWidthOf(text)).to.equal(width)
    })
  }

  it('is padded with spaces', () => {
    const padded = [pad('本', 4), pad('e\u0301', 3), pad('wide', 2), pad('👍🏽', 5, greatestWidthOf)]
    expect(padded).to.deep.equal(['本  ', 'e\u0301  ', 'wide', '👍🏽 '])
  })

  describe('truncate', () => {
    for (const [title, text, columns, truncated] of TRUNCATED) {
      it(title, () => {
        expect(truncate(text, columns)).to.equal(truncated)
      })
    }

    it('fits, and keeps whole characters from the start of the text', () => {
      const columns = fc.integer({min: 1, max: 30})
      fc.assert(
        fc.property(TEXT, columns, fc.constantFrom(widthOf, greatestWidthOf), (text, width, by) => {
          const truncated = truncate(text, width, by)
          const isWhole = by(text) <= width
          const kept = graphemesOf(isWhole ? text : truncated.slice(0, -1))
          expect(by(truncated)).to.be.at.most(width)
          expect(truncated).to.equal(isWhole ? text : `${kept.join('')}…`)
          expect(graphemesOf(text).slice(0, kept.length)).to.deep.equal(kept)
        }),
      )
    })
  })
})
