import {expect} from 'chai'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {type Http, type HttpRequest} from '../../../src/lib/astro-api/http.js'
import {type SavedLogin} from '../../../src/lib/auth/config-file.js'
import {type Login, openLogin} from '../../../src/lib/auth/login.js'
import {type LoginRefresh} from '../../../src/lib/auth/refresh-login.js'
import {AstroError} from '../../../src/lib/errors.js'
import {failureOf} from '../support.js'

const NOW = new Date('2026-03-10T12:00:00Z')
const DOMAIN = {name: 'astronomer.io', apiHost: 'https://api.astronomer.io'}
const AUTH_CONFIG = {clientId: 'client-1', domainUrl: 'https://auth.astronomer.io/'}
const REFUSED = new AstroError('invalid_request', 'no', {status: 403})
const DOWN = new AstroError('api', 'down', {status: 503})

async function readOnly(): Promise<never> {
  throw Object.assign(new Error('read-only'), {code: 'EROFS'})
}

/** So many seconds from now, RFC 3339. */
function inSeconds(seconds: number): string {
  return new Date(NOW.getTime() + seconds * 1000).toISOString()
}

/** A login that is good for an hour. */
function saved(more: Partial<SavedLogin> = {}): SavedLogin {
  return {
    token: 'old-token',
    refreshToken: 'refresh-1',
    expiresIn: inSeconds(3600),
    organizationId: 'clorg1',
    workspaceId: undefined,
    ...more,
  }
}

function configOf({expiresIn, organizationId, refreshToken, token}: SavedLogin): string {
  const refreshable = {refreshtoken: refreshToken, expiresin: expiresIn}
  return JSON.stringify({
    contexts: {astronomer_io: {token: `Bearer ${token}`, ...refreshable, organization: organizationId}},
  })
}

describe('openLogin', () => {
  let folder: string
  let path: string
  let requests: HttpRequest[]
  /** What the provider answers to each refresh; by default one token after another. */
  let provider: (count: number) => unknown
  let now: Date

  const http: Http = async (request) => {
    requests.push(request)
    if (request.method === 'GET') return AUTH_CONFIG
    const answer = provider(requests.filter(({method}) => method === 'POST').length)
    if (answer instanceof Error) throw answer
    return answer
  }

  /** Opens this login, and has it in the file too unless another one is there by now. */
  const open = async (login: SavedLogin, inFile = login, more: Partial<LoginRefresh> = {}): Promise<Login> => {
    await writeFile(path, configOf(inFile))
    return openLogin(login, {
      path,
      domain: DOMAIN,
      contextKey: 'astronomer_io',
      now: () => now,
      http: async () => http,
      onWarning(warning) {
        throw new Error(`nothing is to be said: ${warning}`)
      },
      ...more,
    })
  }

  const refreshes = () => requests.filter(({method}) => method === 'POST').length

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'astro-login-'))
    path = join(folder, 'config.yaml')
    requests = []
    provider = (count) => ({access_token: `token-${count}`, expires_in: 3600})
    now = NOW
  })

  afterEach(async () => {
    await rm(folder, {recursive: true})
  })

  describe('before the first request', () => {
    for (const expiresIn of [inSeconds(301), '2026-03-10T14:00:00.123456789+01:00', 'soon', undefined]) {
      it(`uses a login as it is that expires at ${String(expiresIn)}, and sends nothing`, async () => {
        const login = await open(saved({expiresIn}))
        expect(login.bearer()).to.equal('old-token')
        expect(login.organizationId).to.equal('clorg1')
        expect(requests).to.deep.equal([])
      })
    }

    for (const expiresIn of [
      inSeconds(300),
      inSeconds(1),
      inSeconds(0),
      inSeconds(-1e6),
      '2026-03-10T13:04:00+01:00',
    ]) {
      it(`refreshes a login that expires at ${expiresIn}`, async () => {
        const login = await open(saved({expiresIn}))
        expect(login.bearer()).to.equal('token-1')
        expect(refreshes()).to.equal(1)
        expect(await readFile(path, 'utf8')).to.equal(
          configOf(saved({token: 'token-1', expiresIn: '2026-03-10T13:00:00Z'})),
        )
      })
    }

    it('takes the login that another process has refreshed meanwhile, with its Organization', async () => {
      const other = saved({token: 'other-token', organizationId: 'clorg2'})
      const login = await open(saved({expiresIn: inSeconds(0)}), other)
      expect(login.bearer()).to.equal('other-token')
      expect(login.organizationId).to.equal('clorg2')
      expect(requests).to.deep.equal([])
    })

    it('uses a login without a refresh token until it expires', async () => {
      const login = await open(saved({refreshToken: undefined, expiresIn: inSeconds(1)}))
      expect(login.bearer()).to.equal('old-token')
      expect(requests).to.deep.equal([])
    })

    it('refuses one without a refresh token that has expired, and says to log in', async () => {
      const failure = await failureOf(async () => open(saved({refreshToken: undefined, expiresIn: inSeconds(0)})))
      expect(failure).to.include({kind: 'unauthenticated', message: 'The login to astronomer.io has expired.'})
      expect(failure.details.hint).to.equal('Log in again with the Astro CLI: astro login astronomer.io')
      expect(requests).to.deep.equal([])
    })

    it('goes on with a token that is still good while the provider is down', async () => {
      provider = () => DOWN
      const login = await open(saved({expiresIn: inSeconds(1)}))
      expect(login.bearer()).to.equal('old-token')
      expect(refreshes()).to.equal(1)
    })

    it('goes on with a token that is still good while another process is at the refresh', async () => {
      const login = await open(saved({expiresIn: inSeconds(1)}), undefined, {
        async lock() {
          throw new AstroError('conflict', 'Process 7')
        },
      })
      expect(login.bearer()).to.equal('old-token')
    })

    it('fails while the provider is down where the token has expired', async () => {
      provider = () => DOWN
      const failure = await failureOf(async () => open(saved({expiresIn: inSeconds(0)})))
      expect(failure.kind).to.equal('network')
    })

    it('fails where the token expires while the provider is asked in vain', async () => {
      provider = () => {
        now = new Date(NOW.getTime() + 30_000)
        return DOWN
      }

      const failure = await failureOf(async () => open(saved({expiresIn: inSeconds(30)})))
      expect(failure.kind).to.equal('network')
    })

    for (const [what, answer, kind] of [
      ['refused', REFUSED, 'unauthenticated'],
      ['answered with something else', {}, 'api'],
    ] as const) {
      it(`fails where the refresh is ${what}, though the token is still good`, async () => {
        provider = () => answer
        const failure = await failureOf(async () => open(saved({expiresIn: inSeconds(1)})))
        expect(failure.kind).to.equal(kind)
      })
    }
  })

  describe('after the API refused the token', () => {
    it('refreshes it', async () => {
      const login = await open(saved())
      expect(await login.refresh('old-token')).to.equal(true)
      expect(login.bearer()).to.equal('token-1')
      expect(await readFile(path, 'utf8')).to.contain('Bearer token-1')
    })

    it('refreshes once for requests that were refused side by side, and for one that comes later', async () => {
      const login = await open(saved())
      const all = await Promise.all([
        login.refresh('old-token'),
        login.refresh('old-token'),
        login.refresh('old-token'),
      ])
      expect([...all, await login.refresh('old-token')]).to.deep.equal([true, true, true, true])
      expect(login.bearer()).to.equal('token-1')
      expect(refreshes()).to.equal(1)
    })

    it('refreshes once for them where no lock can be made and nothing saved, too', async () => {
      const login = await open(saved(), undefined, {lock: readOnly, prepare: readOnly, onWarning() {}})
      expect(await Promise.all([login.refresh('old-token'), login.refresh('old-token')])).to.deep.equal([true, true])
      expect(refreshes()).to.equal(1)
    })

    it('does not refresh a token that it has just got', async () => {
      const login = await open(saved())
      await login.refresh('old-token')
      expect(await login.refresh('token-1')).to.equal(false)
      expect(refreshes()).to.equal(1)
    })

    it('does not refresh a token that was refreshed before the first request', async () => {
      const login = await open(saved({expiresIn: inSeconds(0)}))
      expect(await login.refresh('token-1')).to.equal(false)
      expect(refreshes()).to.equal(1)
    })

    it('takes another token that is in the file by now, and refreshes that when it is refused too', async () => {
      const login = await open(saved(), saved({token: 'other-token'}))
      expect(await login.refresh('old-token')).to.equal(true)
      expect(login.bearer()).to.equal('other-token')
      expect(refreshes()).to.equal(0)
      expect(await login.refresh('other-token')).to.equal(true)
      expect(login.bearer()).to.equal('token-1')
    })

    it('refreshes where the other token in the file has expired', async () => {
      const login = await open(saved(), saved({token: 'other-token', expiresIn: inSeconds(-1)}))
      expect(await login.refresh('old-token')).to.equal(true)
      expect(login.bearer()).to.equal('token-1')
    })

    it('refreshes a login that does not say when it expires, and adds nothing to the file', async () => {
      const login = await open(saved({expiresIn: undefined}))
      expect(await login.refresh('old-token')).to.equal(true)
      expect(await readFile(path, 'utf8')).to.equal(configOf(saved({token: 'token-1', expiresIn: undefined})))
    })

    it('has no other where there is no refresh token', async () => {
      const login = await open(saved({refreshToken: undefined}))
      expect(await login.refresh('old-token')).to.equal(false)
      expect(requests).to.deep.equal([])
    })

    it('says so where the refresh is refused or the provider is down', async () => {
      const login = await open(saved())
      provider = () => REFUSED
      const refused = await failureOf(async () => login.refresh('old-token'))
      provider = () => DOWN
      const down = await failureOf(async () => login.refresh('old-token'))
      expect([refused.kind, down.kind]).to.deep.equal(['unauthenticated', 'network'])
      expect(login.bearer()).to.equal('old-token')
    })
  })
})
