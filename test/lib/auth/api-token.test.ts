import {expect} from 'chai'

import {readApiToken} from '../../../src/lib/auth/api-token.js'
import {failureOf, jwt, textOf} from '../support.js'
import {reportOf} from './fixture.js'

const NOW = Date.parse('2026-03-10T12:00:00Z')
const SECONDS = NOW / 1000
const TOKEN = jwt({permissions: ['organizationId:clorg1']})

describe('readApiToken', () => {
  it('removes the word Bearer and white space around a token', () => {
    for (const around of ['…', 'Bearer …', 'bearer   …', 'BEARER\t…', '\n …\n', ' Bearer …\r\n']) {
      const value = around.replace('…', TOKEN)
      expect(readApiToken(value, NOW)).to.deep.equal({token: TOKEN, organizationId: 'clorg1'})
    }
  })

  const valid: readonly {readonly payload: object; readonly organizationId?: string}[] = [
    {payload: {permissions: ['workspaceId:w', 'organizationId:clorg-1_a']}, organizationId: 'clorg-1_a'},
    {payload: {permissions: ['organizationId:clorg1', null, 'organizationId:clorg1']}, organizationId: 'clorg1'},
    {payload: {permissions: ['organizationId:clorg1', 'organizationId:clorg2']}},
    {payload: {permissions: ['myorganizationId:clorg1', 'organizationId:clorg1/x', 'organizationId:']}},
    {payload: {permissions: 'organizationId:clorg1', exp: '0'}},
    {payload: {exp: SECONDS + 0.001}},
  ]
  for (const {organizationId, payload} of valid) {
    it(`finds ${organizationId ?? 'no Organization'} in ${JSON.stringify(payload)}`, () => {
      expect(readApiToken(jwt(payload), NOW)).to.deep.equal({token: jwt(payload), organizationId})
    })
  }

  it('rejects a token that has expired', async () => {
    expect(await reportOf(() => readApiToken(jwt({exp: SECONDS}), NOW))).to.deep.equal({
      kind: 'unauthenticated',
      message: 'The token in ASTRO_API_TOKEN expired on 2026-03-10.',
      hint: 'Set ASTRO_API_TOKEN to a valid token, or rotate it with the Astro CLI: astro organization token rotate',
    })
  })

  const IS_NONE = {
    problem: 'is not an Astro API token',
    hint: 'Copy the whole token again, or create one with the Astro CLI: astro organization token create',
  }
  const HAS_QUOTES = {problem: 'contains quotes around the token', hint: 'Remove the quotes'}
  const HAS_NAME = {problem: 'contains a name and an equals sign', hint: 'Set it to what follows the equals sign'}
  for (const {error, value, what} of [
    {what: 'a token without a signature', value: TOKEN.replace(/\.[^.]+$/, ''), error: IS_NONE},
    {what: 'a payload that is not JSON', value: 'header.bm90IGpzb24.signature', error: IS_NONE},
    {what: 'a quote before it', value: ` "${TOKEN}`, error: HAS_QUOTES},
    {what: 'a quote after it', value: `${TOKEN}' `, error: HAS_QUOTES},
    {what: 'a line of a .env file', value: `ASTRO_API_TOKEN="${TOKEN}"`, error: HAS_NAME},
    {what: 'a command of a shell', value: ` export  TOKEN = ${TOKEN}`, error: HAS_NAME},
  ]) {
    it(`rejects ${what}, and does not print it`, async () => {
      const failure = await failureOf(() => readApiToken(value, NOW))
      const {hint, problem} = error
      const message = `ASTRO_API_TOKEN ${problem}.`
      expect(failure).to.deep.include({kind: 'unauthenticated', message, details: {hint}})
      const parts = value.replace('ASTRO_API_TOKEN', '').split(/[\s."]/)
      expect(parts.filter((part) => part.length > 5 && textOf(failure).includes(part))).to.deep.equal([])
    })
  }
})
