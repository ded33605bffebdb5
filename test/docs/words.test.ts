import {expect} from 'chai'
import {spawnSync} from 'node:child_process'

import {ROOT} from '../support/host.js'

/** Phrases that are not plain English. Write: separated by, fix, ignores, refresh. */
const PHRASES = 'parted by|mend(s|ed)?|does not bind|renew(al|ed|s)? (of|the) ((a|the) )?login'
const SKIPPED = ['LICENSE', 'package-lock.json', 'test/docs/words.test.ts'].map((file) => `:!${file}`)

describe('the wording', () => {
  it('avoids these phrases', () => {
    const options = {cwd: ROOT, encoding: 'utf8'} as const
    const {status, stdout} = spawnSync('git', ['grep', '-IiwE', PHRASES, '--', ...SKIPPED], options)
    expect({status, stdout}).to.deep.equal({status: 1, stdout: ''})
  })
})
