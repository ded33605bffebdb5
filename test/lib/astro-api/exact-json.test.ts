import {expect} from 'chai'
import fc from 'fast-check'

import {numberThatChanges} from '../../../src/lib/astro-api/exact-json.js'

describe('numberThatChanges', () => {
  for (const number of [
    '9007199254740993',
    '-9223372036854775807',
    '18446744073709551615',
    '1e400',
    '-1e400',
    '1e-400',
    '-0',
    '-0.0',
    '0.1000000000000000055511151231257827',
    '1.00000000000000000001',
    `1${'0'.repeat(400)}1`,
  ]) {
    it(`finds ${number.slice(0, 40)}`, () => {
      expect(numberThatChanges(`{"a":1,"roles":[{"b":[1,{"c":${number}}],"d":2}]}`, 'roles')).to.equal(number)
    })
  }

  for (const number of [
    '0',
    '-1',
    '1.0',
    '1.50',
    '1E2',
    '1e+2',
    '0.1e-7',
    '9007199254740992',
    '1e21',
    '0.000',
    '5e-324',
    '1.7976931348623157e308',
  ]) {
    it(`lets ${number} be`, () => {
      expect(numberThatChanges(`{"roles":${number}}`, 'roles')).to.equal(undefined)
    })
  }

  it('names the first one', () => {
    expect(numberThatChanges('{"roles":[1,[2,-0],1e999]}', 'roles')).to.equal('-0')
  })

  it('looks nowhere else', () => {
    expect(numberThatChanges('{"other":{"roles":1e400},"roles":[]}', 'roles')).to.equal(undefined)
    expect(numberThatChanges('{"other":1e400}', 'roles')).to.equal(undefined)
    expect(numberThatChanges('[1e400]', 'roles')).to.equal(undefined)
    expect(numberThatChanges('null', 'roles')).to.equal(undefined)
  })

  it('takes no digits in a string or a key for a number', () => {
    const roles = {'9007199254740993': '1e400', '\\"-0': ['-0', '\\', '"9007199254740993"']}
    expect(numberThatChanges(JSON.stringify({roles}), 'roles')).to.equal(undefined)
  })

  it('looks however deep a number is', () => {
    const depth = 20_000
    const text = `{"roles":${'['.repeat(depth)}-0${']'.repeat(depth)}}`
    expect(numberThatChanges(text, 'roles')).to.equal('-0')
  })

  it('finds nothing in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({noUnicodeString: false}), (roles) => {
        expect(numberThatChanges(JSON.stringify({roles}), 'roles')).to.equal(undefined)
      }),
    )
  })

  it('finds each integer that would be written as another one', () => {
    fc.assert(
      // Beyond 10^21, JSON has an exponent.
      fc.property(fc.bigInt({min: -(10n ** 20n), max: 10n ** 20n}), (integer) => {
        // Beyond 2^53, JSON.stringify writes the shortest digits: those that were read, or another integer.
        const written = BigInt(JSON.stringify(Number(integer)))
        const found = numberThatChanges(`{"roles":${integer}}`, 'roles')
        expect(found !== undefined).to.equal(written !== integer)
      }),
    )
  })

  it('takes little time for a long text', () => {
    const text = JSON.stringify({
      roles: [{text: '"'.repeat(1_000_000), numbers: Array.from({length: 100_000}, () => 1.5)}],
    })
    const startedAt = performance.now()
    expect(numberThatChanges(text, 'roles')).to.equal(undefined)
    expect(performance.now() - startedAt).to.be.below(5000)
  })
})
