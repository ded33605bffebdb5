import {expect} from 'chai'

import {pluck, propertyOf, type Reply, testEmulator} from './calls.js'
import {createEmulator} from './emulator.js'
import {clientId} from './handlers.js'
import {ids, seedWorld} from './world.js'

const START = new Date('2025-06-01T12:00:00Z')
const {deployments, tokens} = ids

describe('the emulated API', () => {
  let now = START
  const on = testEmulator({now: () => now})

  const statusWith = async (token: null | string) => (await on.call('deployments', {token})).status
  const refresh = async (token: string, form: Readonly<Record<string, string>> = {}): Promise<Reply> => {
    const fields = {client_id: clientId, grant_type: 'refresh_token', refresh_token: token, ...form}
    return on.call('/oauth/token', {body: new URLSearchParams(fields), token: null})
  }

  beforeEach(async () => {
    now = START
    await on.start()
  })

  afterEach(on.stop)

  const lists: readonly {title: string; path: string; names: readonly unknown[]; totalCount?: number}[] = [
    {
      title: 'returns the page that offset and limit select',
      path: 'deployments?offset=4&limit=3',
      names: ['reports', 'billing'],
      totalCount: 6,
    },
    {
      title: 'filters Deployments by ID, and ignores unknown ones',
      path: `deployments?deploymentIds=${deployments.billing}&deploymentIds=${deployments.sandbox}&deploymentIds=clnone`,
      names: ['sandbox', 'billing'],
    },
    {title: 'sorts by age', path: 'tokens?sorts=createdAt:asc&limit=1', names: ['old-ci'], totalCount: 11},
    {
      title: 'filters roles by their scope',
      path: 'roles?scopeTypes=DEPLOYMENT',
      names: ['Deploy Reader', 'Deploy Operator', 'Log Reader'],
    },
    {
      title: 'filters tokens of all scopes by their roles on a Deployment',
      path: `tokens?deploymentId=${deployments.etlProd}`,
      names: ['deploy-bot', 'terraform', 'workspace-loader', 'etl-prod-deployer'],
    },
    {
      title: 'filters tokens by their scope',
      path: `tokens?deploymentId=${deployments.etlProd}&includeOnlyOrganizationTokens=true`,
      names: ['deploy-bot', 'terraform'],
    },
  ]
  for (const {names, path, title, totalCount = names.length} of lists) {
    it(title, async () => {
      const reply = await on.call(path)
      expect(pluck(reply, path.replace(/\?.*/, ''))).to.deep.equal(names)
      expect(reply.body).to.include({totalCount})
    })
  }

  it('returns all matching default roles with each page of custom roles', async () => {
    const reply = await on.call('roles?includeDefaultRoles=true&scopeTypes=DEPLOYMENT&scopeTypes=DAG&offset=3&limit=2')
    expect(pluck(reply, 'roles')).to.deep.equal(['DAG Trigger'])
    const names = ['DEPLOYMENT_ADMIN', 'DEPLOYMENT_ACCESSOR', 'DAG_AUTHOR', 'DAG_VIEWER']
    expect(pluck(reply, 'defaultRoles')).to.deep.equal(names)
  })

  it('seeds only combinations of roles that Astro accepts', () => {
    for (const {name, roles = [], scope} of seedWorld().tokens) {
      expect(
        roles.filter(({entityType}) => entityType === scope),
        name,
      ).to.have.length(1)
      const onDeployments = roles.filter(({entityType}) => entityType === 'DEPLOYMENT').map(({entityId}) => entityId)
      expect(onDeployments, name).to.include.members(roles.flatMap(({deploymentId}) => deploymentId ?? []))
    }
  })

  for (const {message, path} of [
    {path: 'tokens/clnone', message: 'API token clnone was not found'},
    {path: 'tokens?deploymentId=clnone', message: 'Deployment clnone was not found'},
  ]) {
    it(`returns 404 for ${path}`, async () => {
      const {body, status} = await on.call(path)
      expect([status, body]).to.deep.equal([404, {message, requestId: 'emulator-000001', statusCode: 404}])
    })
  }

  const root = `/v1/organizations/${ids.organization}`
  for (const {path, status, violation} of [
    {path: 'tokens?limit=1001', status: 400, violation: 'listApiTokens request: /query/limit must be <= 1000'},
    {path: 'roles?limit=all', status: 400, violation: 'listRoles request: /query/limit must be integer'},
    {
      path: 'tokens?x=y',
      status: 200,
      violation: 'listApiTokens request: /query must NOT have additional properties (x)',
    },
    {path: 'teams', status: 404, violation: `GET ${root}/teams: the API has no such operation`},
    {path: '/organizations', status: 404, violation: 'GET /organizations: the API has no such operation'},
    {path: '/v1/oauth/token', status: 404, violation: 'GET /v1/oauth/token: the API has no such operation'},
  ]) {
    it(`returns ${status} and records a violation for ${path}`, async () => {
      expect(await on.call(path)).to.include({status})
      expect(on.api.violations.splice(0)).to.deep.equal([violation])
    })
  }

  it('records its own invalid responses, except those of a fault', async () => {
    const [first] = on.api.world.tokens
    Object.assign(first ?? {}, {createdAt: 'yesterday', scope: undefined})
    await on.call('tokens?limit=1')
    on.api.inject({action: {kind: 'body', body: '[]'}})
    await on.call('tokens')
    expect(on.api.violations.splice(0)).to.deep.equal([
      "listApiTokens response 200: /tokens/0 must have required property 'scope'",
      'listApiTokens response 200: /tokens/0/createdAt must match format "date-time"',
    ])
  })

  it('records requests', async () => {
    await on.call(`tokens/${tokens.nightly}/roles`, {body: {roles: []}, token: 'x.y.z'})
    await on.call('deployments?names=a&names=b%20c&limit=5')
    const [write, list] = on.api.requests
    expect(write).to.deep.include({operationId: 'updateApiTokenRoles', method: 'POST', body: {roles: []}, status: 401})
    expect(write?.headers).to.include({authorization: 'Bearer x.y.z', 'content-type': 'application/json'})
    expect(list).to.deep.include({query: {names: ['a', 'b c'], limit: '5'}, body: null})
    on.api.violations.length = 0
  })

  it('resets to the initial state', async () => {
    Object.assign(on.api.world, {tokens: [], addsAccessors: true})
    on.api.inject({action: {kind: 'drop'}})
    on.api.reset()
    expect(on.api.world.addsAccessors).to.equal(false)
    expect((await on.call('tokens')).body).to.include({totalCount: 11})
  })

  it('counts the requests that a fault skips and affects', async () => {
    on.api.inject({operationId: 'listRoles', skip: 1, times: 2, action: {kind: 'status', status: 503}})
    on.api.inject({method: 'POST', times: Infinity, action: {kind: 'drop'}})
    const statuses = []
    for (const path of ['roles', 'tokens', 'roles', 'roles', 'roles']) statuses.push((await on.call(path)).status)
    expect(statuses).to.deep.equal([200, 200, 503, 503, 200])
  })

  describe('credentials', () => {
    const {credentials: others} = createEmulator(seedWorld(), {now: () => now})
    for (const {status, title, token} of [
      {title: 'rejects a request without a token', token: () => null, status: 401},
      {title: 'rejects a string that is not a JWT', token: () => 'a.b.c', status: 401},
      {
        title: 'rejects an API token of another Organization',
        token: () => on.api.apiToken({organizationId: 'clnone'}),
        status: 403,
      },
      {title: 'accepts a login', token: () => on.api.login().accessToken, status: 200},
      {
        title: 'rejects an expired login',
        token: () => on.api.login({expiresInSeconds: 0}).accessToken,
        status: 401,
      },
      {title: 'rejects a login of another emulator', token: () => others.login().accessToken, status: 401},
      {title: 'accepts an API token of an earlier run', token: () => others.apiToken(), status: 200},
    ]) {
      it(title, async () => {
        expect(await statusWith(token())).to.equal(status)
      })
    }

    it('rejects a token after it expires or is revoked', async () => {
      const [first, second] = [on.api.apiToken(), on.api.apiToken()]
      on.api.revoke(first)
      expect([await statusWith(first), await statusWith(second)]).to.deep.equal([401, 200])
      now = new Date(START.getTime() + 3_600_000)
      expect(await statusWith(second)).to.equal(401)
    })

    it('refreshes a login, and can replace its refresh token', async () => {
      const {refreshToken} = on.api.login({expiresInSeconds: -1})
      const {body} = await refresh(refreshToken)
      expect(body).to.include({expires_in: 3600}).and.to.not.have.property('refresh_token')
      expect(await statusWith(String(propertyOf(body, 'access_token')))).to.equal(200)
      const {refreshToken: old} = on.api.login({rotate: true})
      const replaced = String(propertyOf((await refresh(old)).body, 'refresh_token'))
      expect([(await refresh(old)).status, (await refresh(replaced)).status]).to.deep.equal([400, 200])
    })

    const wrong: readonly {error: string; form: Readonly<Record<string, string>>}[] = [
      {form: {refresh_token: 'unknown'}, error: 'invalid_grant'},
      {form: {client_id: 'unknown'}, error: 'invalid_client'},
      {form: {grant_type: 'password'}, error: 'invalid_request'},
    ]
    for (const {error, form} of wrong) {
      it(`returns ${error} for a refresh with ${JSON.stringify(form)}`, async () => {
        const {body} = await refresh(on.api.login().refreshToken, form)
        expect(body).to.include({error})
        on.api.violations.length = 0
      })
    }
  })
})
