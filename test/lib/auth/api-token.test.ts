import {expect} from 'chai'
import fc from 'fast-check'

import {readApiToken} from '../../../src/lib/auth/api-token.js'
import {failureOf, jwt, textOf} from '../support.js'
import {EXPIRED, NOT_TOKENS, NOW, VALID} from './api-token-table.js'
import {reportOf} from './fixture.js'

describe('readApiToken', () => {
  it('removes the word Bearer and white space around a token', () => {
    const token = jwt({permissions: ['organizationId:clorg1']})
    for (const around of ['…', 'Bearer …', 'bearer   …', 'BEARER\t…', '\n …\n', ' Bearer …\r\n']) {
      expect(readApiToken(around.replace('…', token), NOW)).to.deep.equal({token, organizationId: 'clorg1'})
    }
  })

  for (const [payload, organizationId] of VALID) {
    it(`finds ${organizationId ?? 'no Organization'} in ${JSON.stringify(payload)}`, () => {
      expect(readApiToken(jwt(payload), NOW)).to.deep.equal({token: jwt(payload), organizationId})
    })
  }

  for (const [exp, expired] of EXPIRED) {
    it(`rejects a token that ${expired} (${exp})`, async () => {
      expect(await reportOf(() => readApiToken(jwt({exp}), NOW))).to.deep.equal({
        kind: 'unauthenticated',
        message: `The token in ASTRO_API_TOKEN ${expired}.`,
        hint: 'Set ASTRO_API_TOKEN to a valid token, or rotate it with the Astro CLI: astro organization token rotate',
      })
    })
  }

  for (const [what, value] of NOT_TOKENS) {
    it(`rejects ${what}, and does not print it`, async () => {
      const failure = await failureOf(() => readApiToken(value, NOW))
      const hint = 'Copy the whole token again, or create one with the Astro CLI: astro organization token create'
      expect(failure).to.deep.include({message: 'ASTRO_API_TOKEN is not an Astro API token.', details: {hint}})
      const parts = value.split(/[\s."]/).filter(({length}) => length > 5)
      expect(parts.filter((part) => textOf(failure).includes(part))).to.deep.equal([])
    })
  }

  it('returns the token or throws `unauthenticated`, regardless of the payload', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (payload) => {
        try {
          expect(readApiToken(jwt(payload), NOW).token).to.equal(jwt(payload))
        } catch (error) {
          expect(error).to.have.property('kind', 'unauthenticated')
        }
      }),
    )
  })
})
