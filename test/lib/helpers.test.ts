import {expect} from 'chai'

import {errorCode, fieldsOf, isCode, isLoopback, shellWord} from '../../src/lib/helpers.js'

const coded = (code: unknown) => Object.assign(new Error('x'), {code})

describe('helpers', () => {
  it('reads the code of an Error as text', () => {
    expect([coded('ENOENT'), coded(7)].map((error) => errorCode(error))).to.deep.equal(['ENOENT', '7'])
    for (const error of [new Error('x'), {code: 'ENOENT'}, null]) expect(errorCode(error)).to.equal(undefined)
  })

  it('compares the code of an error', () => {
    expect(isCode(coded('EBUSY'), 'EPERM', 'EBUSY')).to.equal(true)
    expect(isCode(coded('EBUSY'), 'EPERM')).to.equal(false)
    expect(isCode(new Error('x'), 'EPERM')).to.equal(false)
  })

  it('returns the fields of an object, and none of any other value', () => {
    expect(fieldsOf({a: 1, b: {c: 2}})).to.deep.equal({a: 1, b: {c: 2}})
    for (const value of [null, undefined, 'text', 7]) expect(fieldsOf(value)).to.deep.equal({})
  })

  it('recognizes the loopback addresses, as URLs spell them', () => {
    const local = ['localhost', '127.0.0.1', '127.8.9.1', '[::1]', '[::ffff:127.0.0.1]']
    const others = ['localhost.test', 'alocalhost', '128.0.0.1', '127.0.0.1.test', '[::2]', '[::ffff:128.0.0.1]']
    const found = [...local, ...others].filter((host) => isLoopback(new URL(`http://${host}`).hostname))
    expect(found).to.deep.equal(local)
  })

  it('quotes a word for a POSIX shell only if it must', () => {
    const words = ['etl_2.prod/a:b@c-D', '', 'my token', '$HOME', 'a;', "Jo's 'etl'", 'a\n'].map((text) =>
      shellWord(text),
    )
    const quoted = String.raw`'Jo'\''s '\''etl'\'''`
    expect(words).to.deep.equal(['etl_2.prod/a:b@c-D', "''", "'my token'", "'$HOME'", "'a;'", quoted, "'a\n'"])
  })
})
