import {expect} from 'chai'
import fc from 'fast-check'

import {readApiToken} from '../../../src/lib/auth/api-token.js'
import {failureOf, jwt, textOf} from '../support.js'

const NOW = new Date('2026-03-10T12:00:00Z')
const SECONDS = NOW.getTime() / 1000

describe('readApiToken', () => {
  const token = jwt({permissions: ['apiTokenId:cltok1', 'organizationId:clorg1'], exp: SECONDS + 1})

  it('gives the token with the Organization that it names', () => {
    expect(readApiToken(token, NOW)).to.deep.equal({token, organizationId: 'clorg1'})
  })

  for (const around of [
    `Bearer ${token}`,
    `bearer   ${token}`,
    `BEARER\t${token}`,
    `\n ${token}\n`,
    ` Bearer ${token}\r\n`,
  ]) {
    it(`gives the token alone for ${JSON.stringify(around.replace(token, '…'))}`, () => {
      expect(readApiToken(around, NOW).token).to.equal(token)
    })
  }

  describe('the Organization', () => {
    const cases: readonly (readonly [what: string, permissions: unknown, organizationId: string | undefined])[] = [
      ['is the one in the permissions', ['workspaceId:w', 'organizationId:clorg1'], 'clorg1'],
      ['is the one that is named twice', ['organizationId:clorg1', 'organizationId:clorg1'], 'clorg1'],
      ['is open where several are named', ['organizationId:clorg1', 'organizationId:clorg2'], undefined],
      ['is open where none is named', ['apiTokenId:cltok1'], undefined],
      ['is open without permissions', undefined, undefined],
      ['is open where permissions are no list', 'organizationId:clorg1', undefined],
      ['is found among permissions that are no texts', [null, 7, {}, 'organizationId:clorg1'], 'clorg1'],
      ['is not taken from a longer word', ['myorganizationId:clorg1', 'organizationId:clorg1/x'], undefined],
      ['is not an empty one', ['organizationId:'], undefined],
    ]
    for (const [what, permissions, organizationId] of cases) {
      it(what, () => {
        expect(readApiToken(jwt({permissions}), NOW).organizationId).to.equal(organizationId)
      })
    }
  })

  it('takes the token of a user, which has no permissions and names no Organization', () => {
    const user = jwt({sub: 'auth0|123', exp: SECONDS + 1})
    expect(readApiToken(` Bearer ${user}\n`, NOW)).to.deep.equal({token: user, organizationId: undefined})
  })

  describe('the expiry', () => {
    for (const exp of [SECONDS + 1, SECONDS + 0.001, 1e300, undefined, null, '0', [0]]) {
      it(`lets a token through whose exp is ${JSON.stringify(exp)}`, () => {
        expect(readApiToken(jwt({exp}), NOW)).to.have.property('token', jwt({exp}))
      })
    }

    for (const exp of [SECONDS, SECONDS - 1, 0, -1, -1e300]) {
      it(`refuses a token whose exp is ${exp}`, async () => {
        const failure = await failureOf(() => readApiToken(jwt({exp}), NOW))
        expect(failure.kind).to.equal('unauthenticated')
        expect(failure.message).to.contain('ASTRO_API_TOKEN').and.contain('expired')
        expect(textOf(failure)).not.to.contain(jwt({exp}))
      })
    }

    it('says on which day it was', async () => {
      const failure = await failureOf(() => readApiToken(jwt({exp: Date.parse('2026-01-31T23:59:59Z') / 1000}), NOW))
      expect(failure.message).to.contain('on 2026-01-31')
    })
  })

  describe('refuses', () => {
    const garbage: readonly (readonly [what: string, value: string])[] = [
      ['a word', 'hunter2hunter2'],
      ['two parts', 'aaaaaa.bbbbbb'],
      ['four parts', `${token}.more`],
      ['an empty header', token.replace(/^[^.]+/, '')],
      ['an empty payload', 'aaaaaa..cccccc'],
      ['a payload that is not JSON', `aaaaaa.${Buffer.from('not json').toString('base64url')}.cccccc`],
      ['a payload that is a list', jwt(['organizationId:clorg1'])],
      ['a payload that is null', jwt(null)],
      ['a payload that is a text', jwt('organizationId:clorg1')],
      ['a payload that is a number', jwt(12)],
      ['white space within', token.replace('.', ' .')],
      ['a line break within', token.replace('.', '.\n')],
      ['two tokens', `${token} ${token}`],
      ['quotes around it', `"${token}"`],
      ['letters that no header can have', token.replace('.', 'é.')],
    ]
    for (const [what, value] of garbage) {
      it(`${what}, and does not repeat it`, async () => {
        const failure = await failureOf(() => readApiToken(value, NOW))
        expect(failure.kind).to.equal('unauthenticated')
        expect(failure.message).to.contain('ASTRO_API_TOKEN')
        expect(failure.details.hint).to.be.a('string')
        for (const part of value.split(/[\s."]/).filter((each) => each.length > 5)) {
          expect(textOf(failure)).not.to.contain(part)
        }
      })
    }
  })

  it('ends well or with `unauthenticated`, whatever the payload', () => {
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
