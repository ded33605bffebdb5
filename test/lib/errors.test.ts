import {expect} from 'chai'
import fc from 'fast-check'

import {AstroError, cancelled, EXITS, hasKind, redact} from '../../src/lib/errors.js'
import {jwt} from './support.js'

describe('errors', () => {
  it('has the documented exit codes', () => {
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

  const token = jwt({sub: 'someone', permissions: ['organizationId:clorg1']})
  const secret = 'gV7-0pQ_zzXkLmNoPqRsTuVwXyZ.0123456789abcdef'
  for (const [title, text, redacted] of [
    [
      'each token',
      `Bearer ${token}, "${token}" a=${token}\n${token}`,
      'Bearer [redacted], "[redacted]" a=[redacted]\n[redacted]',
    ],
    ['a token without a signature', `${token.replace(/[^.]+$/, '')} there`, '[redacted] there'],
    ['the secret', `${secret}${secret} ${secret}!`, '[redacted][redacted] [redacted]!'],
  ] as const) {
    it(`redacts ${title}`, () => {
      expect(redact(text, secret)).to.equal(redacted)
    })
  }

  it('keeps other text, and a secret without a dot, which may be a word', () => {
    for (const text of ['', 'No token here.', 'eyJ alone', 'a.b.c', 'clm8xq0b1000008l4d2g7h3kz']) {
      expect(redact(text, secret)).to.equal(text)
      expect(redact(text)).to.equal(text)
    }

    expect(redact('deployment organization-token', 'organization-token')).to.equal('deployment organization-token')
    expect(redact('denied for an-opaque-access-token', 'an-opaque-access-token')).to.equal('denied for [redacted]')
  })

  it('redacts a token with any payload', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (payload) => {
        expect(redact(`before ${jwt(payload)} after`)).to.equal('before [redacted] after')
      }),
      {numRuns: 50},
    )
  })
})
