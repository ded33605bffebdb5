import {expect} from 'chai'

import {type SavedLogin} from '../../../src/lib/auth/config-file.js'
import {type Login, openLogin} from '../../../src/lib/auth/login.js'
import {type LoginRefresh} from '../../../src/lib/auth/refresh.js'
import {DOWN, NOW, prepareHomes, REFUSED, reportOf} from './fixture.js'

/** A login that is valid for an hour. */
const SAVED: SavedLogin = {
  token: 'old',
  refreshToken: 'refresh',
  expiresAt: NOW + 3_600_000,
  organizationId: 'clorg1',
  workspaceId: 'clwsp1',
}
const OTHER: SavedLogin = {...SAVED, token: 'other', organizationId: 'clorg2', workspaceId: 'clwsp2'}
const lasting = (seconds: number): SavedLogin => ({...SAVED, expiresAt: NOW + seconds * 1000})
const UNREFRESHABLE: SavedLogin = {...SAVED, refreshToken: undefined, expiresAt: NOW + 1}
const OTHER_SOON: SavedLogin = {...OTHER, expiresAt: NOW + 300_000}

interface Row {
  readonly title: string
  /** The login when the command starts. */
  readonly saved?: SavedLogin
  /** The login that is in the file by then. */
  readonly inFile?: SavedLogin
  readonly grant?: unknown
  /** How many seconds have passed when the provider responds. */
  readonly seconds?: number
  /** The tokens that the API rejects, in order. */
  readonly rejected?: readonly string[]
  /** Whether there was another token for each, the last token, and how often the provider was asked; or an error kind. */
  readonly expected: readonly (boolean | number | string)[] | string
}

const LOGINS: readonly Row[] = [
  {title: 'uses a login that lasts', saved: lasting(300.001), inFile: OTHER, expected: ['old', 0]},
  {title: 'uses a login without an expiry', saved: lasting(Infinity), expected: ['old', 0]},
  {title: 'refreshes a login that expires soon', saved: lasting(300), expected: ['new-token', 1]},
  {title: 'refreshes a login that has expired', saved: lasting(-1e6), expected: ['new-token', 1]},
  {title: 'uses a login that others saved', saved: lasting(0), inFile: OTHER, expected: ['other', 0]},
  {
    title: 'uses a lasting login that cannot be refreshed',
    saved: UNREFRESHABLE,
    rejected: ['old'],
    expected: [false, 'old', 0],
  },
  {
    title: 'fails if a login that cannot be refreshed has expired',
    saved: {...UNREFRESHABLE, expiresAt: NOW},
    expected: 'unauthenticated',
  },
  {title: 'uses a valid token while the provider is down', saved: lasting(1), grant: DOWN, expected: ['old', 1]},
  {
    title: 'fails with an expired token while the provider is down',
    saved: lasting(0),
    grant: DOWN,
    expected: 'network',
  },
  {title: 'fails if the token expires meanwhile', saved: lasting(30), grant: DOWN, seconds: 30, expected: 'network'},
  {title: 'fails if a valid login is refused', saved: lasting(1), grant: REFUSED, expected: 'unauthenticated'},
  {title: 'refreshes a rejected token once', rejected: ['old', 'old'], expected: [true, true, 'new-token', 1]},
  {title: 'does not refresh twice', rejected: ['old', 'new-token'], expected: [true, false, 'new-token', 1]},
  {
    title: 'does not refresh its own token',
    saved: lasting(0),
    rejected: ['new-token'],
    expected: [false, 'new-token', 1],
  },
  {title: 'uses another token in the file', inFile: OTHER, rejected: ['old'], expected: [true, 'other', 0]},
  {title: 'refreshes that too', inFile: OTHER, rejected: ['old', 'other'], expected: [true, true, 'new-token', 1]},
  {
    title: 'refreshes another token that expires soon',
    inFile: OTHER_SOON,
    rejected: ['old'],
    expected: [true, 'new-token', 1],
  },
  {
    title: 'uses that if there is no answer',
    inFile: OTHER_SOON,
    grant: DOWN,
    rejected: ['old'],
    expected: [true, 'other', 1],
  },
  {title: 'fails if no token can be got', grant: DOWN, rejected: ['old'], expected: 'network'},
  {title: 'fails if no token is granted', grant: REFUSED, rejected: ['old'], expected: 'unauthenticated'},
]

function configOf({expiresAt, organizationId, refreshToken, token, workspaceId}: SavedLogin): string {
  const expiresin = Number.isFinite(expiresAt) ? new Date(expiresAt).toISOString() : undefined
  const entry = {token: `Bearer ${token}`, refreshtoken: refreshToken, expiresin}
  return JSON.stringify({contexts: {astronomer_io: {...entry, organization: organizationId, workspace: workspaceId}}})
}

describe('openLogin', () => {
  const {create, on, remove} = prepareHomes()

  beforeEach(create)

  afterEach(remove)

  /** Opens a login while the file has this one. */
  const open = async (saved: SavedLogin, inFile: SavedLogin, more: Partial<LoginRefresh> = {}): Promise<Login> => {
    await on.write(configOf(inFile))
    return openLogin(saved, {...on.options, ...more})
  }

  /** The secret of the login, and how often the provider was asked. */
  const look = (login: Login) => [login.bearer(), on.astro.requests.filter(({method}) => method === 'POST').length]

  /** Reports these tokens as rejected. */
  const use = async (login: Login, rejected: readonly string[]) => {
    const found: boolean[] = []
    for (const token of rejected) found.push(await login.refresh(token))
    return [...found, ...look(login)]
  }

  for (const {expected, grant, inFile, rejected = [], saved = SAVED, seconds = 0, title} of LOGINS) {
    it(title, async () => {
      if (grant) on.astro.grant = grant
      on.astro.meanwhile = async () => {
        on.now = NOW + seconds * 1000
      }

      const work = open(saved, inFile ?? saved).then(async (login) => use(login, rejected))
      if (typeof expected === 'string') expect(await reportOf(async () => work)).to.have.property('kind', expected)
      else expect(await work).to.deep.equal(expected)
    })
  }

  it('has the Organization and the Workspace of the login in use', async () => {
    expect(await open(SAVED, OTHER)).to.include({organizationId: 'clorg1', workspaceId: 'clwsp1'})
    expect(await open(lasting(0), OTHER)).to.include({organizationId: 'clorg2', workspaceId: 'clwsp2'})
  })

  it('refreshes once for concurrent requests, even without a lock', async () => {
    const login = await open(SAVED, SAVED, {lock: async () => ({kind: 'unavailable', reason: 'EROFS'})})
    const found = await Promise.all([login.refresh('old'), login.refresh('old'), login.refresh('old')])
    found.push(await login.refresh('old'), await login.refresh('new-token'))
    expect([...found, ...look(login)]).to.deep.equal([true, true, true, true, false, 'new-token', 1])
  })

  it('refreshes a rejected token after a refresh that failed', async () => {
    const login = await open(SAVED, SAVED)
    const {grant} = on.astro
    on.astro.grant = DOWN
    expect(await reportOf(async () => login.refresh('old'))).to.include({kind: 'network'})
    on.astro.grant = grant
    expect([await login.refresh('old'), ...look(login)]).to.deep.equal([true, 'new-token', 2])
  })
})
