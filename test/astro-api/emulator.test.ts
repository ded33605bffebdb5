import {expect} from 'chai'
import {readFile} from 'node:fs/promises'
import {parse} from 'yaml'

import {bigWorld, bigWorldId} from './big-world.js'
import {call, type CallOptions, pluck, propertyOf, type Reply, testEmulator} from './calls.js'
import {OPERATION_IDS} from './contract.js'
import {CREDENTIALS, INVALID_RESPONSES, LISTS, NOT_FOUND, REFRESH_ERRORS, VIOLATIONS} from './emulator-table.js'
import {createEmulator} from './emulator.js'
import {clientId} from './handlers.js'
import {startAstroApi} from './server.js'
import {ids, seedWorld} from './world.js'

const START = new Date('2025-06-01T12:00:00Z')

describe('the emulated API', () => {
  let now = START
  const on = testEmulator({now: () => now})
  const statusWith = async (token: null | string) => (await on.call('deployments', {token})).status
  const refresh = async (token: string, form: Readonly<Record<string, string>> = {}): Promise<Reply> => {
    const fields = {client_id: clientId, grant_type: 'refresh_token', refresh_token: token, ...form}
    return on.call('/oauth/token', {body: new URLSearchParams(fields), token: null})
  }

  const control = async (path: string, options: CallOptions = {}): Promise<Reply> =>
    on.call(`/emulator/${path}`, {token: null, ...options})

  beforeEach(async () => {
    now = START
    await on.start()
  })

  afterEach(on.stop)

  for (const [title, path, names, totalCount = names.length] of LISTS) {
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
    expect(reply.body).to.include({limit: 2, offset: 3, totalCount: 4})
  })

  it('omits the roles of a token in lists, but returns them with the token', async () => {
    const roles = pluck(await on.call('tokens'), 'tokens', 'roles')
    expect(roles.filter((list) => list === undefined)).to.have.length(1)
    expect((await on.call(`tokens/${ids.tokens.unassigned}`)).body)
      .to.have.property('roles')
      .with.length(1)
  })

  it('returns pages of 1,000 items', async () => {
    const big = await startAstroApi({world: bigWorld({tokens: 2500, deployments: 50, rolesPerToken: 5})})
    const last = await call(big, 'tokens?limit=1000&offset=2000')
    const {body} = await call(big, `tokens?deploymentId=${bigWorldId('deployment', 7)}`)
    await big.close()
    expect(pluck(last, 'tokens')).to.have.length(500).and.to.include('token-02500')
    expect(body).to.include({totalCount: 250})
    expect(big.violations).to.deep.equal([])
  })

  it('may refuse the list of Organizations to an API token, but not to a login', async () => {
    Object.assign(on.api.world, {isOrganizationListPersonal: true})
    expect(await on.call('/v1/organizations')).to.include({status: 403})
    expect(await on.call('/v1/organizations', {token: on.api.login().accessToken})).to.include({status: 200})
  })

  it('seeds only combinations of roles that Astro accepts', () => {
    const allowed = {
      ORGANIZATION: ['ORGANIZATION', 'WORKSPACE', 'DEPLOYMENT', 'DAG', 'DAG_TAG'],
      WORKSPACE: ['WORKSPACE', 'DEPLOYMENT', 'DAG', 'DAG_TAG'],
      DEPLOYMENT: ['DEPLOYMENT'],
    }
    for (const {name, roles = [], scope} of seedWorld().tokens) {
      expect(allowed[scope], name).to.include.members(roles.map(({entityType}) => entityType))
      expect(
        roles.filter(({entityType}) => entityType === scope),
        name,
      ).to.have.length(1)
      const onDeployments = roles.filter(({entityType}) => entityType === 'DEPLOYMENT').map(({entityId}) => entityId)
      expect(onDeployments, name).to.include.members(roles.flatMap(({deploymentId}) => deploymentId ?? []))
    }

    expect(new Set(seedWorld().customRoles.map(({scopeType}) => scopeType))).to.have.keys('DEPLOYMENT', 'DAG')
  })

  it('has a world with fixed, unique IDs in the format of Astro', () => {
    const {customRoles, deployments, organizations, tokens, workspaces} = seedWorld()
    const all = [organizations, workspaces, deployments, tokens, customRoles].flat().map(({id = ''}) => id)
    expect(all.filter((id) => !/^cl[\da-z]{23}$/.test(id))).to.deep.equal([])
    expect(new Set(all)).to.have.property('size', all.length)
    expect(all).to.include.members([...Object.values(ids.deployments), ...Object.values(ids.tokens)])
  })

  it('has the operations of astro-api.yaml', async () => {
    const text = await readFile(new URL('astro-api.yaml', import.meta.url), 'utf8')
    const {paths} = parse(text) as {paths: Record<string, Record<string, {operationId?: string}>>}
    const operations = Object.values(paths).flatMap((path) => Object.values(path))
    expect(OPERATION_IDS).to.have.members(operations.flatMap(({operationId}) => operationId ?? []))
  })

  for (const [path, message] of NOT_FOUND) {
    it(`returns 404 for ${path}`, async () => {
      const {body, status} = await on.call(path)
      expect([status, body]).to.deep.equal([404, {message, requestId: 'emulator-000001', statusCode: 404}])
    })
  }

  for (const [path, status, violation] of VIOLATIONS) {
    it(`returns ${status} and records a violation for ${path}`, async () => {
      expect(await on.call(path)).to.include({status})
      expect(on.api.violations.splice(0)).to.deep.equal([violation])
    })
  }

  it('records invalid responses, except those of a fault', async () => {
    const [first, second] = on.api.world.tokens
    Object.assign(first ?? {}, {createdAt: 'yesterday', scope: undefined})
    Object.assign(second ?? {}, {roles: [{entityType: 'TEAM', entityId: 'x', role: 'y'}]})
    await on.call('tokens?limit=2')
    on.api.inject({action: {kind: 'body', body: '[]'}})
    await on.call('tokens')
    expect(on.api.violations.splice(0)).to.deep.equal(INVALID_RESPONSES)
  })

  it('records requests', async () => {
    const path = `/v1/organizations/${ids.organization}/tokens/${ids.tokens.nightly}/roles`
    const body = {roles: [{entityType: 'DEPLOYMENT', entityId: ids.deployments.billing, role: 'DEPLOYMENT_ADMIN'}]}
    await on.call(path, {body, token: 'x.y.z'})
    await on.call('deployments?names=a&names=b%20c&limit=5')
    const [write, list] = on.api.requests
    expect(write).to.deep.include({operationId: 'updateApiTokenRoles', method: 'POST', path, body, status: 401})
    expect(write?.headers).to.include({authorization: 'Bearer x.y.z', 'content-type': 'application/json'})
    expect(write?.endedAt).to.be.within(write?.startedAt ?? Infinity, Date.now() + 1000)
    expect(list).to.deep.include({query: {names: ['a', 'b c'], limit: '5'}, body: null})
  })

  it('can delay responses and listen on ::1', async () => {
    const api = await startAstroApi({ipv6: true, latencyMs: 25})
    // Some machines have no IPv6.
    await call({...api, url: api.url.replace('127.0.0.1', '[::1]')}, 'roles').catch(() => null)
    expect(await call(api, 'roles')).to.include({status: 200})
    await api.close()
    for (const {endedAt, startedAt} of api.requests) expect(Number(endedAt) - startedAt).to.be.at.least(24)
  })

  describe('credentials', () => {
    const {credentials: others} = createEmulator(seedWorld(), {now: () => now})
    for (const [title, token, status] of CREDENTIALS) {
      it(title, async () => {
        expect(await statusWith(token(on.api, others))).to.equal(status)
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
      expect(body).to.include({expires_in: 3600, token_type: 'Bearer'}).and.to.not.have.property('refresh_token')
      expect(await statusWith(String(propertyOf(body, 'access_token')))).to.equal(200)
      expect(await refresh(refreshToken)).to.include({status: 200})
      const {refreshToken: old} = on.api.login({rotate: true})
      const replaced = String(propertyOf((await refresh(old)).body, 'refresh_token'))
      const statuses = [await refresh(old), await refresh(replaced)].map(({status}) => status)
      expect(statuses).to.deep.equal([400, 200])
    })

    for (const [form, status, error] of REFRESH_ERRORS) {
      it(`returns ${error} for a refresh with ${JSON.stringify(form)}`, async () => {
        const reply = await refresh(on.api.login().refreshToken, form)
        expect([reply.status, propertyOf(reply.body, 'error')]).to.deep.equal([status, error])
        on.api.violations.length = 0
      })
    }
  })

  describe('control route', () => {
    it('returns the recorded requests and violations', async () => {
      await on.call('tokens?x=y')
      const {body} = await control('requests')
      expect(body).to.have.nested.property('requests[0].operationId', 'listApiTokens')
      expect(body).to.have.property('violations').with.length(1)
      expect(on.api.violations.splice(0)).to.have.length(1)
    })

    it('injects a fault that curl sends, and removes it', async () => {
      const action = {kind: 'status', status: 503, headers: {a: 'b'}}
      const body = JSON.stringify({operationId: 'listRoles', method: 'get', times: null, action})
      await control('faults', {body, headers: {'content-type': 'application/x-www-form-urlencoded'}})
      const statuses = [await on.call('roles'), await on.call('roles')].map(({status}) => status)
      expect(statuses).to.deep.equal([503, 503])
      await control('faults', {method: 'DELETE'})
      expect(await on.call('roles')).to.include({status: 200})
    })

    it('rejects an invalid fault', async () => {
      const action = {kind: 'drop'}
      const invalid = [null, {}, {action: {kind: 'act'}}, {action: {kind: 'truncate', at: 'x'}}, {action, method: 1}]
      for (const body of invalid) expect(await control('faults', {body})).to.include({status: 400})
      expect((await control('faults', {body: {action, skip: '1'}})).body).to.deep.equal({
        message:
          'Expected a fault such as {"action": {"kind": "status", "status": 503}}. ' +
          'Invalid type: Expected number but received "1"',
      })
    })

    it('resets to the initial state', async () => {
      Object.assign(on.api.world, {tokens: [], addsAccessors: true})
      on.api.inject({action: {kind: 'drop'}})
      await on.call('/nowhere')
      await control('reset', {method: 'POST'})
      expect([on.api.requests, on.api.violations, on.api.world.addsAccessors]).to.deep.equal([[], [], false])
      expect((await on.call('tokens')).body).to.include({totalCount: 11})
    })
  })
})
