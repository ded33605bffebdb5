import {expect} from 'chai'
import {readFile} from 'node:fs/promises'
import {parse} from 'yaml'

import {call} from './calls.js'
import {OPERATION_IDS} from './contract.js'
import {clientId} from './credentials.js'
import {type AstroApi, startAstroApi} from './server.js'
import {ids, type WorldToken} from './world.js'

const {deployments, organization, tokens} = ids

describe('the contract of the emulated API', () => {
  let api: AstroApi

  beforeEach(async () => {
    api = await startAstroApi()
  })

  afterEach(async () => {
    await api.close()
  })

  const tokenAt = (index: number): Partial<WorldToken> => api.world.tokens[index] ?? {}

  it('has the operations of astro-api.yaml', async () => {
    const text = await readFile(new URL('astro-api.yaml', import.meta.url), 'utf8')
    const {paths} = parse(text) as {paths: Record<string, Record<string, {operationId?: string}>>}
    const entries = Object.values(paths).flatMap((path) => Object.values(path))
    expect(OPERATION_IDS).to.have.members(entries.flatMap(({operationId}) => operationId ?? []))
  })

  it('is kept by every operation, in what it is asked and what it answers', async () => {
    const roles = [{entityType: 'DEPLOYMENT', entityId: deployments.reports, role: 'Log Reader', note: 'kept'}]
    const {refreshToken} = api.login()
    const form = {client_id: clientId, grant_type: 'refresh_token', refresh_token: refreshToken}
    const replies = [
      await call(api, '/v1/organizations?offset=0&limit=1000'),
      await call(api, `deployments?deploymentIds=${deployments.billing}&names=x&workspaceIds=y&sorts=updatedAt:desc`),
      await call(api, `deployments/${deployments.billing}`),
      await call(api, 'roles?includeDefaultRoles=true&scopeTypes=DEPLOYMENT'),
      await call(api, `tokens?deploymentId=${deployments.etlProd}&includeOnlyOrganizationTokens=false&sorts=name:asc`),
      await call(api, `tokens?limit=1000`),
      await call(api, `tokens/${tokens.dataQuality}`),
      await call(api, `tokens/${tokens.unassigned}/roles`, {body: {roles}}),
      await call(api, '/private/v1alpha1/cli/auth-config', {token: null}),
      await call(api, '/oauth/token', {body: new URLSearchParams(form), token: null}),
    ]
    expect(replies.map(({status}) => status)).to.deep.equal(replies.map(() => 200))
    expect(new Set(api.requests.map(({operationId}) => operationId))).to.have.property('size', 9)
    expect(api.violations).to.deep.equal([])
  })

  describe('is broken by a request', () => {
    const bad: [string, string, number, string][] = [
      [
        'for a page of more than 1,000',
        'tokens?limit=1001',
        400,
        'listApiTokens request: /query/limit must be <= 1000',
      ],
      ['for a page before the first', 'tokens?offset=-1', 400, 'listApiTokens request: /query/offset must be >= 0'],
      ['for a page that is no number', 'roles?limit=all', 400, 'listRoles request: /query/limit must be integer'],
      ['with one key twice', 'roles?limit=1&limit=2', 400, 'listRoles request: /query/limit must be integer'],
      [
        'for an order that there is none of',
        'deployments?sorts=status:asc',
        400,
        'listDeployments request: /query/sorts/0 must be equal to one of the allowed values ' +
          '(name:asc,name:desc,createdAt:asc,createdAt:desc,updatedAt:asc,updatedAt:desc)',
      ],
      [
        'with a parameter that there is none of, which is answered all the same',
        'tokens?scope=ORGANIZATION',
        200,
        'listApiTokens request: /query must NOT have additional properties (scope)',
      ],
      [
        'for a path that there is none of',
        'teams',
        404,
        `GET /v1/organizations/${organization}/teams: the API has no such operation`,
      ],
      ['outside /v1 for what is under it', '/organizations', 404, 'GET /organizations: the API has no such operation'],
      ['under /v1 for what is outside', '/v1/oauth/token', 404, 'GET /v1/oauth/token: the API has no such operation'],
      ['with a slash too many', '/v1/organizations/', 404, 'GET /v1/organizations/: the API has no such operation'],
      [
        'with an ID that is badly encoded',
        'tokens/%E0',
        404,
        `GET /v1/organizations/${organization}/tokens/%E0: the API has no such operation`,
      ],
    ]

    for (const [what, path, status, violation] of bad) {
      it(what, async () => {
        const reply = await call(api, path)
        expect(reply.status).to.equal(status)
        if (status !== 200) expect(reply.body).to.include({statusCode: status}).and.to.have.property('requestId')
        expect(api.violations).to.deep.equal([violation])
      })
    }

    it('with an entry that lacks a field, and the answer names the field', async () => {
      const roles = [{entityType: 'DEPLOYMENT', role: 'DEPLOYMENT_ADMIN'}]
      const {body, status} = await call(api, `tokens/${tokens.nightly}/roles`, {body: {roles}})
      expect(status).to.equal(400)
      expect(body)
        .to.have.property('fieldErrors')
        .that.deep.equals([{code: 'invalid', field: 'roles.0', message: "must have required property 'entityId'"}])
      expect(api.violations).to.have.length(1)
    })

    it('with no body, a broken one, or one of another type', async () => {
      const path = `tokens/${tokens.nightly}/roles`
      expect(await call(api, path, {method: 'POST'})).to.include({status: 400})
      expect(await call(api, path, {body: '{"roles":'})).to.include({status: 400})
      expect(await call(api, path, {body: '"roles"'})).to.include({status: 400})
      expect(await call(api, path, {body: new URLSearchParams({roles: '[]'})})).to.include({status: 400})
      expect(api.violations.join('\n'))
        .to.include("must have required property 'requestBody'")
        .and.to.include('/requestBody must be object')
        .and.to.include("/header/content-type must be application/json, not 'application/x-www-form-urlencoded'")
    })
  })

  describe('is broken by an answer', () => {
    it('whose date is none', async () => {
      tokenAt(1).createdAt = 'yesterday'
      tokenAt(2).endAt = '2025-13-01T00:00:00Z'
      await call(api, 'tokens')
      expect(api.violations).to.deep.equal([
        'listApiTokens answer 200: /tokens/1/createdAt must match format "date-time"',
        'listApiTokens answer 200: /tokens/2/endAt must match format "date-time"',
      ])
    })

    it('that lacks a field', async () => {
      delete (api.world.deployments[0] as {status?: string}).status
      await call(api, `deployments/${deployments.etlProd}`)
      expect(api.violations).to.deep.equal(["getDeployment answer 200: / must have required property 'status'"])
    })

    it('that has a value which the contract does not know', async () => {
      tokenAt(0).roles = [{entityType: 'TEAM', entityId: 'x', role: 'y'}]
      await call(api, `tokens/${tokens.ciPipeline}`)
      expect(api.violations).to.have.length(1)
      expect(api.violations[0]).to.match(/^getApiToken answer 200: \/roles\/0\/entityType must be equal to one of/)
    })

    it('but not by an answer that a fault put in its place', async () => {
      api.inject({times: 2, action: {kind: 'body', body: '[]'}})
      expect(await call(api, 'tokens')).to.deep.equal({status: 200, body: []})
      expect(api.violations).to.deep.equal([])
    })
  })
})
