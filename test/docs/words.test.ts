import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Phrases that are not plain English, and what to write instead. */
const PHRASES: readonly (readonly [phrase: RegExp, instead: string])[] = [
  [/\balso answers to\b/, 'Alias: …'],
  [/\bbecomes the new one\b/, 'is replaced'],
  [/\bgo(?:es)? back to Astro\b/, 'is left unchanged'],
  [/\bone write for them all\b/, 'in one atomic request'],
  [/\bparted by\b/, 'separated by'],
  [/\bhowever many\b/, 'regardless of the number of'],
  [/\bis asked for\b/, 'the command prompts for'],
  [/\bbrings no other\b/, 'has no dependencies'],
  [/\bare honoured\b/, 'follow the same rules as'],
  [/\bwhere that is (?:given|set)\b/, 'if … is given'],
  [/\bwhat a write promises\b/i, 'Write guarantees'],
  [/\bkept apart\b/, 'coordinated'],
  [/\bcolours\b/, 'color'],
  [/\brows alone\b/, 'omit the header row'],
  [/\bnone was named\b/i, 'No … specified'],
  [/\bthere is no connection to\b/i, 'Could not reach …'],
  [/\breadable by all\b/, 'unencrypted'],
  [/\bis not known\b/, 'Could not confirm …'],
  [/\bhas been at\b/, 'has held the lock on'],
  [/\bnobody (?:can be asked|answers)\b/, 'the session is non-interactive'],
  [/\bis not whole\b/, 'is incomplete'],
  [/\bthis should not happen\b/i, 'Unexpected error: …'],
  [/\bmend(?:s|ed)?\b/i, 'fix'],
  [/\bwhoever goes on\b/i, 'the caller'],
  [/\bis to become of\b/, 'a change to …'],
  [/\bagain and again\b/, 'repeatedly'],
  [/\bconnecting included\b/, 'including connection time'],
  [/\bare what you may have meant\b/, 'are likely matches'],
  [/\b(?:is|are) damaged\b/, 'is malformed'],
  [/\bdoes not bind\b/, 'ignores'],
  [/\bdoes no harm\b/, 'is harmless'],
  [/\bfirst one that (?:exists|is set) is used\b/, '… are looked up in this order'],
  [/\bare left unchanged\b/, 'do not change'],
  [/\bsorts by its text\b/, 'sort by text'],
  [/\buntil (?:the|its) change stands\b/, 'check again after SECONDS'],
  [/\bthat somebody wants\b/, 'name the actor'],
  [/\bcompletion registers for\b/, 'register completion for'],
  [/\bThe facts about\b/, 'Compared with …'],
  [/\bScope Organization API tokens\b/, 'Assign Deployment roles to …'],
  [/\bno response contained\b/, 'present only when already known'],
  [/\brenew(?:al|ed|s)? (?:of|the) (?:a |the )?login\b/, 'refresh'],
]

/** A line break, and the marks that start the next line of a comment. */
const LINE_BREAK = /\s*\n\s*(?:\/\/|\*)?\s*/g
const SKIPPED = /^(?:package-lock\.json|LICENSE|test\/docs\/words\.test\.ts)$/

const files = execFileSync('git', ['ls-files'], {cwd: ROOT, encoding: 'utf8'}).trim().split('\n')

describe('the wording', () => {
  it('avoids these phrases', () => {
    const found = files
      .filter((file) => !SKIPPED.test(file))
      .flatMap((file) => {
        const text = readFileSync(join(ROOT, file), 'utf8').replaceAll(LINE_BREAK, ' ')
        return PHRASES.filter(([phrase]) => phrase.test(text)).map(
          ([phrase, instead]) => `${file}: ${String(phrase)}; write “${instead}”`,
        )
      })
    expect(found).to.deep.equal([])
  })
})
