import {expect} from 'chai'
import nock from 'nock'

import {createHttp, type Http} from '../../../src/lib/astro-api/http.js'
import {type Grant, readProvider, requestGrant} from '../../../src/lib/auth/identity-provider.js'
import {AstroError} from '../../../src/lib/errors.js'
import {fakeClock, fakeReport} from '../service-options.js'
import {AUTH_CONFIG, DOMAIN, fakeAstro, GRANTED, LOG_IN, reportOf, type Responses} from './fixture.js'

const SECRET = 'old-refresh+b&c=d%'
const CHECK = 'Check that ASTRO_DOMAIN and any proxy lead to the Astro API'
const IF_REJECTED = `if the login is then rejected, l${LOG_IN}`

const refresh = async ({http}: {readonly http: Http}): Promise<Grant> =>
  requestGrant(http, DOMAIN, await readProvider(http, DOMAIN), SECRET)

/** An error of the HTTP client, which may quote the refresh token. */
const failure = (status: number, hint?: string) => new AstroError('network', SECRET, {status, hint, requestId: SECRET})

interface Failure extends Responses {
  readonly kind?: string
  readonly why: string
  readonly hint?: string
  readonly status?: number
}

const UNEXPECTED: readonly Failure[] = [
  {authConfig: [], why: 'clientId is not text'},
  {authConfig: {...AUTH_CONFIG, domainUrl: 'auth.io/'}, why: 'domainUrl is not a URL'},
  {authConfig: {...AUTH_CONFIG, domainUrl: 'http://auth.io/'}, why: 'domainUrl is not https'},
  {grant: null, why: 'access_token is not a token'},
  {grant: {...GRANTED, access_token: ''}, why: 'access_token is not a token'},
  {grant: {...GRANTED, expires_in: '60'}, why: 'expires_in is not a number of seconds'},
]

const FAILURES: readonly Failure[] = [
  ...UNEXPECTED.map(({why, ...responses}) => ({
    ...responses,
    why: `unexpected response: ${why}.`,
    kind: 'api',
    hint: 'grant' in responses ? `${CHECK}; ${IF_REJECTED}` : CHECK,
  })),
  ...[400, 499].flatMap((status) => [
    {
      status,
      authConfig: failure(status),
      kind: 'api',
      why: `api.astronomer.io does not name the identity provider (status ${status}).`,
      hint: CHECK,
    },
    {
      status,
      grant: failure(status, 'x'),
      kind: 'unauthenticated',
      why: `the identity provider rejected it (status ${status}).`,
      hint: `L${LOG_IN}`,
    },
  ]),
  ...[408, 429, 500].map((status) => ({
    status,
    grant: failure(status),
    why: `auth.astronomer.io returned status ${status}.`,
  })),
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
    const grant = await refresh({http})

    expect(grant).to.deep.equal({token: 'new', expiresInSeconds: 3600, refreshToken: undefined})
    api.done()
    provider.done()
  })

  for (const [domainUrl, tokenUrl] of Object.entries({
    'https://auth.astronomer.io': 'https://auth.astronomer.io/oauth/token',
    'https://auth.astronomer.io/tenant//': 'https://auth.astronomer.io/tenant/oauth/token',
    'http://localhost:5000/': 'http://localhost:5000/oauth/token',
  })) {
    it(`requests the token from ${tokenUrl} if the provider is ${domainUrl}`, async () => {
      const astro = fakeAstro({authConfig: {...AUTH_CONFIG, domainUrl}})
      await refresh(astro)
      expect(astro.requests[1]?.url.href).to.equal(tokenUrl)
    })
  }

  it('reads the next refresh token', async () => {
    const grant = await refresh(fakeAstro({grant: {...GRANTED, refresh_token: 'next'}}))
    expect(grant).to.include({refreshToken: 'next'})
  })

  for (const {hint = `Try again; ${IF_REJECTED}`, kind = 'network', status, why, ...responses} of FAILURES) {
    it(`fails as ${kind}, without a secret: ${why}`, async () => {
      const report = await reportOf(async () => refresh(fakeAstro(responses)))
      const message = `Could not refresh the login to astronomer.io: ${why}`
      expect({status: undefined, ...report}).to.deep.equal({kind, message, hint, status})
    })
  }

  it('passes on an unknown error', async () => {
    const bug = new TypeError('a bug')
    const grant = refresh(fakeAstro({authConfig: bug}))
    expect(await grant.catch((error: unknown) => error)).to.equal(bug)
  })
})
