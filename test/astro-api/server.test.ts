import {expect} from 'chai'
import {once} from 'node:events'
import {connect, type Socket} from 'node:net'

import {call, send} from './calls.js'
import {type AstroApi, startAstroApi} from './server.js'
import {ids} from './world.js'

async function ask(socket: Socket): Promise<void> {
  socket.write('GET /nowhere HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await once(socket, 'data')
}

function run(): void {
  throw new Error('oops')
}

describe('the emulator', () => {
  let api: AstroApi

  beforeEach(async () => {
    api = await startAstroApi()
  })

  afterEach(async () => {
    await api.close()
  })

  describe('records', () => {
    it('what each request was, and how it was answered', async () => {
      const token = api.apiToken()
      const roles = [{entityType: 'DEPLOYMENT', entityId: ids.deployments.billing, role: 'DEPLOYMENT_ADMIN'}]
      await call(api, `tokens/${ids.tokens.nightly}/roles`, {body: {roles}, token})
      const [request] = api.requests
      expect(request).to.deep.include({
        operationId: 'updateApiTokenRoles',
        method: 'POST',
        path: `/v1/organizations/${ids.organization}/tokens/${ids.tokens.nightly}/roles`,
        query: {},
        body: {roles},
        status: 200,
        connection: 1,
      })
      expect(request?.headers).to.include({authorization: `Bearer ${token}`, 'content-type': 'application/json'})
      expect(request?.startedAt).to.be.closeTo(Date.now(), 5000)
      expect(request?.endedAt).to.be.at.least(request?.startedAt ?? Infinity)
    })

    it('a query as it was sent, with a list for a repeated key', async () => {
      await call(api, 'deployments?names=a&names=b%20c&limit=5')
      expect(api.requests[0]).to.deep.include({query: {names: ['a', 'b c'], limit: '5'}, body: null})
    })

    it('requests of one connection under one number, and of others under others', async () => {
      const port = Number(new URL(api.url).port)
      const sockets = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')] as const
      const [first, second] = sockets
      await ask(first)
      await ask(first)
      await ask(second)
      await ask(first)
      for (const socket of sockets) socket.destroy()
      expect(api.requests.map(({connection}) => connection)).to.deep.equal([1, 1, 2, 1])
    })

    it('a request that the API has no operation for', async () => {
      await call(api, '/nowhere')
      expect(api.requests[0]).to.include({operationId: null, path: '/nowhere', status: 404})
    })
  })

  it('takes longer for every answer where it is told to', async () => {
    const slow = await startAstroApi({latencyMs: 25})
    try {
      await Promise.all([call(slow, 'tokens'), call(slow, 'roles'), call(slow, '/nowhere')])
      for (const {endedAt, startedAt} of slow.requests) expect((endedAt ?? 0) - startedAt).to.be.at.least(24)
    } finally {
      await slow.close()
    }
  })

  it('works on a world that a test brings and changes', async () => {
    api.world.tokens.length = 0
    expect(await call(api, 'tokens')).to.have.nested.property('body.totalCount', 0)
  })

  it('says which port is taken', async () => {
    const port = Number(new URL(api.url).port)
    const error: unknown = await startAstroApi({port}).catch((error_: unknown) => error_)
    expect(error).to.include({code: 'EADDRINUSE', port})
  })

  it('answers on ::1 too where it is told to', async () => {
    const both = await startAstroApi({ipv6: true})
    try {
      const onIpv6 = {...both, url: both.url.replace('127.0.0.1', '[::1]')}
      const reply = await call(onIpv6, '/').catch(() => null)
      // A machine without IPv6 is served on 127.0.0.1 alone.
      if (reply !== null) expect(reply.status).to.equal(404)
      expect(await call(both, 'roles')).to.include({status: 200})
    } finally {
      await both.close()
    }
  })

  it("notes when a test's own act fails, and drops the connection", async () => {
    api.inject({action: {kind: 'act', run}})
    expect(await call(api, 'roles').catch(() => 'dropped')).to.equal('dropped')
    expect(api.violations[0]).to.match(/^GET .*\/roles: Error: oops$/)
  })

  it('closes at once, and again, with connections open that never asked anything', async () => {
    const {port} = new URL(api.url)
    const silent = connect(Number(port), '127.0.0.1')
    await once(silent, 'connect')
    const ended = once(silent, 'close')
    silent.on('error', () => null)
    await call(api, 'roles')
    await api.close()
    await ended
    await api.close()
  })

  describe('has routes to drive it by', () => {
    it('lists what it was asked and what broke the contract', async () => {
      await call(api, 'tokens?x=y')
      const {body} = await call(api, '/emulator/requests', {token: null})
      expect(body).to.have.nested.property('requests[0].operationId', 'listApiTokens')
      expect(body).to.have.property('violations').with.length(1)
      expect(api.requests).to.have.length(1)
    })

    it('takes a fault as JSON, and takes it away again', async () => {
      const fault = {
        operationId: 'listRoles',
        method: 'get',
        times: null,
        action: {kind: 'status', status: 503, headers: {a: 1}},
      }
      expect(await call(api, '/emulator/faults', {body: fault, token: null})).to.include({status: 200})
      expect(await call(api, 'roles')).to.include({status: 503})
      expect(await call(api, 'roles')).to.include({status: 503})
      await call(api, '/emulator/faults', {method: 'DELETE', token: null})
      expect(await call(api, 'roles')).to.include({status: 200})
    })

    it('takes what curl sends, which calls it a form', async () => {
      const headers = {'content-type': 'application/x-www-form-urlencoded'}
      const body = '{"skip": 1, "action": {"kind": "statusAfter", "status": 500}}'
      const response = await send(api, '/emulator/faults', {headers, body})
      expect(response.status).to.equal(200)
      expect(await call(api, 'roles')).to.include({status: 200})
      expect(await call(api, 'roles')).to.include({status: 500})
    })

    it('takes each kind of fault that JSON can say', async () => {
      const actions = [
        ...['drop', 'dropAfter', 'hang', 'hangAfter', 'resetReused', 'stall', 'truncate'].map((kind) => ({kind})),
        {kind: 'truncate', at: 'chunk'},
        {kind: 'damage', how: 'gzip'},
        {kind: 'body', body: 'x', status: 200},
        {kind: 'bodyAfter', body: ''},
        {kind: 'delay', ms: 5},
        {kind: 'status', status: 418, body: {}},
      ]
      const replies = await Promise.all(
        actions.map((action) => call(api, '/emulator/faults', {body: {action}, token: null})),
      )
      for (const [index, {status}] of replies.entries()) expect(status, actions[index]?.kind).to.equal(200)
    })

    it('refuses what is not a fault with 400 and the reason', async () => {
      const action = {kind: 'drop'}
      const bad = [
        null,
        'x',
        {},
        {action: {kind: 'act'}},
        {action: {kind: 'status'}},
        {action: {kind: 'body'}},
        {action: {kind: 'truncate', at: 'x'}},
        {action: {kind: 'damage'}},
        {action, operationId: 'x'},
        {action, method: 1},
        {action, skip: '1'},
      ]
      const replies = await Promise.all(bad.map((body) => call(api, '/emulator/faults', {body, token: null})))
      for (const [index, {body, status}] of replies.entries()) {
        expect(status, JSON.stringify(bad[index])).to.equal(400)
        expect(body).to.have.property('message')
      }
    })

    it('goes back to how it was at the start', async () => {
      api.world.tokens.length = 0
      api.inject({action: {kind: 'drop'}})
      await call(api, '/nowhere')
      await call(api, '/emulator/reset', {method: 'POST', token: null})
      expect(api.requests).to.deep.equal([])
      expect(api.violations).to.deep.equal([])
      expect(await call(api, 'tokens')).to.have.nested.property('body.totalCount', 11)
    })
  })
})
