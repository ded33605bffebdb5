import {jwt} from './support.js'

/** The documented exit codes. */
export const EXIT_CODES = {
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
}

const TOKEN = jwt({sub: 'someone', permissions: ['organizationId:clorg1']})
const [, CLAIMS = '', SIGNATURE = ''] = TOKEN.split('.')
export const SECRET = 'gV7-0pQ_zzXkLmNoPqRsTuVwXyZ.0123456789abcdef'

export const TEXTS: readonly (readonly [title: string, text: string, redacted: string, secret?: string])[] = [
  [
    'each token',
    `Bearer ${TOKEN}, "${TOKEN}" a=${TOKEN}\n${TOKEN}`,
    'Bearer [redacted], "[redacted]" a=[redacted]\n[redacted]',
  ],
  ['a token without a signature', `${TOKEN.replace(SIGNATURE, '')} there`, '[redacted] there'],
  ['the beginning of a token', `a ${TOKEN.slice(0, 30)} b`, 'a [redacted] b'],
  ['claims alone', `-n${CLAIMS}, ${CLAIMS}.${SIGNATURE}!`, '-n[redacted], [redacted]!'],
  ['the secret twice', `${SECRET}${SECRET}`, '[redacted][redacted]', SECRET],
  ['overlapping parts', '<0123456789abcdefghi.X>', '<[redacted]>', '0123456789abcdef 456789abcdefghi.X'],
  ['the shortest secret', '<abcdef.01234>', '<[redacted]>', 'abcdef.01234'],
]

export const HARMLESS: readonly (readonly [text: string, secret?: string])[] = [
  [''],
  ['No token here.'],
  ['eyJ alone'],
  ['a.b.c'],
  ['keyJohn.Doe.txt'],
  ['clm8xq0b1000008l4d2g7h3kz'],
  // A part that is too short to give anything away.
  ['gV7-0pQ_zzX', SECRET],
  // A secret that is too short, or cannot be a token.
  ['abc.0123456', 'abc.0123456'],
  ['No token has the ID clx7mvn4a4wfhym4l1vfz3zfk.', 'clx7mvn4a4wfhym4l1vfz3zfk'],
  ['deployment organization-token', 'organization-token'],
]
