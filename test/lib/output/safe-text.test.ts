import {expect} from 'chai'
import fc from 'fast-check'

import {safeJson, safeText} from '../../../src/lib/output/safe-text.js'

const CONTROL = /\p{Cc}/u
const BIDI = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/
const BREAK = /[\n\r\v\f\u0085\u2028\u2029]/
const FORMAT_BUT_JOINERS = /(?![\u200C\u200D])\p{Cf}/u

/** Pieces that terminals obey, in any order and between any characters. */
const piece = fc.oneof(
  fc.constantFrom('\u001B', '\u001B[', '\u001B]', '\u001B]8;;', '\u009B', '\u009D', '\u0007', '\u001B\\', '31m', ';'),
  fc.constantFrom('\n', '\r\n', '\t', '\u0085', '\u2028', '\u0000', '\u007F', '\u202E', '\u2066', '\u200B', '\uFEFF'),
  fc.constantFrom('\uD800', '\uDC00', '\u{E0041}', '\u200D', '👩', 'e\u0301'),
  fc.string({unit: 'binary', maxLength: 3}),
)
const hostile = fc.array(piece, {maxLength: 30}).map((pieces) => pieces.join(''))

describe('safe output', () => {
  describe('safeText', () => {
    it('holds no control character, no bidirectional override and no line break, whatever it was given', () => {
      fc.assert(
        fc.property(hostile, (text) => {
          const safe = safeText(text)
          expect(safe).not.to.match(CONTROL)
          expect(safe).not.to.match(BIDI)
          expect(safe).not.to.match(BREAK)
          expect(safe).not.to.match(FORMAT_BUT_JOINERS)
          expect(safe.isWellFormed()).to.equal(true)
        }),
        {numRuns: 1000},
      )
    })

    it('leaves a safe text as it is', () => {
      fc.assert(
        fc.property(hostile, (text) => {
          const safe = safeText(text)
          expect(safeText(safe)).to.equal(safe)
        }),
        {numRuns: 1000},
      )
    })

    it('leaves text of every script as it is', () => {
      fc.assert(
        fc.property(fc.string({unit: 'grapheme'}), (text) => {
          fc.pre(!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(text))
          expect(safeText(text)).to.equal(text)
        }),
      )
    })

    const cases: readonly (readonly [what: string, text: string, safe: string])[] = [
      ['takes out colours', '\u001B[1;31mred\u001B[0m', 'red'],
      ['takes out true colours', '\u001B[38;2;255;0;0mred\u001B[m', 'red'],
      ['takes out cursor moves', 'a\u001B[2J\u001B[1;1Hb', 'ab'],
      ['takes out a hidden cursor', '\u001B[?25la', 'a'],
      ['takes out window titles that end with BEL', '\u001B]0;title\u0007a', 'a'],
      ['takes out window titles that end with ST', '\u001B]0;title\u001B\\a', 'a'],
      ['takes out a write to the clipboard', '\u001B]52;c;aGVsbG8=\u0007a', 'a'],
      ['shows the text of links that end with BEL', '\u001B]8;;https://evil.example/?q=1\u0007a\u001B]8;;\u0007', 'a'],
      ['shows the text of links that end with ST', '\u001B]8;;https://evil.example\u001B\\a\u001B]8;;\u001B\\', 'a'],
      ['takes out colours that start with one C1 character', '\u009B31mred\u009B0m', 'red'],
      ['replaces an escape character alone', 'a\u001B', 'a\uFFFD'],
      ['replaces NUL, BEL, backspace and DEL', 'a\u0000\u0007\u0008\u007Fb', 'a\uFFFD\uFFFD\uFFFD\uFFFDb'],
      ['makes a line break a space', 'a\nb', 'a b'],
      ['makes a run of line breaks and tabs one space', 'a\r\n\t\u2028\u2029\u0085b', 'a b'],
      ['makes a tab a space', 'a\tb', 'a b'],
      ['replaces a right-to-left override', 'gnp\u202Etxt', 'gnp\uFFFDtxt'],
      ['replaces a left-to-right isolate', '\u2066a\u2069', '\uFFFDa\uFFFD'],
      ['replaces a zero-width space', 'a\u200Bb', 'a\uFFFDb'],
      ['replaces a byte order mark', '\uFEFFa', '\uFFFDa'],
      ['replaces a soft hyphen', 'a\u00ADb', 'a\uFFFDb'],
      ['replaces tag characters, each once', 'a\u{E0041}\u{E007F}', 'a\uFFFD\uFFFD'],
      ['replaces lone surrogates', '\uD83Da\uDC69', '\uFFFDa\uFFFD'],
      ['replaces fillers that show nothing', 'a\u115F\u3164\uFFA0\u034F\u17B4b', 'a\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDb'],
      ['keeps what makes an emoji of a character', '❤\uFE0F', '❤\uFE0F'],
      ['keeps emoji that are joined', '👩\u200D👩\u200D👧', '👩\u200D👩\u200D👧'],
      ['keeps the joiner that scripts need', 'می\u200Cخواهم', 'می\u200Cخواهم'],
      ['keeps combining marks', 'Zu\u0308rich', 'Zu\u0308rich'],
      ['keeps wide characters', '本番環境 デプロイ', '本番環境 デプロイ'],
      ['keeps spaces, no-break ones too', ' a \u00A0 b ', ' a \u00A0 b '],
      ['keeps nothing as nothing', '', ''],
    ]
    for (const [what, text, safe] of cases) {
      it(what, () => {
        expect(safeText(text)).to.equal(safe)
      })
    }
  })

  describe('safeJson', () => {
    // Not jsonValue, which has the negative zero that JSON does not have.
    const json = fc.json({stringUnit: 'binary'}).map((text) => JSON.parse(text) as unknown)
    const value = fc.oneof(json, hostile, fc.dictionary(hostile, hostile), fc.array(hostile))

    it('is JSON of the true value', () => {
      fc.assert(
        fc.property(value, (document) => {
          expect(JSON.parse(safeJson(document))).to.deep.equal(document)
        }),
      )
    })

    it('holds no control character but line breaks, and none that a terminal would hide', () => {
      fc.assert(
        fc.property(value, (document) => {
          expect(safeJson(document)).not.to.match(/(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/u)
        }),
      )
    })

    it('writes what it replaces as escapes, both halves of a tag character too', () => {
      expect(safeJson('\u007F\u202E\u3164\u{E0041}\u2028')).to.equal(String.raw`"\u007f\u202e\u3164\udb40\udc41\u2028"`)
    })

    it('indents by two, and leaves letters of every script readable', () => {
      expect(safeJson({name: '本番 👩 é'})).to.equal('{\n  "name": "本番 👩 é"\n}')
    })
  })
})
