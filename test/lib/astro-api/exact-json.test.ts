import {expect} from 'chai'
import fc from 'fast-check'

import {numberThatChanges} from '../../../src/lib/astro-api/exact-json.js'
import {CHANGING, ELSEWHERE, STABLE} from './exact-json-table.js'

const inRoles = (text: string) => numberThatChanges(text, 'roles')

describe('numberThatChanges', () => {
  for (const number of CHANGING) {
    it(`finds ${number.slice(0, 40)}`, () => {
      expect(inRoles(`{"a":1,"roles":[{"b":[1,{"c":${number}}],"d":2}]}`)).to.equal(number)
    })
  }

  for (const number of STABLE) {
    it(`ignores ${number.slice(0, 40)}`, () => {
      expect(inRoles(`{"roles":${number}}`)).to.equal(undefined)
    })
  }

  it('returns the first such number under the key', () => {
    expect(inRoles('{"other":1e400,"roles":[null,1,[2,-0],1e999]}')).to.equal('-0')
  })

  for (const text of ELSEWHERE) {
    it(`finds nothing under the key in ${text}`, () => {
      expect(inRoles(text)).to.equal(undefined)
    })
  }

  it('finds a number at any depth', () => {
    expect(inRoles(`{"roles":${'['.repeat(20_000)}-0${']'.repeat(20_000)}}`)).to.equal('-0')
  })

  it('finds nothing in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({noUnicodeString: false}), (roles) => {
        expect(inRoles(JSON.stringify({roles}))).to.equal(undefined)
      }),
    )
  })

  it('finds the integers that JSON.stringify writes as another one', () => {
    // Beyond 10^21, JSON has an exponent.
    fc.assert(
      fc.property(fc.bigInt({min: -(10n ** 20n), max: 10n ** 20n}), (integer) => {
        const isStable = BigInt(JSON.stringify(Number(integer))) === integer
        expect(inRoles(`{"roles":${integer}}`)).to.equal(isStable ? undefined : String(integer))
      }),
    )
  })

  it('takes little time for a long text', () => {
    const roles = [{text: '"'.repeat(1_000_000), numbers: Array.from({length: 50_000}, () => 1.5)}]
    const startedAt = performance.now()
    expect(inRoles(JSON.stringify({roles}))).to.equal(undefined)
    expect(performance.now() - startedAt).to.be.below(5000)
  })
})
