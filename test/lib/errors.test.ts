import {expect} from 'chai'
import fc from 'fast-check'

import {AstroError, EXITS, redact} from '../../src/lib/errors.js'
import {jwt} from './support.js'

describe('errors', () => {
  describe('EXITS', () => {
    it('is the documented table', () => {
      expect(EXITS).to.deep.equal({
        api: 1,
        invalid_request: 1,
        network: 1,
        timeout: 1,
        rate_limited: 1,
        internal: 1,
        usage: 2,
        ambiguous: 2,
        config: 2,
        unsupported: 2,
        not_found: 3,
        unauthenticated: 4,
        forbidden: 4,
        conflict: 5,
        cancelled: 130,
      })
    })
  })

  describe('AstroError', () => {
    it('is an error with a kind, a message and its details, and no cause', () => {
      const error = new AstroError('usage', 'What?', {hint: 'This'})
      expect(error).to.be.instanceOf(Error)
      expect(error).to.include({kind: 'usage', message: 'What?', name: 'AstroError'})
      expect(error.details).to.deep.equal({hint: 'This'})
      expect(error).not.to.have.property('cause')
    })
  })

  describe('redact', () => {
    const token = jwt({sub: 'someone', permissions: ['organizationId:clorg1']})

    it('takes out each token, whatever is around it', () => {
      expect(redact(`Bearer ${token}, "${token}" a=${token}\n${token}`)).to.equal(
        'Bearer [redacted], "[redacted]" a=[redacted]\n[redacted]',
      )
    })

    it('takes out a token without a signature', () => {
      const unsigned = token.replace(/[^.]+$/, '')
      expect(redact(`${unsigned} there`)).to.equal('[redacted] there')
    })

    it('leaves no part of a token, whatever its payload', () => {
      fc.assert(
        fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (payload) => {
          const secret = jwt(payload)
          expect(redact(`before ${secret} after`)).to.equal('before [redacted] after')
        }),
      )
    })

    it('takes out the beginning of a token, and its claims without the rest', () => {
      const [, claims = '', signature = ''] = token.split('.')
      expect(redact(`a ${token.slice(0, 30)} b`)).to.equal('a [redacted] b')
      expect(redact(`-n${claims}, ${claims}.${signature}!`)).to.equal('-n[redacted], [redacted]!')
    })

    it('takes out any part of the secret that is known, whatever it looks like and is glued to', () => {
      const secret = 'gV7-0pQ_zzXkLmNoPqRsTuVwXyZ.0123456789abcdef'
      fc.assert(
        fc.property(fc.nat({max: 32}), fc.integer({min: 12, max: 44}), (start, length) => {
          const part = secret.slice(start, start + length)
          fc.pre(part.length >= 12)
          expect(redact(`<x:${part}> <${part}>`, secret)).to.equal('<x:[redacted]> <[redacted]>')
        }),
      )
      expect(redact(`${secret}${secret}`, secret)).to.equal('[redacted][redacted]')
      expect(redact('gV7-0pQ_zz', secret)).to.equal('gV7-0pQ_zz')
    })

    it('takes parts out of no secret that cannot be a token, such as the ID of one', () => {
      const id = 'clx7mvn4a4wfhym4l1vfz3zfk'
      expect(redact(`No token has the ID ${id}.`, id)).to.equal(`No token has the ID ${id}.`)
      expect(redact('deployment organization-token', 'organization-token')).to.equal('deployment organization-token')
    })

    it('leaves no rest between parts that overlap', () => {
      expect(redact('<0123456789abcdefghi.X>', '0123456789abcdef 456789abcdefghi.X')).to.equal('<[redacted]>')
    })

    it('takes no longer for a longer secret, or for text that is full of its parts', () => {
      const texts = ['x'.repeat(500_000), '0123456789'.repeat(50_000), '0123456789!'.repeat(50_000)]
      for (const text of texts) {
        const [short, long] = [10, 5000].map((count) => {
          const secret = `a.${'0123456789'.repeat(count)}`
          const startedAt = performance.now()
          redact(text, secret)
          return performance.now() - startedAt
        })
        expect(long).to.be.below(10 * (short ?? 0) + 100)
      }
    })

    it('leaves other text as it is', () => {
      for (const text of ['', 'No token here.', 'eyJ alone', 'a.b.c', 'keyJohn.Doe.txt', 'clm8xq0b1000008l4d2g7h3kz']) {
        expect(redact(text)).to.equal(text)
      }
    })
  })
})
