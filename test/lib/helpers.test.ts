import {expect} from 'chai'

import {errorCode, fieldsOf, isCode, isLoopback, shellWord} from '../../src/lib/helpers.js'

describe('helpers', () => {
  it('errorCode and isCode read the code of an Error as text', () => {
    const busy = Object.assign(new Error('x'), {code: 'EBUSY'})
    const codes = [busy, Object.assign(new Error('x'), {code: 7}), new Error('x'), {code: 'EBUSY'}, null]
    expect(codes.map((error) => errorCode(error))).to.deep.equal(['EBUSY', '7', undefined, undefined, undefined])
    expect(isCode(busy, 'EPERM', 'EBUSY')).to.equal(true)
    for (const error of [busy, null]) expect(isCode(error, 'EPERM')).to.equal(false)
  })

  it('fieldsOf returns the fields of an object, and none of any other value', () => {
    const values = [{a: 1, b: {c: 2}}, null, 'text']
    expect(values.map((value) => fieldsOf(value))).to.deep.equal([{a: 1, b: {c: 2}}, {}, {}])
  })

  it('isLoopback recognizes the loopback addresses, as URLs spell them', () => {
    const local = ['localhost', '127.0.0.1', '127.8.9.1', '[::1]', '[::ffff:127.0.0.1]']
    const others = ['localhost.test', 'alocalhost', '128.0.0.1', '127.0.0.1.test', '[::2]', '[::ffff:128.0.0.1]']
    const found = [...local, ...others].filter((host) => isLoopback(new URL(`http://${host}`).hostname))
    expect(found).to.deep.equal(local)
  })

  it('shellWord quotes a word for a POSIX shell only if it must', () => {
    const words = ['etl_2.prod/a:b@c-D', '', 'my token', '$HOME', 'a;', "Jo's 'etl'", 'a\n']
    const quoted = String.raw`etl_2.prod/a:b@c-D '' 'my token' '$HOME' 'a;' 'Jo'\''s '\''etl'\''' 'a`
    expect(words.map((word) => shellWord(word)).join(' ')).to.equal(`${quoted}\n'`)
  })
})
