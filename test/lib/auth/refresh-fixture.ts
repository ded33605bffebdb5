import {mkdtemp, realpath, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {type Http, type HttpRequest} from '../../../src/lib/astro-api/http.js'
import {type SavedLogin} from '../../../src/lib/auth/config-file.js'
import {type LoginNeeds, type LoginRefresh} from '../../../src/lib/auth/refresh-login.js'
import {AstroError} from '../../../src/lib/errors.js'

const NOW = new Date('2026-03-10T12:00:00.750Z')
const DOMAIN = {name: 'astronomer.io', apiHost: 'https://api.astronomer.io'}
export const AUTH_CONFIG = {clientId: 'client-1', domainUrl: 'https://auth.astronomer.io/'}
export const GRANTED = {access_token: 'new-token', expires_in: 3600}
export const ROTATED = {...GRANTED, refresh_token: 'new-refresh'}
export const REFUSED = new AstroError('invalid_request', 'no', {status: 400})

export const CONFIG = `# mine
contexts:
  astronomer_io: {token: Bearer old-token, refreshtoken: old-refresh, expiresin: "2026-03-10T11:00:00Z"} # here
  localhost: {token: Bearer old-token, refreshtoken: old-refresh, organization: clorg2}
`
export const REFRESHED = CONFIG.replace('old-token', 'new-token').replace('11:00:00Z', '13:00:00Z')

/** The saved token has expired, or was refused. */
export const EXPIRED: LoginNeeds = {isFresh: () => false, isUsable: () => false}
/** The saved token expires soon. */
export const EXPIRING: LoginNeeds = {isFresh: () => false, isUsable: () => true}
/** The saved token has expired; a new one has not. */
export const UNLESS_REFRESHED: LoginNeeds = {isFresh: isRefreshed, isUsable: isRefreshed}

function isRefreshed({token}: SavedLogin): boolean {
  return token === 'new-token'
}

export interface RefreshFixture {
  readonly folder: string
  /** The config file in there. */
  readonly path: string
  readonly requests: HttpRequest[]
  readonly warnings: string[]
  /** What auth-config and then the provider answer. */
  answers: readonly unknown[]
  /** What others do while the provider is asked. */
  meanwhile: () => Promise<void>
  readonly refresh: (more?: Partial<LoginRefresh>) => LoginRefresh
  readonly remove: () => Promise<void>
}

/** A new folder with a login that has expired, and a provider that refreshes it. */
export async function prepareRefresh(): Promise<RefreshFixture> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'astro-saved-')))
  const path = join(folder, 'config.yaml')
  await writeFile(path, CONFIG, {mode: 0o600})

  const http: Http = async (request) => {
    const answer = fixture.answers[fixture.requests.length]
    fixture.requests.push(request)
    if (request.method === 'POST') await fixture.meanwhile()
    if (answer instanceof Error) throw answer
    return answer
  }

  const fixture: RefreshFixture = {
    folder,
    path,
    requests: [],
    warnings: [],
    answers: [AUTH_CONFIG, GRANTED],
    async meanwhile() {},
    refresh: (more = {}) => ({
      path,
      domain: DOMAIN,
      contextKey: 'astronomer_io',
      now: () => NOW,
      http: async () => http,
      onWarning(warning) {
        fixture.warnings.push(warning)
      },
      ...more,
    }),
    remove: async () => rm(folder, {recursive: true}),
  }
  return fixture
}
