import {DOWN, LOST, REFUSED, ROTATED} from './fixture.js'

export const CONFIG = `# mine
contexts:
  astronomer_io: {token: Bearer old-token, refreshtoken: old-refresh, expiresin: "2026-03-10T11:00:00Z"} # here
  localhost: {token: Bearer old-token, refreshtoken: old-refresh, organization: clorg2}
`
export const REFRESHED = CONFIG.replace('old-token', 'new-token').replace('11:00:00Z', '13:00:00Z')
const NEWER = REFRESHED.replace('new-token', 'newer-token').replace('old-refresh', 'newer-refresh')
const LOGGED_OUT = CONFIG.replace('Bearer old-token', "'Bearer '")
const ALIAS_OF_TOKEN = `${CONFIG.replace('Bearer old-token', '&mine $&')}x: *mine\n`
const ALIAS_OF_REFRESH_TOKEN = `${CONFIG.replace('old-refresh', '&mine $&')}x: *mine\n`
const ALIAS_OF_LOGIN = CONFIG.replace('{token', '&mine {token').replace(/localhost: .*/, 'localhost: *mine')

const LOG_IN = 'log in again with the Astro CLI: astro login astronomer.io'
const AGAIN = `The next command refreshes it again; if that fails, ${LOG_IN}`
const USED_UP = `The saved refresh token has been used up; before the next command, ${LOG_IN}`
const notSaved = (reason: string, next: string) =>
  `Could not save the refreshed login to astronomer.io in FILE (${reason}). ${next}`

/** What a refresh leads to, with the path of the config file as FILE. */
export interface Result {
  readonly outcome: string
  readonly token?: string
  readonly requests: number
  readonly warnings: readonly string[]
  readonly file: string
}

const SAVED: Result = {outcome: 'refreshed', token: 'new-token', requests: 2, warnings: [], file: REFRESHED}
const POSTPONED: Result = {outcome: 'postponed', token: 'old-token', requests: 0, warnings: [], file: CONFIG}
const FAILED = {requests: 2, warnings: [], file: CONFIG}
const REUSED: Result = {outcome: 'reused', token: 'newer-token', requests: 2, warnings: [], file: NEWER}
const UNSAVED = {...SAVED, outcome: 'not_saved', file: CONFIG}

/** Whether the saved token has expired, is about to, or is the only one that has. */
export type Validity = 'expired' | 'expiring' | 'only the old one has expired'

/** A fault of the lock or of the disk. */
export type Fault = 'cannot commit' | 'cannot lock' | 'cannot prepare' | 'cannot prepare at first' | 'locked by another'

interface Given {
  readonly authConfig?: unknown
  readonly grant?: unknown
  /** The config file before the refresh. */
  readonly before?: string
  /** The config file by the time the provider responds. */
  readonly meanwhile?: string
  readonly contextKey?: string
  readonly fault?: Fault
}

export const REFRESHES: readonly (readonly [title: string, validity: Validity, given: Given, result: Result])[] = [
  ['saves the new token', 'expired', {}, SAVED],
  [
    'saves the new refresh token',
    'expired',
    {grant: ROTATED},
    {...SAVED, file: REFRESHED.replace('old-refresh', 'new-refresh')},
  ],
  [
    'saves the login of the given context',
    'expired',
    {contextKey: 'localhost'},
    {...SAVED, file: CONFIG.replace('localhost: {token: Bearer old', 'localhost: {token: Bearer new')},
  ],
  ['keeps a byte order mark', 'expired', {before: `\uFEFF${CONFIG}`}, {...SAVED, file: `\uFEFF${REFRESHED}`}],
  ['reuses a fresh login', 'only the old one has expired', {before: NEWER}, {...REUSED, requests: 0}],

  [
    'keeps what others change in the file',
    'expired',
    {meanwhile: `${CONFIG}a: b\n`},
    {...SAVED, file: `${REFRESHED}a: b\n`},
  ],
  ['does not overwrite a login that others save', 'expired', {meanwhile: NEWER}, {...SAVED, file: NEWER}],
  ['does not undo a logout', 'expired', {meanwhile: LOGGED_OUT}, {...SAVED, file: LOGGED_OUT}],
  ['does not restore a context that others remove', 'expired', {meanwhile: '{}\n'}, {...SAVED, file: '{}\n'}],
  [
    'warns if the file is broken meanwhile',
    'expired',
    {meanwhile: '- broken\n'},
    {
      ...UNSAVED,
      warnings: [notSaved("The Astro CLI's config file FILE is not a mapping (line 1).", AGAIN)],
      file: '- broken\n',
    },
  ],
  [
    'uses a login that others saved, if the refresh fails',
    'only the old one has expired',
    {meanwhile: NEWER, grant: REFUSED},
    REUSED,
  ],
  [
    'uses a token that others saved, if the refresh fails',
    'only the old one has expired',
    {meanwhile: REFRESHED, grant: REFUSED},
    {...REUSED, token: 'new-token', file: REFRESHED},
  ],
  [
    'fails if the login that others saved has expired too',
    'expired',
    {meanwhile: NEWER, grant: REFUSED},
    {...FAILED, outcome: 'unauthenticated', file: NEWER},
  ],
  [
    'fails if the refresh token is refused and the file is broken',
    'expiring',
    {meanwhile: '- broken\n', grant: REFUSED},
    {...FAILED, outcome: 'unauthenticated', file: '- broken\n'},
  ],

  ['fails if the refresh token is refused', 'expiring', {grant: REFUSED}, {...FAILED, outcome: 'unauthenticated'}],
  ['fails after an unexpected response', 'expiring', {grant: {}}, {...FAILED, outcome: 'api'}],
  [
    'fails if the provider is down and the token has expired',
    'expired',
    {grant: DOWN},
    {...FAILED, outcome: 'network'},
  ],
  [
    'fails if the login is gone',
    'expiring',
    {before: '{}\n'},
    {...FAILED, outcome: 'unauthenticated', requests: 0, file: '{}\n'},
  ],
  [
    'fails if the file is broken',
    'expired',
    {before: '- a\n'},
    {...FAILED, outcome: 'config', requests: 0, file: '- a\n'},
  ],

  ['uses a valid token if the API is out of reach', 'expiring', {authConfig: LOST}, {...POSTPONED, requests: 1}],
  ['uses a valid token if the API is down', 'expiring', {authConfig: DOWN}, {...POSTPONED, requests: 1}],
  ['uses a valid token if the provider is down', 'expiring', {grant: DOWN}, {...POSTPONED, requests: 2}],
  [
    'uses a valid token if the response is lost, and warns that the refresh token may be used up',
    'expiring',
    {grant: LOST},
    {
      ...POSTPONED,
      requests: 2,
      warnings: [
        `Could not refresh the login to astronomer.io: The connection broke. Try again; if the login is then rejected, ${LOG_IN}`,
      ],
    },
  ],

  ['uses a valid token while others hold the lock', 'expiring', {fault: 'locked by another'}, POSTPONED],
  [
    'fails while others hold the lock and the login is gone',
    'expiring',
    {before: '{}\n', fault: 'locked by another'},
    {...FAILED, outcome: 'conflict', requests: 0, file: '{}\n'},
  ],
  [
    'fails while others hold the lock and the token has expired',
    'expired',
    {fault: 'locked by another'},
    {...FAILED, outcome: 'conflict', requests: 0},
  ],
  ['uses a valid token if the lock fails', 'expiring', {fault: 'cannot lock'}, POSTPONED],
  [
    'refreshes an expired token without a lock, and warns',
    'expired',
    {fault: 'cannot lock'},
    {
      ...SAVED,
      warnings: [
        `The login to astronomer.io was refreshed without a lock beside FILE (EROFS). Another command that refreshed it at the same time may be rejected; in that case, ${LOG_IN}`,
      ],
    },
  ],

  ['uses a valid token if it could not save another', 'expiring', {fault: 'cannot prepare'}, POSTPONED],
  ['saves if it can prepare after the refresh', 'expired', {fault: 'cannot prepare at first'}, SAVED],
  [
    'does not overwrite a login that others save before it can prepare',
    'expired',
    {fault: 'cannot prepare at first', meanwhile: NEWER},
    {...SAVED, file: NEWER},
  ],
  [
    'warns if it cannot save the login',
    'expired',
    {fault: 'cannot prepare'},
    {...UNSAVED, warnings: [notSaved('ENOSPC', AGAIN)]},
  ],
  [
    'warns if it cannot save the refresh token',
    'expired',
    {fault: 'cannot prepare', grant: ROTATED},
    {...UNSAVED, warnings: [notSaved('ENOSPC', USED_UP)]},
  ],
  [
    'warns if it can no longer save the login',
    'expired',
    {fault: 'cannot commit'},
    {...UNSAVED, warnings: [notSaved('ENOSPC', AGAIN)]},
  ],
  [
    'warns if it can no longer save the refresh token',
    'expired',
    {fault: 'cannot commit', grant: ROTATED},
    {...UNSAVED, warnings: [notSaved('ENOSPC', USED_UP)]},
  ],
  [
    'warns if another value depends on the token',
    'expired',
    {before: ALIAS_OF_TOKEN},
    {...UNSAVED, warnings: [notSaved('other values depend on it', AGAIN)], file: ALIAS_OF_TOKEN},
  ],
  [
    'warns if another context depends on the login',
    'expired',
    {before: ALIAS_OF_LOGIN, grant: ROTATED},
    {...UNSAVED, warnings: [notSaved('other values depend on it', USED_UP)], file: ALIAS_OF_LOGIN},
  ],
  [
    'uses a valid token if another value depends on the refresh token',
    'expiring',
    {before: ALIAS_OF_REFRESH_TOKEN},
    {...POSTPONED, file: ALIAS_OF_REFRESH_TOKEN},
  ],
]
