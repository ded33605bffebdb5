import {jwt} from '../support.js'

export const NOW = new Date('2026-03-10T12:00:00Z')
const SECONDS = NOW.getTime() / 1000

/** Payloads of valid tokens, and the Organization that they name. */
export const VALID: readonly (readonly [payload: object, organizationId: string | undefined])[] = [
  [{permissions: ['workspaceId:w', 'organizationId:clorg-1_a']}, 'clorg-1_a'],
  [{permissions: ['organizationId:clorg1', 'organizationId:clorg1']}, 'clorg1'],
  [{permissions: [null, 7, {}, 'organizationId:clorg1']}, 'clorg1'],
  [{permissions: [['organizationId:clorg1']]}, undefined],
  [{permissions: ['organizationId:clorg1', 'organizationId:clorg2']}, undefined],
  [{permissions: ['apiTokenId:cltok1']}, undefined],
  [{permissions: ['myorganizationId:clorg1', 'organizationId:clorg1/x', 'organizationId:']}, undefined],
  [{permissions: 'organizationId:clorg1'}, undefined],
  [{}, undefined],
  [{exp: SECONDS + 1}, undefined],
  [{exp: SECONDS + 0.001}, undefined],
  [{exp: 1e300}, undefined],
  [{exp: null}, undefined],
  [{exp: '0'}, undefined],
  [{exp: [0]}, undefined],
]

/** Expiries that have passed, and their description. */
export const EXPIRED: readonly (readonly [exp: number, expired: string])[] = [
  [SECONDS, 'expired on 2026-03-10'],
  [Date.parse('2026-01-31T23:59:59Z') / 1000, 'expired on 2026-01-31'],
  [-1, 'expired on 1969-12-31'],
  [-1e300, 'expired'],
]

const TOKEN = jwt({permissions: ['organizationId:clorg1']})

export const NOT_TOKENS: readonly (readonly [what: string, value: string])[] = [
  ['a word', 'hunter2hunter2'],
  ['a token without a signature', TOKEN.replace(/\.[^.]+$/, '')],
  ['a token with a fourth part', `${TOKEN}.more`],
  ['a token without a header', TOKEN.replace(/^[^.]+/, '')],
  ['a token without a payload', 'aaaaaa..cccccc'],
  ['a payload that is not JSON', `aaaaaa.${Buffer.from('not json').toString('base64url')}.cccccc`],
  ['a payload that is a list', jwt(['organizationId:clorg1'])],
  ['a payload that is null', jwt(null)],
  ['a payload that is text', jwt('organizationId:clorg1')],
  ['white space inside', TOKEN.replace('.', ' .')],
  ['a line break inside', TOKEN.replace('.', '.\n')],
  ['"Bearer" inside', TOKEN.replace('.', 'Bearer .')],
  ['two tokens', `${TOKEN} ${TOKEN}`],
  ['a quote before it', `"${TOKEN}`],
  ['a quote after it', `${TOKEN}"`],
  ['characters that a header cannot have', TOKEN.replace('.', 'é.')],
]
