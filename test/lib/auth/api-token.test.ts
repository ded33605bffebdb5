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
    {payload: {permissions: ['organizationId:clorg1', 'organizationId:clorg1']}, organizationId: 'clorg1'},
    {payload: {permissions: [null, 7, {}, 'organizationId:clorg1']}, organizationId: 'clorg1'},
    {payload: {permissions: ['organizationId:clorg1', 'organizationId:clorg2']}},
    {payload: {permissions: ['apiTokenId:cltok1']}},
    {payload: {permissions: ['myorganizationId:clorg1', 'organizationId:clorg1/x', 'organizationId:']}},
    {payload: {permissions: 'organizationId:clorg1'}},
    {payload: {}},
    {payload: {exp: SECONDS + 0.001}},
    {payload: {exp: '0'}},
  ]
  for (const {organizationId, payload} of valid) {
    it(`finds ${organizationId ?? 'no Organization'} in ${JSON.stringify(payload)}`, () => {
      expect(readApiToken(jwt(payload), NOW)).to.deep.equal({token: jwt(payload), organizationId})
    })
  }

  for (const {exp, expired} of [
    {exp: SECONDS, expired: 'expired on 2026-03-10'},
    {exp: -1, expired: 'expired on 1969-12-31'},
  ]) {
    it(`rejects a token that ${expired} (${exp})`, async () => {
      expect(await reportOf(() => readApiToken(jwt({exp}), NOW))).to.deep.equal({
        kind: 'unauthenticated',
        message: `The token in ASTRO_API_TOKEN ${expired}.`,
        hint: 'Set ASTRO_API_TOKEN to a valid token, or rotate it with the Astro CLI: astro organization token rotate',
      })
    })
  }

  const IS_NONE = {
    message: 'ASTRO_API_TOKEN is not an Astro API token.',
    hint: 'Copy the whole token again, or create one with the Astro CLI: astro organization token create',
  }
  const HAS_QUOTES = {message: 'ASTRO_API_TOKEN contains quotes around the token.', hint: 'Remove the quotes'}
  const HAS_NAME = {
    message: 'ASTRO_API_TOKEN contains a name and an equals sign.',
    hint: 'Set it to what follows the equals sign',
  }
  for (const {error = IS_NONE, value, what} of [
    {what: 'a word', value: 'hunter2hunter2'},
    {what: 'a token without a signature', value: TOKEN.replace(/\.[^.]+$/, '')},
    {what: 'a token with a fourth part', value: `${TOKEN}.more`},
    {what: 'a token without a header', value: TOKEN.replace(/^[^.]+/, '')},
    {what: 'a token without a payload', value: 'aaaaaa..cccccc'},
    {what: 'a payload that is not JSON', value: `aaaaaa.${Buffer.from('not json').toString('base64url')}.cccccc`},
    {what: 'white space inside', value: TOKEN.replace('.', ' .')},
    {what: 'a quote before it', value: ` "${TOKEN}`, error: HAS_QUOTES},
    {what: 'a quote after it', value: `${TOKEN}' `, error: HAS_QUOTES},
    {what: 'a line of a .env file', value: `ASTRO_API_TOKEN="${TOKEN}"`, error: HAS_NAME},
    {what: 'a command of a shell', value: ` export  ASTRO_API_TOKEN=${TOKEN}`, error: HAS_NAME},
    {what: 'a setting with spaces', value: `TOKEN = ${TOKEN}`, error: HAS_NAME},
  ]) {
    it(`rejects ${what}, and does not print it`, async () => {
      const failure = await failureOf(() => readApiToken(value, NOW))
      const {hint, message} = error
      expect(failure).to.deep.include({kind: 'unauthenticated', message, details: {hint}})
      const parts = value.replace('ASTRO_API_TOKEN', '').split(/[\s."]/)
      expect(parts.filter((part) => part.length > 5 && textOf(failure).includes(part))).to.deep.equal([])
    })
  }
})
