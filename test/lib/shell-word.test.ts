import {expect} from 'chai'

import {shellWord} from '../../src/lib/shell-word.js'

describe('shellWord', () => {
  const words: readonly (readonly [text: string, word: string])[] = [
    ['etl_2.prod/a:b@c-D', 'etl_2.prod/a:b@c-D'],
    ['', "''"],
    ['my token', "'my token'"],
    ['$HOME', "'$HOME'"],
    ['a;', "'a;'"],
    ["Jo's 'etl'", String.raw`'Jo'\''s '\''etl'\'''`],
    ['a\n', "'a\n'"],
  ]
  for (const [text, word] of words) {
    it(`writes ${JSON.stringify(text)} as ${word}`, () => {
      expect(shellWord(text)).to.equal(word)
    })
  }
})
