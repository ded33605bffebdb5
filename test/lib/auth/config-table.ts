/** The environment, the home directory, and the folder of the config file if that is an absolute path. */
export const FOLDERS: readonly (readonly [env: {ASTRO_HOME?: string}, home: string, folder: string | undefined])[] = [
  [{ASTRO_HOME: '/other'}, '/home/me', '/other'],
  [{ASTRO_HOME: ''}, '/home/me', '/home/me'],
  [{}, '/home/me', '/home/me'],
  [{}, '', undefined],
  [{}, '.', undefined],
  [{}, '..', undefined],
  [{}, 'home', undefined],
  [{}, './home', undefined],
  [{}, '~', undefined],
  [{}, ' /home/me', undefined],
  [{ASTRO_HOME: '.'}, '/home/me', undefined],
  [{ASTRO_HOME: '..'}, '/home/me', undefined],
  [{ASTRO_HOME: 'home'}, '/home/me', undefined],
  [{ASTRO_HOME: './home'}, '/home/me', undefined],
  [{ASTRO_HOME: '~'}, '/home/me', undefined],
  [{ASTRO_HOME: ' /home/me'}, '/home/me', undefined],
]

export const CONFIG = `# written by astro login
cloud: {api: {port: "443"}}
context: astronomer.io
contexts:
  localhost:
    domain: localhost
    token: Bearer secret-of-login
    refreshtoken: refresh-secret
    expiresin: 2026-03-10T13:00:00.123456789+01:00
    organization: clorg1
    workspace: clwsp1
local:
  core: http://localhost:8888/v1
`

const CONTEXT = {
  key: 'localhost',
  organizationId: 'clorg1',
  login: {
    token: 'secret-of-login',
    refreshToken: 'refresh-secret',
    expiresIn: '2026-03-10T13:00:00.123456789+01:00',
    organizationId: 'clorg1',
    workspaceId: 'clwsp1',
  },
  mayBeInKeychain: false,
}
const SIGNED_OUT = {key: 'localhost', organizationId: undefined, login: undefined, mayBeInKeychain: false}
const KEYCHAIN = {...SIGNED_OUT, mayBeInKeychain: true}
const BARE = {
  refreshToken: undefined,
  expiresIn: undefined,
  organizationId: undefined,
  workspaceId: undefined,
}

/** Config files, and the first context under the keys `missing`, `constructor`, `__proto__`, `empty`, `localhost` and `b`. */
export const CONTEXTS: readonly (readonly [title: string, text: string, found: object | undefined])[] = [
  ['reads a login', CONFIG, CONTEXT],
  ['reads a file with CRLF and a byte order mark', `\uFEFF${CONFIG.replaceAll('\n', '\r\n')}# end`, CONTEXT],
  [
    'removes "Bearer" from a token',
    'contexts: {b: {token: "bearer  a"}}',
    {...SIGNED_OUT, key: 'b', login: {...BARE, token: 'a'}},
  ],
  [
    'keeps "bearer" in a token',
    'contexts: {b: {token: bearera}}',
    {...SIGNED_OUT, key: 'b', login: {...BARE, token: 'bearera'}},
  ],
  [
    'keeps "bearer" at the end',
    'contexts: {b: {token: a-bearer}}',
    {...SIGNED_OUT, key: 'b', login: {...BARE, token: 'a-bearer'}},
  ],
  ['finds the first of two contexts', 'contexts: {b: {token: a}, localhost: {}}', SIGNED_OUT],
  ['finds a context after an empty one', 'contexts: {empty: , localhost: {}}', SIGNED_OUT],
  ['finds no context', 'contexts: {other: {token: a}, empty: }', undefined],
  ['finds a login in the keychain', "contexts: {localhost: {token: 'Bearer '}}", KEYCHAIN],
  ['finds a login in the keychain, without a space', 'contexts: {localhost: {token: Bearer}}', KEYCHAIN],
  ['finds no login in a lower-case "bearer "', "contexts: {localhost: {token: 'bearer '}}", SIGNED_OUT],
  ['finds no login in "Bearer" and two spaces', "contexts: {localhost: {token: 'Bearer  '}}", SIGNED_OUT],
  ['finds no login in an empty token', "contexts: {localhost: {token: ''}}", SIGNED_OUT],
  ['finds no login in a blank token', "contexts: {localhost: {token: ' '}}", SIGNED_OUT],
  ['finds no login in a null token', 'contexts: {localhost: {token: ~}}', SIGNED_OUT],
  ['finds a login beside a broken one', 'contexts: {localhost: {}, b: 7}', SIGNED_OUT],
]

export const EMPTY_FILES: readonly string[] = [
  '',
  ' \n\n',
  '# nothing\n',
  'null\n',
  'context:\ncontexts:\nlocal:\n',
  'context: " "\ncontexts: {}\nlocal: {core: ""}\n',
  `#${'['.repeat(100)}\n`,
  `#${'{'.repeat(100)}\n`,
  `#${'[]'.repeat(101)}${'{}'.repeat(101)}\n`,
  `#${'?'.repeat(100)}\n`,
  '#'.repeat(20_000),
  `# ${'- '.repeat(19_999)}`,
  `# ${'-./+=_a '.repeat(20_000)}`,
]

export const FIX_FILE = 'Fix the file, or set ASTRO_API_TOKEN and ASTRO_DOMAIN instead'
const LOG_IN = 'Log in again with the Astro CLI: astro login'
const TOO_COMPLEX = 'has too many entries or levels'
const BAD_TOKEN = 'has spaces, control or non-ASCII characters in the token at contexts.b.token (line 1)'

/** Files that the Astro CLI would not write. */
export const REJECTED: readonly (readonly [what: string, text: string, problem: string, hint?: string])[] = [
  ['that is not YAML', 'context: astronomer.io\ncontexts: {secret: [\n', 'is not valid YAML (line 3)'],
  ['with a key twice', 'context: astronomer.io\ncontext: localhost\n', 'is not valid YAML (line 2)'],
  ['with two documents', 'context: astronomer.io\n---\ncontext: localhost\n', 'is not valid YAML (line 2)'],
  ['with tabs', 'contexts:\n\tlocalhost: secret\n', 'is not valid YAML (line 2)'],
  ['with an alias of nothing', 'context: *secret\n', 'has an invalid alias, or too many'],
  ['that is a list', '- context: secret\n', 'is not a mapping (line 1)'],
  ['that is a word', '# one\nsecret\n', 'is not a mapping (line 2)'],
  ['with a number for the context', '# one\n\ncontext: 12\n', 'has a value at context that is not text (line 3)'],
  ['with a list for the context', 'context: [secret]\n', 'has a value at context that is not text (line 1)'],
  ['with a word for the contexts', 'contexts: secret\n', 'has a value at contexts that is not a mapping (line 1)'],
  ['with a list for local', 'local: [secret]\n', 'has a value at local that is not a mapping (line 1)'],
  [
    'with a mapping for local.core',
    'local:\r\n  core: {a: 1}\n',
    'has a value at local.core that is not text (line 2)',
  ],
  ['with an alias of a context', 'x: &x {b: 7}\ncontexts: *x', 'has a value at contexts.b that is not a mapping'],
  ['with an alias of a token', 'x: &x {b: {token: "a b"}}\ncontexts: *x', BAD_TOKEN.replace(' (line 1)', ''), LOG_IN],
  ['with 101 brackets', `#${'['.repeat(101)}\n`, TOO_COMPLEX],
  ['with 101 braces', `#${'{'.repeat(101)}\n`, TOO_COMPLEX],
  ['with 101 complex keys', `#${'?'.repeat(101)}\n`, TOO_COMPLEX],
  ['with 20,001 special characters', '#'.repeat(20_001), TOO_COMPLEX],
  ['with 20,001 list items', `# ${'- '.repeat(20_000)}`, TOO_COMPLEX],
  ['with a word for a context', 'contexts:\n  b: secret', 'has a value at contexts.b that is not a mapping (line 2)'],
  [
    'with a number for a token',
    'contexts: {b: {token: 12}}',
    'has a value at contexts.b.token that is not text (line 1)',
  ],
  [
    'with a list for a token',
    'contexts: {b: {token: [a]}}',
    'has a value at contexts.b.token that is not text (line 1)',
  ],
  [
    'with a number for a refresh token',
    'contexts: {b: {refreshtoken: 12}}',
    'has a value at contexts.b.refreshtoken that is not text (line 1)',
  ],
  [
    'with a number for an expiry',
    'contexts: {b: {expiresin: 12}}',
    'has a value at contexts.b.expiresin that is not text (line 1)',
  ],
  [
    'with a mapping for an Organization',
    'contexts: {b: {organization: {}}}',
    'has a value at contexts.b.organization that is not text (line 1)',
  ],
  [
    'with a list for a Workspace',
    'contexts: {b: {workspace: []}}',
    'has a value at contexts.b.workspace that is not text (line 1)',
  ],
  ['with CR and LF in a token', String.raw`contexts: {b: {token: "Bearer secret\r\nx: 1"}}`, BAD_TOKEN, LOG_IN],
  ['with a tab in a token', String.raw`contexts: {b: {token: "secret\tmore"}}`, BAD_TOKEN, LOG_IN],
  ['with NUL in a token', String.raw`contexts: {b: {token: "Bearer secret\0"}}`, BAD_TOKEN, LOG_IN],
  ['with DEL in a token', String.raw`contexts: {b: {token: "secret\x7f"}}`, BAD_TOKEN, LOG_IN],
  ['with ESC in a token', String.raw`contexts: {b: {token: "Bearer secret\e[2J"}}`, BAD_TOKEN, LOG_IN],
  ['with a space in a token', 'contexts: {b: {token: Bearer secret more}}', BAD_TOKEN, LOG_IN],
  ['with ñ at the start of a token', 'contexts: {b: {token: Bearer ñsecret}}', BAD_TOKEN, LOG_IN],
  ['with ñ at the end of a token', 'contexts: {b: {token: Bearer secretñ}}', BAD_TOKEN, LOG_IN],
]
