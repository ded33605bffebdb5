import {expect} from 'chai'
import fc from 'fast-check'

import {numberThatChanges} from '../../../src/lib/astro-api/exact-json.js'
import {DOCUMENTS} from './exact-json-table.js'

const inRoles = (text: string) => numberThatChanges(text, 'roles')

describe('numberThatChanges', () => {
  for (const [text, number] of DOCUMENTS) {
    it(`finds ${number?.slice(0, 40) ?? 'nothing'} in ${text.slice(0, 60)}`, () => {
      expect(inRoles(text)).to.equal(number)
    })
  }

  it('finds nothing in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (roles) => {
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
    const roles = [{text: '"'.repeat(200_000), numbers: Array.from({length: 10_000}, () => 1.5)}]
    const startedAt = performance.now()
    expect(inRoles(JSON.stringify({roles}))).to.equal(undefined)
    expect(performance.now() - startedAt).to.be.below(1000)
  })
})
