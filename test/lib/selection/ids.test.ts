import {expect} from 'chai'

import {parseIds} from '../../../src/lib/selection/ids.js'
import {failureOf} from '../support.js'

describe('parseIds', () => {
  for (const {message, source, texts} of [
    {message: 'TOKEN-ID is empty.', source: {what: 'TOKEN-ID', nameFlag: '--org-token-name'}, texts: [' ']},
    {message: 'ID is not an ID: "a/b", "", "c d".', source: {what: 'ID'}, texts: ['a/b', 'cl1', '', 'c d']},
  ]) {
    it(`fails: ${message}`, async () => {
      const details = {hint: 'An ID consists of letters and digits, such as clm8xq0b1000008l4d2g7h3kz'}
      expect(await failureOf(() => parseIds(texts, source))).to.deep.include({kind: 'usage', message, details})
    })
  }
})
