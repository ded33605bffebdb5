import {expect} from 'chai'
import fc from 'fast-check'

import {safeJson, safeText} from '../../../src/lib/output/safe-text.js'

/** Pieces that terminals obey, in any order and between any characters. */
const piece = fc.oneof(
  fc.constantFrom('\u001B', '\u001B[', '\u001B]', '\u001B]8;;', '\u009B', '\u009D', '\u0007', '\u001B\\', '31m', ';'),
  fc.constantFrom('\n', '\r\n', '\t', '\u0085', '\u2028', '\u0000', '\u007F', '\u202E', '\u2066', '\u200B', '\uFEFF'),
  fc.constantFrom('\uD800', '\uDC00', '\u{E0041}', '\u200D', '👩', 'e\u0301'),
  fc.string({unit: 'binary', maxLength: 3}),
)
const hostile = fc.array(piece, {maxLength: 30}).map((pieces) => pieces.join(''))

describe('safe output', () => {
  it('has no control character, bidirectional override or line break, and safe text stays as it is', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const safe = safeText(text)
        expect(safe).not.to.match(/(?![\u200C\u200D])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
        expect(safe.isWellFormed()).to.equal(true)
        expect(safeText(safe)).to.equal(safe)
      }),
      {numRuns: 500},
    )
  })

  for (const [title, text, safe] of [
    ['removes colors and cursor moves', '\u001B[1;31mred\u001B[0m\u001B[2J\u001B[1;1Hb', 'redb'],
    ['removes window titles and links', '\u001B]0;title\u0007a\u001B]8;;url\u001B\\b\u001B]0;title\u009Cc', 'abc'],
    ['removes control strings of one C1 character', '\u009B31ma\u009Dtitle\u001B[0mb\u0090q\u0007c', 'abc'],
    ['removes private strings', '\u001BPq\u001B\\a\u001BXq\u0007b\u001B^q\u0007c\u001B_q\u0007d', 'abcd'],
    ['replaces each control character', 'a\u0000\u0007\u0008\u007Fb\u001B', 'a\uFFFD\uFFFD\uFFFD\uFFFDb\uFFFD'],
    ['shows a run of line breaks and tabs as one space', 'a\r\n\t\u2028\u2029\u0085b', 'a b'],
    ['replaces what reorders or hides text', 'gnp\u202Etxt\u00AD\u{E0041}', 'gnp\uFFFDtxt\uFFFD\uFFFD'],
    ['replaces lone surrogates', '\uD83Da\uDC69', '\uFFFDa\uFFFD'],
    ['replaces fillers', 'a\u115F\u3164\uFFA0\u034F\u17B4b', 'a\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDb'],
    ['keeps emoji, joiners and spaces', ' 👩\u200D👧 ❤\uFE0F ی\u200Cخ\u00A0', ' 👩\u200D👧 ❤\uFE0F ی\u200Cخ\u00A0'],
  ] as const) {
    it(title, () => {
      expect(safeText(text)).to.equal(safe)
    })
  }

  it('as JSON has the true value, without a character that a terminal would obey or hide', () => {
    // Not jsonValue, which has the negative zero that JSON does not have.
    const json = fc.json({stringUnit: 'binary'}).map((text) => JSON.parse(text) as unknown)
    fc.assert(
      fc.property(fc.oneof(json, hostile, fc.dictionary(hostile, hostile), fc.array(hostile)), (document) => {
        expect(JSON.parse(safeJson(document))).to.deep.equal(document)
        expect(safeJson(document)).not.to.match(/(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/u)
      }),
    )
  })

  it('as JSON is indented by two, escapes what safeText replaces, and keeps letters of every script readable', () => {
    const escapes = String.raw`\u007f\u202e\u200d\u3164\udb40\udc41\u2028`
    const name = `\u007F\u202E\u200D\u3164\u{E0041}\u2028 本番 ❤\uFE0F é`
    expect(safeJson({name})).to.equal(`{\n  "name": "${escapes} 本番 ❤\uFE0F é"\n}`)
  })
})
