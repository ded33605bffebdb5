import {expect} from 'chai'
import nock from 'nock'

import {createHttp} from '../../../src/lib/astro-api/http.js'
import {type Grant, readProvider, requestGrant} from '../../../src/lib/auth/refresh-request.js'
import {AstroError} from '../../../src/lib/errors.js'
import {fakeClock} from '../service-options.js'
import {failureOf, textOf} from '../support.js'
import {AUTH_CONFIG, DOMAIN, type FakeAstro, fakeAstro, GRANTED, reportOf} from './fixture.js'
import {FAILURES, PROVIDERS, UNEXPECTED_GRANTS, UNEXPECTED_PROVIDERS} from './refresh-request-table.js'

const SECRET = 'old-refresh+b&c=d%'
const CHECK_ADDRESS = 'Check that ASTRO_DOMAIN and any proxy lead to the Astro API'
const LOG_IN = 'log in again with the Astro CLI: astro login astronomer.io'

async function refresh({http}: Pick<FakeAstro, 'http'>): Promise<Grant> {
  return requestGrant(http, DOMAIN, await readProvider(http, DOMAIN), SECRET)
}

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

    const grant = await refresh({http: createHttp({clock: fakeClock(), env: {}, userAgent: 'tests/1.0'})})

    expect(grant).to.deep.equal({token: 'new-token', expiresInSeconds: 3600, refreshToken: undefined})
    api.done()
    provider.done()
  })

  for (const [domainUrl, tokenUrl] of PROVIDERS) {
    it(`requests the token from ${tokenUrl} if the provider is ${domainUrl}`, async () => {
      const astro = fakeAstro({authConfig: {...AUTH_CONFIG, domainUrl}})
      await refresh(astro)
      expect(astro.requests[1]?.url.href).to.equal(tokenUrl)
    })
  }

  for (const [field, value, expected] of [
    ['refresh_token', 'new-refresh', {refreshToken: 'new-refresh'}],
    ['refresh_token', SECRET, {refreshToken: undefined}],
    ['refresh_token', null, {refreshToken: undefined}],
    ['expires_in', 3_153_600_000, {expiresInSeconds: 3_153_600_000}],
    ['expires_in', 0.5, {expiresInSeconds: 0.5}],
  ] as const) {
    it(`accepts the ${field} ${value ?? 'null'}`, async () => {
      expect(await refresh(fakeAstro({grant: {...GRANTED, [field]: value}}))).to.include(expected)
    })
  }

  for (const [authConfig, problem] of UNEXPECTED_PROVIDERS) {
    it(`sends no refresh token if auth-config is ${JSON.stringify(authConfig)}`, async () => {
      const astro = fakeAstro({authConfig})
      expect(await reportOf(async () => refresh(astro))).to.deep.equal({
        kind: 'api',
        message: `Could not refresh the login to astronomer.io: unexpected response: ${problem}.`,
        hint: CHECK_ADDRESS,
      })
      expect(astro.requests).to.have.length(1)
    })
  }

  for (const [grant, problem] of UNEXPECTED_GRANTS) {
    it(`rejects the grant ${JSON.stringify(grant)}, and does not print it`, async () => {
      const failure = await failureOf(async () => refresh(fakeAstro({grant})))
      expect(failure).to.deep.include({
        kind: 'api',
        message: `Could not refresh the login to astronomer.io: unexpected response: ${problem}.`,
        details: {hint: `${CHECK_ADDRESS}; if the login is refused then, ${LOG_IN}`},
      })
      expect(textOf(failure)).not.to.match(/new.token|old-refresh/)
    })
  }

  for (const status of [400, 401, 403, 404, 422, 499]) {
    const refused = new AstroError('invalid_request', `no: ${SECRET}`, {status, hint: SECRET, requestId: SECRET})

    it(`asks the user to log in again if the provider returns ${status}`, async () => {
      expect(await reportOf(async () => refresh(fakeAstro({grant: refused})))).to.deep.equal({
        kind: 'unauthenticated',
        message: `Could not refresh the login to astronomer.io: the identity provider refused it (status ${status}).`,
        hint: 'Log in again with the Astro CLI: astro login astronomer.io',
        status,
      })
    })

    it(`does not ask the user to log in again if the API returns ${status}`, async () => {
      expect(await reportOf(async () => refresh(fakeAstro({authConfig: refused})))).to.deep.equal({
        kind: 'api',
        message: `Could not refresh the login to astronomer.io: api.astronomer.io does not name the identity provider (status ${status}).`,
        hint: CHECK_ADDRESS,
        status,
      })
    })
  }

  for (const [status, hint, why] of FAILURES) {
    const error = new AstroError('network', status ? SECRET : why, {hint, status})

    it(`reports that the login stays saved if the API fails: ${why}`, async () => {
      expect(await reportOf(async () => refresh(fakeAstro({authConfig: error})))).to.deep.equal({
        kind: 'network',
        message: `Could not refresh the login to astronomer.io, which stays saved: ${why.replace('HOST', 'api.astronomer.io')}`,
        hint,
        status,
      })
    })

    it(`reports that the refresh token may be used up if the provider fails: ${why}`, async () => {
      expect(await reportOf(async () => refresh(fakeAstro({grant: error})))).to.deep.equal({
        kind: 'network',
        message: `Could not refresh the login to astronomer.io: ${why.replace('HOST', 'auth.astronomer.io')}`,
        hint: `${hint ?? 'Try again'}; if the login is refused then, ${LOG_IN}`,
        status,
      })
    })
  }

  for (const error of [new AstroError('internal', 'The request could not be made.'), new TypeError('a bug')]) {
    it(`passes on the error ${error.message}`, async () => {
      const grant = refresh(fakeAstro({authConfig: error}))
      expect(await grant.catch((error_: unknown) => error_)).to.equal(error)
    })
  }
})
