import {expect} from 'chai'

import {errorCode, isCode} from '../../src/lib/error-code.js'

describe('the code of an error', () => {
  it('is that of an Error, as text', () => {
    const errors = [Object.assign(new Error('x'), {code: 'ENOENT'}), Object.assign(new Error('x'), {code: 7})]
    expect(errors.map((error) => errorCode(error))).to.deep.equal(['ENOENT', '7'])
    expect([new Error('x'), {code: 'ENOENT'}, null, 'ENOENT'].map((error) => errorCode(error))).to.deep.equal([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  it('is compared with others', () => {
    const error = Object.assign(new Error('x'), {code: 'EBUSY'})
    expect([isCode(error, 'EPERM', 'EBUSY'), isCode(error, 'EPERM'), isCode(new Error('x'), 'EPERM')]).to.deep.equal([
      true,
      false,
      false,
    ])
  })
})
