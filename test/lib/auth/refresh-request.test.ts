import {expect} from 'chai'
import nock from 'nock'

import {createHttp, type Http, type HttpRequest} from '../../../src/lib/astro-api/http.js'
import {type AstroDomain} from '../../../src/lib/auth/domain.js'
import {type Grant, readProvider, requestGrant} from '../../../src/lib/auth/refresh-request.js'
import {AstroError} from '../../../src/lib/errors.js'
import {fakeClock} from '../service-options.js'
import {failureOf, textOf} from '../support.js'

const API = 'https://api.astronomer.io'
const PROVIDER = 'https://auth.astronomer.io'
const DOMAIN = {name: 'astronomer.io', apiHost: API}
const AUTH_CONFIG = {clientId: 'client-1', audience: 'a', domainUrl: `${PROVIDER}/`}
const GRANTED = {access_token: 'new.access.token', expires_in: 3600, token_type: 'Bearer'}
const SECRET = 'refresh-token-of-old'

/** Answers requests in their order, and keeps what they were. */
function fakeHttp(...answers: readonly unknown[]): {http: Http; requests: HttpRequest[]} {
  const requests: HttpRequest[] = []
  return {
    requests,
    async http(request) {
      const answer = answers[requests.length]
      requests.push(request)
      if (answer instanceof Error) throw answer
      return answer
    },
  }
}

async function requestRefresh(http: Http, domain: AstroDomain, refreshToken: string): Promise<Grant> {
  return requestGrant(http, domain, await readProvider(http, domain), refreshToken)
}

describe('the requests of a refresh', () => {
  it('asks the API for the provider, and the provider for the token', async () => {
    const {http, requests} = fakeHttp(AUTH_CONFIG, GRANTED)

    const refreshed = await requestRefresh(http, DOMAIN, SECRET)

    expect(refreshed).to.deep.equal({token: 'new.access.token', expiresInSeconds: 3600, refreshToken: undefined})
    expect(requests).to.deep.equal([
      {method: 'GET', url: new URL(`${API}/private/v1alpha1/cli/auth-config`)},
      {
        method: 'POST',
        url: new URL(`${PROVIDER}/oauth/token`),
        form: {client_id: 'client-1', grant_type: 'refresh_token', refresh_token: SECRET},
      },
    ])
  })

  it('sends a form, and no Authorization header', async () => {
    const bodies: unknown[] = []
    const api = nock(API, {badheaders: ['authorization']})
      .get('/private/v1alpha1/cli/auth-config')
      .reply(200, AUTH_CONFIG)
    const provider = nock(PROVIDER, {
      badheaders: ['authorization'],
      reqheaders: {'content-type': 'application/x-www-form-urlencoded'},
    })
      .post('/oauth/token', (body: unknown) => bodies.push(body) > 0)
      .reply(200, GRANTED)

    await requestRefresh(createHttp({clock: fakeClock(), env: {}, userAgent: 'tests/1.0'}), DOMAIN, 'a+b&c=d %')

    api.done()
    provider.done()
    expect(bodies).to.deep.equal([{client_id: 'client-1', grant_type: 'refresh_token', refresh_token: 'a+b&c=d %'}])
  })

  it('gives the refresh token for the next time where this one is used up', async () => {
    const {http} = fakeHttp(AUTH_CONFIG, {...GRANTED, refresh_token: 'refresh-2'})
    expect(await requestRefresh(http, DOMAIN, SECRET)).to.have.property('refreshToken', 'refresh-2')
  })

  for (const same of [SECRET, null]) {
    it(`takes a refresh token of ${JSON.stringify(same)} for none`, async () => {
      const {http} = fakeHttp(AUTH_CONFIG, {...GRANTED, refresh_token: same})
      expect(await requestRefresh(http, DOMAIN, SECRET)).to.have.property('refreshToken', undefined)
    })
  }

  describe('the provider', () => {
    for (const [domainUrl, tokenUrl] of [
      ['https://auth.astronomer.io', 'https://auth.astronomer.io/oauth/token'],
      ['https://auth.astronomer.io/tenant/', 'https://auth.astronomer.io/tenant/oauth/token'],
      ['https://auth.astronomer.io:8443/tenant', 'https://auth.astronomer.io:8443/tenant/oauth/token'],
      ['http://localhost:5000/', 'http://localhost:5000/oauth/token'],
      ['http://127.0.0.1:5000/', 'http://127.0.0.1:5000/oauth/token'],
      ['http://[::1]:5000/', 'http://[::1]:5000/oauth/token'],
    ] as const) {
      it(`is asked at ${tokenUrl} where auth-config says ${domainUrl}`, async () => {
        const {http, requests} = fakeHttp({...AUTH_CONFIG, domainUrl}, GRANTED)
        await requestRefresh(http, DOMAIN, SECRET)
        expect(requests[1]?.url.href).to.equal(tokenUrl)
      })
    }

    for (const authConfig of [
      {...AUTH_CONFIG, domainUrl: 'http://auth.astronomer.io/'},
      {...AUTH_CONFIG, domainUrl: 'http://127.0.0.1.evil.example/'},
      {...AUTH_CONFIG, domainUrl: 'http://localhost.evil.example/'},
      {...AUTH_CONFIG, domainUrl: 'ftp://auth.astronomer.io/'},
      {...AUTH_CONFIG, domainUrl: 'file:///etc/passwd'},
      {...AUTH_CONFIG, domainUrl: 'https://user:pass@auth.astronomer.io/'},
      {...AUTH_CONFIG, domainUrl: 'https://auth.astronomer.io/?to='},
      {...AUTH_CONFIG, domainUrl: 'auth.astronomer.io/'},
      {...AUTH_CONFIG, domainUrl: ''},
      {...AUTH_CONFIG, domainUrl: null},
      {...AUTH_CONFIG, clientId: ''},
      {...AUTH_CONFIG, clientId: 7},
      {domainUrl: AUTH_CONFIG.domainUrl},
      [],
      'text',
      null,
      undefined,
    ]) {
      it(`is not asked where auth-config is ${JSON.stringify(authConfig)}`, async () => {
        const {http, requests} = fakeHttp(authConfig, GRANTED)
        const failure = await failureOf(async () => requestRefresh(http, DOMAIN, SECRET))
        expect(failure.kind).to.equal('api')
        expect(requests).to.have.length(1)
      })
    }
  })

  for (const granted of [
    {...GRANTED, access_token: undefined},
    {...GRANTED, access_token: ''},
    {...GRANTED, access_token: 7},
    {...GRANTED, access_token: 'two\r\nlines'},
    {...GRANTED, access_token: 'two words'},
    {...GRANTED, expires_in: undefined},
    {...GRANTED, expires_in: '3600'},
    {...GRANTED, expires_in: 0},
    {...GRANTED, expires_in: -1},
    {...GRANTED, expires_in: 1e300},
    {...GRANTED, refresh_token: ''},
    {...GRANTED, refresh_token: 7},
    {...GRANTED, refresh_token: 'two\nlines'},
    [],
    'text',
    null,
    undefined,
  ]) {
    it(`does not take ${JSON.stringify(granted)} for a refresh, nor repeat it`, async () => {
      const {http} = fakeHttp(AUTH_CONFIG, granted)
      const failure = await failureOf(async () => requestRefresh(http, DOMAIN, SECRET))
      expect(failure.kind).to.equal('api')
      expect(textOf(failure)).not.to.contain('new.access').and.not.contain(SECRET)
    })
  }

  describe('when it is refused', () => {
    for (const status of [400, 401, 403, 404, 422]) {
      it(`says to log in again after ${status}`, async () => {
        const refused = new AstroError('invalid_request', `no: ${SECRET}`, {status, hint: SECRET, requestId: SECRET})
        const {http} = fakeHttp(AUTH_CONFIG, refused)

        const failure = await failureOf(async () => requestRefresh(http, DOMAIN, SECRET))

        expect(failure).to.include({
          kind: 'unauthenticated',
          message: `Could not refresh the login to astronomer.io: the identity provider refused it (status ${status}).`,
        })
        expect(failure.details).to.deep.equal({
          hint: 'Log in again with the Astro CLI: astro login astronomer.io',
          status,
        })
      })
    }

    it('does not take an API that has no auth-config for a refusal of the login', async () => {
      const {http} = fakeHttp(new AstroError('not_found', 'no', {status: 404}))
      const failure = await failureOf(async () => requestRefresh(http, DOMAIN, SECRET))
      expect(failure.kind).to.equal('api')
      expect(failure.message).to.contain('api.astronomer.io does not name the identity provider (status 404)')
    })
  })

  describe('when there is no answer for now', () => {
    const failures: readonly (readonly [error: AstroError, says: string])[] = [
      [new AstroError('api', `down: ${SECRET}`, {status: 500}), 'HOST returned status 500.'],
      [new AstroError('api', 'down', {status: 503, hint: 'Try again later'}), 'HOST returned status 503.'],
      [new AstroError('rate_limited', 'too often', {status: 429}), 'HOST returned status 429.'],
      [new AstroError('timeout', 'gave up', {status: 408}), 'HOST returned status 408.'],
      [
        new AstroError('api', 'it is not JSON', {status: 200}),
        'HOST returned a response that is not JSON, with status 200.',
      ],
      [
        new AstroError('api', 'it redirects', {status: 302}),
        'HOST returned a response that is not JSON, with status 302.',
      ],
      [new AstroError('network', 'There is no connection to HOST (X).'), 'There is no connection to HOST (X).'],
      [new AstroError('timeout', 'HOST did not answer in time.'), 'HOST did not answer in time.'],
    ]
    for (const [error, says] of failures) {
      it(`says of the API, before anything is spent: ${says}`, async () => {
        const {http, requests} = fakeHttp(error)

        const failure = await failureOf(async () => requestRefresh(http, DOMAIN, SECRET))

        expect(failure.kind).to.equal('network')
        expect(failure.message.replace('api.astronomer.io', 'HOST')).to.equal(
          `Could not refresh the login to astronomer.io, which stays saved: ${says}`,
        )
        expect(failure.details).to.deep.equal({hint: error.details.hint, status: error.details.status})
        expect(textOf(failure)).not.to.contain(SECRET).and.not.contain('astro login')
        expect(requests).to.have.length(1)
      })

      it(`says of the provider, which may have used up the refresh token: ${says}`, async () => {
        const {http, requests} = fakeHttp(AUTH_CONFIG, error)

        const failure = await failureOf(async () => requestRefresh(http, DOMAIN, SECRET))

        expect(failure.kind).to.equal('network')
        expect(failure.message.replace('auth.astronomer.io', 'HOST')).to.equal(
          `Could not refresh the login to astronomer.io: ${says}`,
        )
        expect(failure.details).to.deep.equal({
          hint: `${error.details.hint ?? 'Try again'}; if the login is refused then, log in again with the Astro CLI: astro login astronomer.io`,
          status: error.details.status,
        })
        expect(textOf(failure)).not.to.contain(SECRET).and.not.contain('stays')
        expect(requests).to.have.length(2)
      })
    }
  })

  it('leaves an error alone that is no answer', async () => {
    const {http} = fakeHttp(new AstroError('internal', 'The request could not be made.'))
    const failure = await failureOf(async () => requestRefresh(http, DOMAIN, SECRET))
    expect(failure).to.include({kind: 'internal', message: 'The request could not be made.'})
  })
})
