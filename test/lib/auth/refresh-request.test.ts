import {expect} from 'chai'
import nock from 'nock'

import {createHttp, type Http} from '../../../src/lib/astro-api/http.js'
import {type Grant, readProvider, requestGrant} from '../../../src/lib/auth/refresh-request.js'
import {AstroError} from '../../../src/lib/errors.js'
import {fakeClock, fakeReport} from '../service-options.js'
import {AUTH_CONFIG, DOMAIN, fakeAstro, GRANTED, reportOf} from './fixture.js'
import {ACCEPTED, FAILURES, PROVIDERS, SECRET} from './refresh-request-table.js'

const refresh = async ({http}: {readonly http: Http}): Promise<Grant> =>
  requestGrant(http, DOMAIN, await readProvider(http, DOMAIN), SECRET)

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

  for (const [domainUrl, tokenUrl] of PROVIDERS) {
    it(`requests the token from ${tokenUrl} if the provider is ${domainUrl}`, async () => {
      const astro = fakeAstro({authConfig: {...AUTH_CONFIG, domainUrl}})
      await refresh(astro)
      expect(astro.requests[1]?.url.href).to.equal(tokenUrl)
    })
  }

  for (const [field, value, expected] of ACCEPTED) {
    it(`accepts the ${field} ${JSON.stringify(value)}`, async () => {
      expect(await refresh(fakeAstro({grant: {...GRANTED, [field]: value}}))).to.include(expected)
    })
  }

  for (const [responses, error] of FAILURES) {
    it(`fails after ${JSON.stringify(responses)}`, async () => {
      const astro = fakeAstro(responses)
      expect(await reportOf(async () => refresh(astro))).to.deep.equal(error)
      expect(astro.requests).to.have.length('grant' in responses ? 2 : 1)
    })
  }

  for (const error of [new AstroError('internal', 'The request could not be made.'), new TypeError('a bug')]) {
    it(`passes on the error ${error.message}`, async () => {
      const grant = refresh(fakeAstro({authConfig: error}))
      expect(await grant.catch((error_: unknown) => error_)).to.equal(error)
    })
  }
})
