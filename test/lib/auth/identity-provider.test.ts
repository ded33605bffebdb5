import {expect} from 'chai'
import nock from 'nock'

import {createHttp, type Http} from '../../../src/lib/astro-api/http.js'
import {type Grant, readProvider, requestGrant} from '../../../src/lib/auth/identity-provider.js'
import {AstroError} from '../../../src/lib/errors.js'
import {fakeClock, fakeReport} from '../service-options.js'
import {AUTH_CONFIG, DOMAIN, fakeAstro, GRANTED, LOG_IN, reportOf, type Responses} from './fixture.js'

const SECRET = 'old-refresh+b&c=d%'
const CHECK_ADDRESS = 'Check that ASTRO_DOMAIN and any proxy lead to the Astro API'
const IF_REJECTED = `if the login is then rejected, l${LOG_IN}`

const refresh = async ({http}: {readonly http: Http}): Promise<Grant> =>
  requestGrant(http, DOMAIN, await readProvider(http, DOMAIN), SECRET)

/** An error of the HTTP client, which may quote the refresh token. */
const failure = (status?: number, hint?: string) =>
  new AstroError('network', status ? SECRET : 'The connection broke.', {status, hint, requestId: SECRET})

const authConfigs = (field: string, values: readonly unknown[]) =>
  values.map((value) => ({authConfig: {...AUTH_CONFIG, [field]: value}}))
const grants = (field: string, values: readonly unknown[]) =>
  values.map((value) => ({grant: {...GRANTED, [field]: value}}))

describe('the requests of a refresh', () => {
  it('sends a form, without an Authorization header, to the provider that the API names', async () => {
    const api = nock('https://api.astronomer.io', {badheaders: ['authorization']})
      .get('/private/v1alpha1/cli/auth-config')
      .reply(200, AUTH_CONFIG)
    const provider = nock('https://auth.astronomer.io', {
      badheaders: ['authorization'],
      reqheaders: {'content-type': 'application/x-www-form-urlencoded'},
    })
      .post('/oauth/token', {client_id: 'client-1', grant_type: 'refresh_token', refresh_token: SECRET})
      .reply(200, GRANTED)

    const grant = await refresh({
      http: createHttp({clock: fakeClock(), env: {}, report: fakeReport(), userAgent: 'tests/1.0'}),
    })

    expect(grant).to.deep.equal({token: 'new-token', expiresInSeconds: 3600, refreshToken: undefined})
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

  it('reads the next refresh token, if there is one', async () => {
    for (const [sent, refreshToken] of [
      ['new-refresh', 'new-refresh'],
      [null, undefined],
    ]) {
      expect(await refresh(fakeAstro({grant: {...GRANTED, refresh_token: sent}}))).to.include({refreshToken})
    }
  })

  const unexpected: Readonly<Record<string, readonly Responses[]>> = {
    'clientId is not text': [{authConfig: []}, {authConfig: 'text'}, {authConfig: undefined}],
    'domainUrl is not a URL': authConfigs('domainUrl', ['', null, 'auth.io/']),
    'domainUrl is not https': authConfigs('domainUrl', [
      'http://auth.io/',
      'http://localhost.evil.example/',
      'ftp://localhost/',
    ]),
    'access_token is not a token': [{grant: null}, ...grants('access_token', ['', 7, undefined])],
    'expires_in is not a number of seconds': grants('expires_in', [undefined, '60']),
  }
  for (const [problem, cases] of Object.entries(unexpected)) {
    for (const responses of cases) {
      it(`fails, because ${problem}, after ${JSON.stringify(responses)}`, async () => {
        const astro = fakeAstro(responses)
        const isGrant = 'grant' in responses
        expect(await reportOf(async () => refresh(astro))).to.deep.equal({
          kind: 'api',
          message: `Could not refresh the login to astronomer.io: unexpected response: ${problem}.`,
          hint: isGrant ? `${CHECK_ADDRESS}; ${IF_REJECTED}` : CHECK_ADDRESS,
        })
        expect(astro.requests).to.have.length(isGrant ? 2 : 1)
      })
    }
  }

  for (const status of [400, 404, 499]) {
    it(`fails if the API or the provider rejects the request with status ${status}`, async () => {
      expect(await reportOf(async () => refresh(fakeAstro({authConfig: failure(status)})))).to.deep.equal({
        kind: 'api',
        message: `Could not refresh the login to astronomer.io: api.astronomer.io does not name the identity provider (status ${status}).`,
        hint: CHECK_ADDRESS,
        status,
      })
      expect(await reportOf(async () => refresh(fakeAstro({grant: failure(status, 'x')})))).to.deep.equal({
        kind: 'unauthenticated',
        message: `Could not refresh the login to astronomer.io: the identity provider rejected it (status ${status}).`,
        hint: `L${LOG_IN}`,
        status,
      })
    })
  }

  for (const {error, hint = 'Try again', why} of [
    {error: failure(408), why: 'returned status 408.'},
    {error: failure(429), why: 'returned status 429.'},
    {error: failure(500), why: 'returned status 500.'},
    {error: failure(503, 'Wait'), why: 'returned status 503.', hint: 'Wait'},
    {error: failure(undefined, 'Check it'), why: 'The connection broke.', hint: 'Check it'},
  ]) {
    it(`fails without an answer if a request ends with: ${why}`, async () => {
      for (const [responses, host] of [
        [{authConfig: error}, 'api.astronomer.io'],
        [{grant: error}, 'auth.astronomer.io'],
      ] as const) {
        const text = why.startsWith('returned') ? `${host} ${why}` : why
        expect(await reportOf(async () => refresh(fakeAstro(responses)))).to.deep.equal({
          kind: 'network',
          message: `Could not refresh the login to astronomer.io: ${text}`,
          hint: `${hint}; ${IF_REJECTED}`,
          status: error.details.status,
        })
      }
    })
  }

  it('passes on an unknown error', async () => {
    const bug = new TypeError('a bug')
    const grant = refresh(fakeAstro({authConfig: bug}))
    expect(await grant.catch((error: unknown) => error)).to.equal(bug)
  })
})
