import {expect} from 'chai'
import fc from 'fast-check'

import {cancelled, EXITS, hasKind, redact} from '../../src/lib/errors.js'
import {jwt} from './support.js'

const secret = 'gV7-0pQ_zzXkLmNoPqRsTuVwXyZ.0123456789abcdef'

const kindsOf = (exit: number) => Object.entries(EXITS).flatMap(([kind, one]) => (one === exit ? kind : []))

describe('errors', () => {
  it('have the documented exit codes', () => {
    expect(kindsOf(1)).to.have.members(['api', 'internal', 'invalid_request', 'network', 'rate_limited', 'timeout'])
    expect(kindsOf(2)).to.have.members(['ambiguous', 'config', 'unsupported', 'usage'])
    expect(kindsOf(3)).to.have.members(['not_found'])
    expect(kindsOf(4)).to.have.members(['forbidden', 'unauthenticated'])
    expect(kindsOf(5)).to.have.members(['conflict'])
    expect(kindsOf(130)).to.have.members(['cancelled'])
  })

  it('are recognized by one of several kinds', () => {
    expect([hasKind(cancelled(), 'usage', 'cancelled'), hasKind(cancelled(), 'usage')]).to.deep.equal([true, false])
    expect(hasKind(Object.assign(new Error('bug'), {kind: 'usage'}), 'usage')).to.equal(false)
  })

  it('redact removes a token with any payload, with or without a signature, and the secret', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (payload) => {
        const token = jwt(payload)
        const text = `"${token}" a=${token}\n${token.replace(/[^.]+$/, '')} ${secret}${secret}!`
        expect(redact(text, secret)).to.equal('"[redacted]" a=[redacted]\n[redacted] [redacted][redacted]!')
      }),
      {numRuns: 50},
    )
  })

  it('redact keeps other text, and a short secret without a dot, which may be a word', () => {
    const text = 'No token here: eyJ alone a.b.c clm8xq0b1000008l4d2g7h3kz'
    expect([redact(text, secret), redact(text)]).to.deep.equal([text, text])
    expect(redact('deployment organization-token', 'organization-token')).to.equal('deployment organization-token')
    expect(redact('denied for an-opaque-access-token', 'an-opaque-access-token')).to.equal('denied for [redacted]')
  })
})
