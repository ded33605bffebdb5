import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'

import {ROOT} from '../support/host.js'

/** Phrases that are not plain English, and what to write instead. */
const PHRASES: readonly (readonly [phrase: RegExp, instead: string])[] = [
  [/\bgo(?:es)? back to Astro\b/, 'is left unchanged'],
  [/\bparted by\b/, 'separated by'],
  [/\bhowever many\b/, 'regardless of the number of'],
  [/\bis asked for\b/, 'the command prompts for'],
  [/\bare honoured\b/, 'follow the same rules as'],
  [/\bwhere that is (?:given|set)\b/, 'if … is given'],
  [/\bkept apart\b/, 'coordinated'],
  [/\bcolours\b/, 'color'],
  [/\bnone was named\b/i, 'No … specified'],
  [/\bthere is no connection to\b/i, 'Could not reach …'],
  [/\breadable by all\b/, 'unencrypted'],
  [/\bis not known\b/, 'Could not confirm …'],
  [/\bnobody (?:can be asked|answers)\b/, 'the session is non-interactive'],
  [/\bis not whole\b/, 'is incomplete'],
  [/\bthis should not happen\b/i, 'Unexpected error: …'],
  [/\bmend(?:s|ed)?\b/i, 'fix'],
  [/\bwhoever goes on\b/i, 'the caller'],
  [/\bagain and again\b/, 'repeatedly'],
  [/\bconnecting included\b/, 'including connection time'],
  [/\b(?:is|are) damaged\b/, 'is malformed'],
  [/\bdoes not bind\b/, 'ignores'],
  [/\bdoes no harm\b/, 'is harmless'],
  [/\bare left unchanged\b/, 'do not change'],
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
