/** Stands for a valid API token of the Organization `clorg-of-token`. */
export const TOKEN = '<token>'

export const CONFIG = `context: astronomer-stage.io
contexts:
  astronomer-stage_io:
    token: Bearer secret-of-stage
    refreshtoken: refresh-secret
    expiresin: 2026-03-10T14:00:00Z
    organization: clorg-of-stage
    workspace: clwsp-of-stage
  astronomer_io:
    token: Bearer secret-of-astro
    expiresin: 2026-03-10T14:00:00Z
  localhost:
    token: Bearer secret-of-localhost
local:
  core: http://127.0.0.1:9999/v1
`

type Env = Readonly<Record<string, string>>

const STAGE = 'https://api.astronomer-stage.io'
const ASTRO = 'https://api.astronomer.io'
const ALIASES = 'contexts:\n  astronomer_io: {token: normalized}\n  cloud_astronomer_io: {token: literal}\n'
const ALIAS = 'https://cloud.astronomer.io/'

/** The credential that a command finds: its secret, the API and its Organization. */
export const FOUND: readonly (readonly [
  title: string,
  env: Env,
  config: string,
  secret: string,
  apiHost: string,
  organizationId?: string,
])[] = [
  ['uses ASTRO_API_TOKEN first', {ASTRO_API_TOKEN: ` Bearer ${TOKEN}\n`}, CONFIG, TOKEN, STAGE, 'clorg-of-token'],
  ['uses the login to the context', {}, CONFIG, 'secret-of-stage', STAGE, 'clorg-of-stage'],
  ['ignores a blank token', {ASTRO_API_TOKEN: '  '}, CONFIG, 'secret-of-stage', STAGE, 'clorg-of-stage'],
  ['uses the login to ASTRO_DOMAIN first', {ASTRO_DOMAIN: ' cloud.astronomer.io'}, CONFIG, 'secret-of-astro', ASTRO],
  ['uses local.core', {ASTRO_DOMAIN: 'localhost'}, CONFIG, 'secret-of-localhost', 'http://127.0.0.1:9999'],
  ['uses the default domain', {}, 'contexts: {astronomer_io: {token: a}}', 'a', ASTRO],
  ['uses the context of an alias', {}, `context: ${ALIAS}\n${ALIASES}`, 'literal', ASTRO],
  ['uses the context of an alias in ASTRO_DOMAIN', {ASTRO_DOMAIN: ALIAS}, ALIASES, 'literal', ASTRO],
  ['uses the normalized context of an alias', {ASTRO_DOMAIN: ALIAS}, CONFIG, 'secret-of-astro', ASTRO],
  ['does not use an alias of the domain', {ASTRO_DOMAIN: 'astronomer.io'}, ALIASES, 'normalized', ASTRO],
  [
    'uses a token for ASTRO_DOMAIN',
    {ASTRO_API_TOKEN: TOKEN, ASTRO_DOMAIN: ' astronomer-dev.io '},
    CONFIG,
    TOKEN,
    'https://api.astronomer-dev.io',
    'clorg-of-token',
  ],
  [
    'uses a token for the context if ASTRO_DOMAIN is blank',
    {ASTRO_API_TOKEN: TOKEN, ASTRO_DOMAIN: ' '},
    CONFIG,
    TOKEN,
    STAGE,
    'clorg-of-token',
  ],
  [
    'uses a token for local.core',
    {ASTRO_API_TOKEN: TOKEN, ASTRO_DOMAIN: 'Localhost'},
    CONFIG,
    TOKEN,
    'http://127.0.0.1:9999',
    'clorg-of-token',
  ],
  ['uses a token for the default domain', {ASTRO_API_TOKEN: TOKEN}, '', TOKEN, ASTRO, 'clorg-of-token'],
  [
    'needs no config file for a token and a domain',
    {ASTRO_API_TOKEN: TOKEN, ASTRO_DOMAIN: 'astronomer.io'},
    '- broken\n',
    TOKEN,
    ASTRO,
    'clorg-of-token',
  ],
]

const NONE = {
  kind: 'unauthenticated',
  message: 'Not authenticated to astronomer.io.',
  hint: 'Set ASTRO_API_TOKEN, or log in with the Astro CLI: astro login astronomer.io',
}
const KEYCHAIN = {
  ...NONE,
  hint:
    'Log in with the Astro CLI: astro login astronomer.io; if it keeps the login in the system keychain: ' +
    'export ASTRO_API_TOKEN=$(astro auth token)',
}

export const NOT_FOUND: readonly (readonly [
  title: string,
  env: Env,
  config: string,
  error: Readonly<Record<string, unknown>>,
])[] = [
  ['fails if the file is empty', {}, '', NONE],
  ['fails if there is no context', {}, 'context: astronomer.io\n', NONE],
  ['fails if the token is empty', {}, "contexts: {astronomer_io: {token: ''}}\n", NONE],
  ['fails if the token is missing', {}, 'contexts: {astronomer_io: {refreshtoken: a}}\n', NONE],
  [
    'fails if the login is to another domain',
    {ASTRO_DOMAIN: 'astronomer-dev.io'},
    CONFIG,
    {
      kind: 'unauthenticated',
      message: 'Not authenticated to astronomer-dev.io.',
      hint: 'Set ASTRO_API_TOKEN, or log in with the Astro CLI: astro login astronomer-dev.io',
    },
  ],
  ['suggests a login in the keychain', {}, "contexts: {astronomer_io: {token: 'Bearer '}}\n", KEYCHAIN],
  ['does not use the login if the token is invalid', {ASTRO_API_TOKEN: 'x'}, CONFIG, {kind: 'unauthenticated'}],
  ['rejects another domain', {ASTRO_DOMAIN: 'apc.example.com'}, CONFIG, {kind: 'unsupported'}],
  ['rejects the context of another domain', {ASTRO_API_TOKEN: TOKEN}, 'context: a.b\n', {kind: 'unsupported'}],
  ['needs the config file for the domain', {ASTRO_API_TOKEN: TOKEN}, '- broken\n', {kind: 'config'}],
]

/** The Organization to suggest for a token that names none. */
export const SUGGESTED: readonly (readonly [env: Env, config: string, organizationId: string | undefined])[] = [
  [{}, CONFIG, 'clorg-of-stage'],
  [{ASTRO_DOMAIN: 'https://cloud.astronomer-stage.io'}, CONFIG, 'clorg-of-stage'],
  [{}, CONFIG.replace('Bearer secret-of-stage', "'Bearer '"), 'clorg-of-stage'],
  [{ASTRO_DOMAIN: 'astronomer.io'}, CONFIG, undefined],
  [{ASTRO_DOMAIN: 'astronomer-dev.io'}, CONFIG, undefined],
  [{ASTRO_DOMAIN: 'astronomer.io'}, '- broken\n', undefined],
  [{ASTRO_DOMAIN: 'astronomer.io'}, 'contexts: {astronomer_io: broken}\n', undefined],
  [{ASTRO_DOMAIN: 'astronomer.io', ASTRO_HOME: '.'}, CONFIG, undefined],
]
