import {expect} from 'chai'
import fc from 'fast-check'
import stringWidth from 'string-width'

import {greatestWidthOf, truncate, widthOf} from '../../../src/lib/output/display-width.js'
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

  it('has an ellipsis after truncate, without half a character or a space before it', () => {
    expect(truncate('本番環境', 6)).to.equal('本番…')
    expect(truncate('👩\u200D👩\u200D👧👩\u200D👩\u200D👧', 3)).to.equal('👩\u200D👩\u200D👧…')
    expect(truncate(' 本 番環', 5)).to.equal(' 本…')
    expect(truncate('nightly', 0)).to.equal('')
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
