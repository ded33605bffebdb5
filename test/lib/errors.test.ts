import {expect} from 'chai'
import fc from 'fast-check'

import {AstroError, cancelled, EXITS, hasKind, redact} from '../../src/lib/errors.js'
import {EXIT_CODES, HARMLESS, SECRET, TEXTS} from './errors-table.js'
import {jwt} from './support.js'

describe('errors', () => {
  it('has the documented exit codes', () => {
    expect(EXITS).to.deep.equal(EXIT_CODES)
  })

  it('creates errors with a kind, a message and details, and no cause', () => {
    const error = new AstroError('usage', 'What?', {hint: 'This'})
    expect(error).to.be.instanceOf(Error)
    expect(error).to.deep.include({kind: 'usage', message: 'What?', name: 'AstroError', details: {hint: 'This'}})
    expect(error).not.to.have.property('cause')
    expect(cancelled()).to.deep.include({kind: 'cancelled', message: 'Cancelled.', details: {}})
  })

  it('recognizes an error by one of several kinds', () => {
    expect(hasKind(cancelled(), 'usage', 'cancelled')).to.equal(true)
    expect(hasKind(cancelled(), 'usage')).to.equal(false)
    expect(hasKind(Object.assign(new Error('bug'), {kind: 'usage'}), 'usage')).to.equal(false)
  })

  for (const [title, text, redacted, secret] of TEXTS) {
    it(`redacts ${title}`, () => {
      expect(redact(text, secret)).to.equal(redacted)
    })
  }

  for (const [text, secret] of HARMLESS) {
    it(`keeps other text: ${text}`, () => {
      expect(redact(text, secret)).to.equal(text)
    })
  }

  it('redacts a token with any payload', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (payload) => {
        expect(redact(`before ${jwt(payload)} after`)).to.equal('before [redacted] after')
      }),
      {numRuns: 50},
    )
  })

  it('redacts any part of the known secret', () => {
    fc.assert(
      fc.property(fc.nat({max: SECRET.length - 12}), fc.integer({min: 12, max: 44}), (start, length) => {
        const part = SECRET.slice(start, start + length)
        expect(redact(`<x:${part}> <${part}>`, SECRET)).to.equal('<x:[redacted]> <[redacted]>')
      }),
    )
  })

  it('takes no longer for a longer secret', () => {
    for (const text of ['x'.repeat(200_000), '0123456789'.repeat(20_000), '0123456789!'.repeat(20_000)]) {
      const [short = 0, long = 0] = [10, 5000].map((count) => {
        const startedAt = performance.now()
        redact(text, `a.${'0123456789'.repeat(count)}`)
        return performance.now() - startedAt
      })
      expect(long).to.be.below(10 * short + 100)
    }
  })
})
