import {expect} from 'chai'
import {once} from 'node:events'
import {connect} from 'node:net'

import {call, type CallOptions, failure, type Reply, send, textOf, until} from './calls.js'
import {DAMAGES, type FaultAction, PLACES} from './faults.js'
import {type AstroApi, startAstroApi} from './server.js'
import {ids, type TokenRole, type World} from './world.js'

const {deployments, tokens} = ids
const path = `tokens/${tokens.deployBot}`
const roles: TokenRole[] = [{entityType: 'DEPLOYMENT', entityId: deployments.billing, role: 'DEPLOYMENT_ADMIN'}]

function takeAll({tokens: [, token]}: World): void {
  if (token) token.roles = []
}

describe('an injected fault', () => {
  let api: AstroApi

  beforeEach(async () => {
    api = await startAstroApi()
  })

  afterEach(async () => {
    await api.close()
    expect(api.violations).to.deep.equal([])
  })

  const read = async (options?: CallOptions): Promise<Reply> => call(api, path, options)
  const write = async (options?: CallOptions): Promise<Reply> => call(api, `${path}/roles`, {body: {roles}, ...options})
  const inject = (action: FaultAction): void => {
    api.inject({operationId: 'updateApiTokenRoles', action})
  }

  const wasWritten = (): boolean => api.world.tokens.find(({id}) => id === tokens.deployBot)?.roles?.length === 1
  /** Leaves once the emulator has done with the request what it will. */
  const abandon = async (request: (options: CallOptions) => Promise<unknown>): Promise<void> => {
    const controller = new AbortController()
    const error = failure(request({signal: controller.signal}))
    await until(() => api.requests.length > 0)
    controller.abort()
    expect(await error).to.include('AbortError')
  }

  describe('which requests it hits', () => {
    it('is the first one, whatever it is, unless it says more', async () => {
      api.inject({action: {kind: 'status', status: 500}})
      expect(await read()).to.include({status: 500})
      expect(await read()).to.include({status: 200})
    })

    it('is those of its operation and method', async () => {
      api.inject({operationId: 'updateApiTokenRoles', action: {kind: 'status', status: 500}})
      api.inject({method: 'POST', action: {kind: 'status', status: 503}})
      expect(await read()).to.include({status: 200})
      expect(await write()).to.include({status: 500})
      expect(await write()).to.include({status: 503})
      expect(await write()).to.include({status: 200})
    })

    it('lets some pass, then hits as many as it says', async () => {
      api.inject({skip: 1, times: 2, action: {kind: 'status', status: 500}})
      const statuses = [await read(), await read(), await read(), await read()].map(({status}) => status)
      expect(statuses).to.deep.equal([200, 500, 500, 200])
    })

    it('may be all of them, until the faults are cleared', async () => {
      api.inject({times: Infinity, action: {kind: 'status', status: 429}})
      const replies = await Promise.all([read(), read(), read(), write(), write()])
      expect(replies.map(({status}) => status)).to.deep.equal([429, 429, 429, 429, 429])
      api.clearFaults()
      expect(await read()).to.include({status: 200})
    })

    it('cannot be an operation that the API does not have', () => {
      const operationId = 'updateApiTokenRole' as 'updateApiTokenRoles'
      expect(() => {
        api.inject({operationId, action: {kind: 'drop'}})
      }).to.throw(TypeError, 'updateApiTokenRole')
    })
  })

  describe('status', () => {
    it("answers the API's error for that status, and does nothing", async () => {
      inject({kind: 'status', status: 503})
      const {body} = await write()
      expect(body).to.deep.equal({message: 'Injected fault: 503', requestId: 'emulator-000001', statusCode: 503})
      expect(wasWritten()).to.equal(false)
    })

    it('answers headers and a body of its own', async () => {
      api.inject({action: {kind: 'status', status: 429, headers: {'retry-after': '7'}, body: {message: 'slow down'}}})
      const response = await send(api, path)
      expect(response.headers.get('retry-after')).to.equal('7')
      expect(await response.json()).to.deep.equal({message: 'slow down'})
    })

    it('statusAfter does what was asked first', async () => {
      inject({kind: 'statusAfter', status: 502})
      expect(await write()).to.include({status: 502})
      expect(wasWritten()).to.equal(true)
    })
  })

  describe('drop', () => {
    it('closes the connection and does nothing', async () => {
      inject({kind: 'drop'})
      expect(await failure(write())).to.match(/UND_ERR_SOCKET|ECONNRESET/)
      expect(wasWritten()).to.equal(false)
      expect(api.requests[0]).to.include({operationId: 'updateApiTokenRoles', status: null})
    })

    it('dropAfter does what was asked first', async () => {
      inject({kind: 'dropAfter'})
      expect(await failure(write())).to.match(/UND_ERR_SOCKET|ECONNRESET/)
      expect(wasWritten()).to.equal(true)
    })
  })

  describe('hang', () => {
    it('never answers, and does nothing', async () => {
      inject({kind: 'hang'})
      await abandon(write)
      expect(wasWritten()).to.equal(false)
    })

    it('hangAfter does what was asked first', async () => {
      inject({kind: 'hangAfter'})
      await abandon(write)
      expect(wasWritten()).to.equal(true)
    })

    it('is over when the emulator closes', async () => {
      api.inject({times: Infinity, action: {kind: 'hang'}})
      const pending = Promise.all([failure(read()), failure(write())])
      await until(() => api.requests.length === 2)
      expect(api.requests[0]).to.include({status: null, endedAt: null})
      await api.close()
      expect(await pending).to.have.length(2)
    })
  })

  describe('body', () => {
    it('answers that text, and does nothing', async () => {
      api.inject({action: {kind: 'body', body: '<p>maintenance</p>', status: 200, contentType: 'text/html'}})
      api.inject({action: {kind: 'body', body: ''}})
      expect(await textOf(await send(api, path))).to.equal('200 text/html <p>maintenance</p>')
      expect(await textOf(await send(api, `${path}/roles`, {body: {roles}}))).to.equal('200 application/json ')
      expect(wasWritten()).to.equal(false)
    })

    it('bodyAfter does what was asked first', async () => {
      inject({kind: 'bodyAfter', body: '{"organizationRole":'})
      const text = await textOf(await send(api, `${path}/roles`, {body: {roles}}))
      expect(text).to.equal('200 application/json {"organizationRole":')
      expect(wasWritten()).to.equal(true)
    })
  })

  it('truncate sends half of the answer under the length of all of it', async () => {
    inject({kind: 'truncate'})
    const response = await send(api, `${path}/roles`, {body: {roles}})
    expect(response.status).to.equal(200)
    expect(Number(response.headers.get('content-length'))).to.be.greaterThan(10)
    expect(await failure(response.text())).to.match(/UND_ERR_SOCKET|ECONNRESET|terminated/)
    expect(wasWritten()).to.equal(true)
  })

  for (const at of PLACES) {
    it(`truncate ends the connection at its place: ${at}`, async () => {
      inject({kind: 'truncate', at})
      const request = send(api, `${path}/roles`, {body: {roles}}).then(async (response) => response.text())
      expect(await failure(request)).to.match(/UND_ERR_SOCKET|ECONNRESET|terminated/)
      expect(wasWritten()).to.equal(true)
    })
  }

  it('stall sends half of the answer, and leaves the connection open', async () => {
    inject({kind: 'stall'})
    const controller = new AbortController()
    const response = await send(api, `${path}/roles`, {body: {roles}, signal: controller.signal})
    const text = failure(response.text())
    controller.abort()
    expect(await text).to.include('AbortError')
    expect(wasWritten()).to.equal(true)
  })

  for (const how of DAMAGES) {
    it(`damage does what was asked, and sends an answer that cannot be read: ${how}`, async () => {
      inject({kind: 'damage', how})
      const request = write()
      expect(await failure(request)).to.match(/Z_DATA_ERROR|HPE_INVALID_CHUNK_SIZE|SyntaxError|terminated/)
      expect(wasWritten()).to.equal(true)
    })
  }

  it('resetReused resets a connection that had a request before, and does nothing', async () => {
    api.inject({times: Infinity, action: {kind: 'resetReused'}})
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1')
    const ask = async (): Promise<void> => {
      socket.write('GET /v1/organizations HTTP/1.1\r\nhost: localhost\r\n\r\n')
      await once(socket, 'data')
    }

    await ask()
    expect(await failure(ask())).to.contain('ECONNRESET')
    expect(await read()).to.include({status: 200})
    expect(api.requests.map(({status}) => status)).to.deep.equal([401, null, 200])
  })

  it('delay answers later, with what was true when the request came', async () => {
    api.inject({operationId: 'getApiToken', action: {kind: 'delay', ms: 30}})
    const startedAt = performance.now()
    const reading = read()
    await until(() => api.requests.length === 1)
    for (const token of api.world.tokens) token.name = 'renamed'
    expect(await reading).to.have.nested.property('body.name', 'deploy-bot')
    expect(performance.now() - startedAt).to.be.at.least(29)
  })

  it('delay does not hold up the end of the emulator', async () => {
    api.inject({action: {kind: 'delay', ms: 60_000}})
    const reading = failure(read())
    await until(() => api.requests.length === 1)
    await api.close()
    await reading
  })

  describe('act', () => {
    it('lets another writer in just before', async () => {
      api.inject({operationId: 'getApiToken', action: {kind: 'act', run: takeAll}})
      expect(await read())
        .to.have.nested.property('body.roles')
        .that.deep.equals([])
    })

    it('actAfter lets another writer in just after', async () => {
      inject({kind: 'actAfter', run: takeAll})
      expect(await write())
        .to.have.nested.property('body.deploymentRoles')
        .with.length(1)
      expect(await read())
        .to.have.nested.property('body.roles')
        .that.deep.equals([])
    })
  })
})
