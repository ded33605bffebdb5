import {expect} from 'chai'
import nock from 'nock'

import {createHttp, type Http} from '../../../src/lib/astro-api/http.js'
import {readProvider, requestGrant} from '../../../src/lib/auth/identity-provider.js'
import {AstroError} from '../../../src/lib/errors.js'
import {fakeClock, fakeReport} from '../service-options.js'
import {AUTH_CONFIG, DOMAIN, fakeAstro, GRANTED, LOG_IN, reportOf, type Responses} from './fixture.js'

const SECRET = 'old-refresh+b&c=d%'
const CHECK = 'Check that ASTRO_DOMAIN and any proxy lead to the Astro API'
const IF_REJECTED = `if the login is then rejected, l${LOG_IN}`

const refresh = async (http: Http) => requestGrant(http, DOMAIN, await readProvider(http, DOMAIN), SECRET)

/** An error of the HTTP client, which may quote the refresh token. */
const failure = (status: number, hint?: string) => new AstroError('network', SECRET, {status, hint, requestId: SECRET})

const withUrl = (domainUrl: string) => ({...AUTH_CONFIG, domainUrl})

interface Failure extends Responses {
  readonly kind?: string
  readonly why: string
  readonly hint?: string
  readonly status?: number
}

const GRANT = `${CHECK}; ${IF_REJECTED}`
const UNEXPECTED = 'unexpected response:'
const NO_PROVIDER = 'api.astronomer.io does not name the identity provider (status 400).'
const NO_GRANT = 'the identity provider rejected it (status 400).'
const FAILURES: readonly Failure[] = [
  {kind: 'api', authConfig: [], why: `${UNEXPECTED} clientId is not text.`, hint: CHECK},
  {kind: 'api', authConfig: withUrl('auth.io/'), why: `${UNEXPECTED} domainUrl is not a URL.`, hint: CHECK},
  {kind: 'api', authConfig: withUrl('http://auth.io/'), why: `${UNEXPECTED} domainUrl is not https.`, hint: CHECK},
  {kind: 'api', grant: null, why: `${UNEXPECTED} access_token is not a token.`, hint: GRANT},
  {kind: 'api', grant: {access_token: ''}, why: `${UNEXPECTED} access_token is not a token.`, hint: GRANT},
  {kind: 'api', grant: {access_token: 'a'}, why: `${UNEXPECTED} expires_in is not a number of seconds.`, hint: GRANT},
  {kind: 'api', authConfig: failure(400), why: NO_PROVIDER, hint: CHECK, status: 400},
  {kind: 'unauthenticated', grant: failure(400, 'x'), why: NO_GRANT, hint: `L${LOG_IN}`, status: 400},
  {grant: failure(408), why: 'auth.astronomer.io returned status 408.', status: 408},
  {grant: failure(429), why: 'auth.astronomer.io returned status 429.', status: 429},
  {grant: failure(500), why: 'auth.astronomer.io returned status 500.', status: 500},
  {authConfig: new AstroError('api', 'It broke.', {hint: 'Wait'}), why: 'It broke.', hint: `Wait; ${IF_REJECTED}`},
]

describe('the requests of a refresh', () => {
  it('sends a form, without an Authorization header, to the provider that the API names', async () => {
    const api = nock('https://api.astronomer.io', {badheaders: ['authorization']})
      .get('/private/v1alpha1/cli/auth-config')
      .reply(200, AUTH_CONFIG)
    const reqheaders = {'content-type': 'application/x-www-form-urlencoded'}
    const provider = nock('https://auth.astronomer.io', {badheaders: ['authorization'], reqheaders})
      .post('/oauth/token', {client_id: 'client-1', grant_type: 'refresh_token', refresh_token: SECRET})
      .reply(200, GRANTED)

    const http = createHttp({clock: fakeClock(), env: {}, report: fakeReport(), userAgent: 'tests/1.0'})
    const grant = await refresh(http)

    expect(grant).to.deep.equal({token: 'new', expiresInSeconds: 3600, refreshToken: undefined})
    api.done()
    provider.done()
  })

  for (const {hint = `Try again; ${IF_REJECTED}`, kind = 'network', status, why, ...responses} of FAILURES) {
    it(`fails as ${kind}, without a secret: ${why}`, async () => {
      const report = await reportOf(async () => refresh(fakeAstro(responses).http))
      const message = `Could not refresh the login to astronomer.io: ${why}`
      expect({status: undefined, ...report}).to.deep.equal({kind, message, hint, status})
    })
  }

  it('passes on an unknown error', async () => {
    const bug = new TypeError('a bug')
    const grant = refresh(fakeAstro({authConfig: bug}).http)
    expect(await grant.catch((error: unknown) => error)).to.equal(bug)
  })
})
