import {expect} from 'chai'

import {isOurs} from '../../../src/cli/standalone/is-ours.js'
import {isMisspelling} from '../../../src/cli/standalone/misspelling.js'
import {MISSPELLED, OURS, THEIRS} from './is-ours-table.js'

describe('a command line of the standalone program', () => {
  for (const [verdict, lines, expected] of [
    ['is ours', OURS, {isOurs: true}],
    ['is for the next astro', THEIRS, {isOurs: false, isMisspelling: false}],
    ['is a misspelling of ours', MISSPELLED, {isOurs: false, isMisspelling: true}],
  ] as const) {
    for (const line of lines) {
      it(`${verdict}: astro ${line}`, () => {
        const words = line.split(' ').filter(Boolean)
        expect({isOurs: isOurs(words), isMisspelling: isMisspelling(words)}).to.include(expected)
      })
    }
  }

  it('is for the next astro if its first word is empty', () => {
    expect([isOurs(['']), isOurs(['deployment', ''])]).to.deep.equal([false, false])
  })
})
