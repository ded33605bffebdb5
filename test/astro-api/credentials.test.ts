import {expect} from 'chai'

import {call, propertyOf, type Reply} from './calls.js'
import {clientId} from './credentials.js'
import {type AstroApi, startAstroApi} from './server.js'
import {ids} from './world.js'

function payload(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

describe('the credentials of the emulated API', () => {
  let api: AstroApi
  let now: Date

  beforeEach(async () => {
    now = new Date('2025-06-01T12:00:00Z')
    api = await startAstroApi({now: () => now})
  })

  afterEach(async () => {
    await api.close()
  })

  const statusWith = async (token: null | string): Promise<number> => (await call(api, 'deployments', {token})).status
  const renew = async (fields: Record<string, string>): Promise<Reply> =>
    call(api, '/oauth/token', {
      body: new URLSearchParams({client_id: clientId, grant_type: 'refresh_token', ...fields}),
      token: null,
    })

  describe('a token', () => {
    it('is refused with 401 where it is missing, no JWT, or of nobody known', async () => {
      const stranger = await startAstroApi({now: () => now})
      const {accessToken} = stranger.login()
      await stranger.close()
      const statuses = await Promise.all([null, 'abc', 'a.b.c', accessToken].map((token) => statusWith(token)))
      expect(statuses).to.deep.equal([401, 401, 401, 401])
      expect(await call(api, 'deployments', {token: null})).to.deep.include({
        body: {message: 'Invalid or missing authentication token', requestId: 'emulator-000005', statusCode: 401},
      })
    })

    it('is refused with 401 once it has expired', async () => {
      const token = api.apiToken()
      expect(await statusWith(token)).to.equal(200)
      now = new Date(now.getTime() + 3_600_000)
      expect(await statusWith(token)).to.equal(401)
      expect(await statusWith(api.apiToken({exp: now.getTime() / 1000 - 1}))).to.equal(401)
      expect(await statusWith(api.apiToken({exp: null}))).to.equal(200)
    })

    it('is refused with 401 once it is revoked', async () => {
      const token = api.apiToken()
      api.revoke(token)
      expect(await statusWith(token)).to.equal(401)
    })

    it('names its Organization unless it is told not to, and works either way', async () => {
      expect(payload(api.apiToken())).to.deep.include({
        exp: now.getTime() / 1000 + 3600,
        permissions: [`apiTokenId:${ids.tokens.terraform}`, `organizationId:${ids.organization}`],
      })
      const unnamed = api.apiToken({organizationId: null})
      expect(payload(unnamed)).to.deep.include({permissions: [`apiTokenId:${ids.tokens.terraform}`]})
      expect(await statusWith(unnamed)).to.equal(200)
    })

    it('without an Organization may open several', async () => {
      const token = api.apiToken({organizationId: null, organizations: [ids.organization, ids.otherOrganization]})
      expect((await call(api, '/v1/organizations', {token})).body).to.include({totalCount: 2})
    })

    it('of another Organization is refused with 403', async () => {
      const {body, status} = await call(api, 'deployments', {
        token: api.apiToken({organizationId: ids.otherOrganization}),
      })
      expect(status).to.equal(403)
      expect(body).to.include({message: `Not a member of Organization ${ids.organization}`})
      const token = api.apiToken({organizationId: 'clnone'})
      expect(await call(api, '/v1/organizations/clnone/deployments', {token})).to.include({status: 403})
    })

    it('that another emulator minted is taken where it names an Organization of this one', async () => {
      const other = await startAstroApi({now: () => now})
      const [ours, foreign] = [other.apiToken(), other.apiToken({organizationId: 'clnone'})]
      await other.close()
      expect(await statusWith(ours)).to.equal(200)
      expect(await statusWith(foreign)).to.equal(401)
    })
  })

  describe('a saved login', () => {
    it('finds the identity provider without a token, and is sent back to the emulator', async () => {
      const {body} = await call(api, '/private/v1alpha1/cli/auth-config', {token: null})
      expect(body).to.deep.equal({clientId, audience: 'astronomer-ee', domainUrl: `${api.url}/`})
    })

    it('is renewed with its refresh token, time and again where that is not rotated', async () => {
      const {refreshToken} = api.login({expiresInSeconds: -1})
      const first = await renew({refresh_token: refreshToken})
      expect(first.status).to.equal(200)
      expect(first.body)
        .to.include({expires_in: 3600, token_type: 'Bearer'})
        .and.to.have.keys('access_token', 'expires_in', 'token_type')
      expect(await renew({refresh_token: refreshToken})).to.include({status: 200})
      expect(await statusWith(String(propertyOf(first.body, 'access_token')))).to.equal(200)
    })

    it('expires when it said it would', async () => {
      const {accessToken, expiresAt} = api.login({expiresInSeconds: 60})
      expect(expiresAt).to.deep.equal(new Date('2025-06-01T12:01:00Z'))
      expect(await statusWith(accessToken)).to.equal(200)
      now = expiresAt
      expect(await statusWith(accessToken)).to.equal(401)
    })

    it('has its refresh token used up where it is rotated', async () => {
      const {refreshToken} = api.login({rotate: true})
      const {body} = await renew({refresh_token: refreshToken})
      expect(await renew({refresh_token: refreshToken})).to.deep.equal({
        status: 400,
        body: {error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.'},
      })
      const next = String(propertyOf(body, 'refresh_token'))
      expect(next).to.not.equal(refreshToken)
      expect(await renew({refresh_token: next})).to.include({status: 200})
    })

    it('is not renewed with an unknown or a revoked refresh token, nor for another client', async () => {
      const {refreshToken} = api.login()
      expect(await renew({refresh_token: 'guess'})).to.have.nested.property('body.error', 'invalid_grant')
      expect(await renew({refresh_token: refreshToken, client_id: 'other'})).to.deep.include({
        status: 401,
        body: {error: 'invalid_client', error_description: 'Unknown client.'},
      })
      api.revoke(refreshToken)
      expect(await renew({refresh_token: refreshToken})).to.have.nested.property('body.error', 'invalid_grant')
      expect(api.violations).to.deep.equal([])
    })

    it('is not renewed by a form that lacks a field or asks for another grant', async () => {
      const {body, status} = await renew({grant_type: 'password'})
      expect(status).to.equal(400)
      expect(body).to.include({error: 'invalid_request'})
      expect(api.violations).to.have.length(2)
    })
  })
})
