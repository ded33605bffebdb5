import {type SavedLogin} from '../../../src/lib/auth/config-file.js'
import {DOWN, NOW, REFUSED} from './fixture.js'

export function inSeconds(seconds: number): string {
  return new Date(NOW.getTime() + seconds * 1000).toISOString()
}

/** A login that is valid for an hour. */
export const SAVED: SavedLogin = {
  token: 'old',
  refreshToken: 'refresh',
  expiresIn: inSeconds(3600),
  organizationId: 'clorg1',
  workspaceId: 'clwsp1',
}
export const OTHER: SavedLogin = {...SAVED, token: 'other', organizationId: 'clorg2', workspaceId: 'clwsp2'}
const expiring = (expiresIn?: string): SavedLogin => ({...SAVED, expiresIn})

interface Row {
  readonly title: string
  /** The login when the command starts. */
  readonly saved?: SavedLogin
  /** The login that is in the file by then. */
  readonly inFile?: SavedLogin
  readonly grant?: unknown
  /** How many seconds have passed when the provider responds. */
  readonly seconds?: number
  /** The tokens that the API refuses, in order. */
  readonly refused?: readonly string[]
  /** Whether there was another token for each, the last token, and how often the provider was asked; or an error kind. */
  readonly expected: readonly (boolean | number | string)[] | string
}

const NO_REFRESH_TOKEN = {...SAVED, refreshToken: undefined}
export const LOGINS: readonly Row[] = [
  {title: 'uses a login that lasts', saved: expiring(inSeconds(300.001)), inFile: OTHER, expected: ['old', 0]},
  {title: 'uses a login in another time zone', saved: expiring('2026-03-10T13:06:00.12+01:00'), expected: ['old', 0]},
  {title: 'uses a login with an invalid expiry', saved: expiring('soon'), expected: ['old', 0]},
  {title: 'uses a login without an expiry', saved: expiring(), expected: ['old', 0]},
  {title: 'refreshes a login that expires soon', saved: expiring(inSeconds(300)), expected: ['new-token', 1]},
  {title: 'refreshes a login that expires now', saved: expiring(inSeconds(0)), expected: ['new-token', 1]},
  {title: 'refreshes a login that has expired', saved: expiring(inSeconds(-1e6)), expected: ['new-token', 1]},
  {
    title: 'refreshes a login that expires soon in another time zone',
    saved: expiring('2026-03-10T13:04:00+01:00'),
    expected: ['new-token', 1],
  },
  {title: 'uses a login that others saved', saved: expiring(inSeconds(0)), inFile: OTHER, expected: ['other', 0]},
  {
    title: 'uses a login without a refresh token until it expires',
    saved: {...NO_REFRESH_TOKEN, expiresIn: inSeconds(0.001)},
    refused: ['old'],
    expected: [false, 'old', 0],
  },
  {
    title: 'fails if a login without a refresh token has expired',
    saved: {...NO_REFRESH_TOKEN, expiresIn: inSeconds(0)},
    expected: 'unauthenticated',
  },
  {
    title: 'uses a valid token while the provider is down',
    saved: expiring(inSeconds(1)),
    grant: DOWN,
    expected: ['old', 1],
  },
  {
    title: 'fails if the token has expired and the provider is down',
    saved: expiring(inSeconds(0)),
    grant: DOWN,
    expected: 'network',
  },
  {
    title: 'fails if the token expires while the provider is down',
    saved: expiring(inSeconds(30)),
    grant: DOWN,
    seconds: 30,
    expected: 'network',
  },
  {
    title: 'fails if the refresh token is refused, though the token is valid',
    saved: expiring(inSeconds(1)),
    grant: REFUSED,
    expected: 'unauthenticated',
  },
  {
    title: 'fails after an unexpected response, though the token is valid',
    saved: expiring(inSeconds(1)),
    grant: {},
    expected: 'api',
  },
  {title: 'refreshes a refused token once', refused: ['old', 'old'], expected: [true, true, 'new-token', 1]},
  {title: 'does not refresh twice', refused: ['old', 'new-token'], expected: [true, false, 'new-token', 1]},
  {
    title: 'does not refresh a refused token that it got first',
    saved: expiring(inSeconds(0)),
    refused: ['new-token'],
    expected: [false, 'new-token', 1],
  },
  {title: 'uses another token in the file', inFile: OTHER, refused: ['old'], expected: [true, 'other', 0]},
  {
    title: 'refreshes another token in the file when the API refuses that too',
    inFile: OTHER,
    refused: ['old', 'other'],
    expected: [true, true, 'new-token', 1],
  },
  {
    title: 'refreshes another token in the file that expires soon',
    inFile: {...OTHER, expiresIn: inSeconds(300)},
    refused: ['old'],
    expected: [true, 'new-token', 1],
  },
  {
    title: 'uses another token in the file that expires soon if the provider is down',
    inFile: {...OTHER, expiresIn: inSeconds(1)},
    grant: DOWN,
    refused: ['old'],
    expected: [true, 'other', 1],
  },
  {title: 'fails if no token can be got', grant: DOWN, refused: ['old'], expected: 'network'},
  {title: 'fails if no token is granted', grant: REFUSED, refused: ['old'], expected: 'unauthenticated'},
]
