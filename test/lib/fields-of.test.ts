import {expect} from 'chai'

import {fieldsOf} from '../../src/lib/fields-of.js'

describe('fieldsOf', () => {
  it('returns the own fields of an object, and none of any other value', () => {
    expect(fieldsOf({a: 1, b: {c: 2}})).to.deep.equal({a: 1, b: {c: 2}})
    for (const value of [null, undefined, 'text', 7]) expect(fieldsOf(value)).to.deep.equal({})
  })
})
