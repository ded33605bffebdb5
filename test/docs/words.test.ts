import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'

import {ROOT} from '../support/host.js'

/** Phrases that are not plain English, and what to write instead. */
const PHRASES: readonly (readonly [phrase: RegExp, instead: string])[] = [
  [/\bparted by\b/, 'separated by'],
  [/\bmend(?:s|ed)?\b/i, 'fix'],
  [/\bdoes not bind\b/, 'ignores'],
  [/\brenew(?:al|ed|s)? (?:of|the) (?:a |the )?login\b/, 'refresh'],
]

/** A line break, and the marks that start the next line of a comment. */
const LINE_BREAK = /\s*\n\s*(?:\/\/|\*)?\s*/g
const SKIPPED = new Set(['LICENSE', 'package-lock.json', 'test/docs/words.test.ts'])

describe('the wording', () => {
  it('avoids these phrases', () => {
    const files = execFileSync('git', ['ls-files'], {cwd: ROOT, encoding: 'utf8'}).trim().split('\n')
    const found = files
      .filter((file) => !SKIPPED.has(file))
      .flatMap((file) => {
        const text = readFileSync(join(ROOT, file), 'utf8').replaceAll(LINE_BREAK, ' ')
        const phrases = PHRASES.filter(([phrase]) => phrase.test(text))
        return phrases.map(([phrase, instead]) => `${file}: ${String(phrase)}; write “${instead}”`)
      })
    expect(found).to.deep.equal([])
  })
})
