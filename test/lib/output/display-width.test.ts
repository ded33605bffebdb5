import {expect} from 'chai'
import fc from 'fast-check'
import stringWidth from 'string-width'

import {greatestWidthOf, pad, truncate, widthOf} from '../../../src/lib/output/display-width.js'
import {TEXT} from './fixtures.js'

const graphemesOf = (text: string) => Array.from(new Intl.Segmenter().segment(text), ({segment}) => segment)

describe('the display width', () => {
  it('is what string-width counts, and at most the greatest width', () => {
    fc.assert(
      fc.property(TEXT, (text) => {
        expect(widthOf(text)).to.equal(stringWidth(text))
        expect(greatestWidthOf(text)).to.be.at.least(widthOf(text))
      }),
    )
  })

  it('is greatest on terminals that only combine accents', () => {
    const texts = ['plain', 'Zu\u0308rich', '本番', '❤\uFE0F', '👩\u200D👩\u200D👧', '👍🏽', 'กำ']
    expect(texts.map((text) => greatestWidthOf(text))).to.deep.equal([5, 6, 4, 2, 8, 4, 2])
  })

  it('is padded with spaces', () => {
    const padded = [pad('本', 4), pad('e\u0301', 3), pad('wide', 2), pad('👍🏽', 5, greatestWidthOf)]
    expect(padded).to.deep.equal(['本  ', 'e\u0301  ', 'wide', '👍🏽 '])
  })

  it('has an ellipsis, no half characters and no trailing spaces after truncate', () => {
    for (const [title, text, columns, truncated] of [
      ['a text that does not fit', 'nightly', 6, 'night…'],
      ['half a wide character', '本番環境', 6, '本番…'],
      ['an emoji of several parts', '👩\u200D👩\u200D👧👩\u200D👩\u200D👧', 3, '👩\u200D👩\u200D👧…'],
      ['spaces at the start and before the ellipsis', ' 本 番環', 5, ' 本…'],
      ['no columns', 'nightly', 0, ''],
      ['a character that takes no columns', '\u0301', 0, '\u0301'],
    ] as const) {
      expect(truncate(text, columns), title).to.equal(truncated)
    }
  })

  it('fits after truncate, which keeps whole characters from the start of the text', () => {
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
