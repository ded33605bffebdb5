import {expect} from 'chai'

import {readApiToken} from '../../../src/lib/auth/api-token.js'
import {failureOf, jwt, textOf} from '../support.js'
import {NOW, reportOf} from './fixture.js'

const TOKEN = jwt({permissions: ['workspaceId:w', 'organizationId:clorg-1_a', null, 'organizationId:clorg-1_a']})

describe('readApiToken', () => {
  it('finds the Organization, and removes the word Bearer and white space around a token', () => {
    for (const around of ['…', 'Bearer …', 'bearer   …', 'BEARER\t…', '\n …\n', ' Bearer …\r\n']) {
      const value = around.replace('…', TOKEN)
      expect(readApiToken(value, NOW)).to.deep.equal({token: TOKEN, organizationId: 'clorg-1_a'})
    }
  })

  for (const payload of [
    {permissions: ['organizationId:clorg1', 'organizationId:clorg2']},
    {permissions: ['myorganizationId:clorg1', 'organizationId:clorg1/x', 'organizationId:']},
    {permissions: 'organizationId:clorg1', exp: '0'},
  ]) {
    it(`finds no Organization in ${JSON.stringify(payload)}`, () => {
      expect(readApiToken(jwt(payload), NOW)).to.deep.equal({token: jwt(payload), organizationId: undefined})
    })
  }

  it('rejects a token that has expired', async () => {
    expect(await reportOf(() => readApiToken(jwt({exp: NOW / 1000}), NOW))).to.deep.equal({
      kind: 'unauthenticated',
      message: 'The token in ASTRO_API_TOKEN expired on 2026-03-10.',
      hint: 'Set ASTRO_API_TOKEN to a valid token, or rotate it with the Astro CLI: astro organization token rotate',
    })
  })

  const COPY = 'Copy the whole token again, or create one with the Astro CLI: astro organization token create'
  const HAS_NAME = {problem: 'contains a name and an equals sign', hint: 'Set it to what follows the equals sign'}
  for (const {what, value, problem, hint} of [
    {what: 'half a token', value: TOKEN.replace(/\.[^.]+$/, ''), problem: 'is not an Astro API token', hint: COPY},
    {what: 'quotes', value: `${TOKEN}' `, problem: 'contains quotes around the token', hint: 'Remove the quotes'},
    {what: 'a line of a .env file', value: `ASTRO_API_TOKEN="${TOKEN}"`, ...HAS_NAME},
    {what: 'a command of a shell', value: ` export  TOKEN = ${TOKEN}`, ...HAS_NAME},
  ]) {
    it(`rejects ${what}, and does not print it`, async () => {
      const failure = await failureOf(() => readApiToken(value, NOW))
      const message = `ASTRO_API_TOKEN ${problem}.`
      expect(failure).to.deep.include({kind: 'unauthenticated', message, details: {hint}})
      const parts = value.replace('ASTRO_API_TOKEN', '').split(/[\s."]/)
      expect(parts.filter((part) => part.length > 5 && textOf(failure).includes(part))).to.deep.equal([])
    })
  }
})
