import {expect} from 'chai'

import {until} from '../support/until.js'
import {type CallOptions, errorCodeOf, propertyOf, testEmulator} from './calls.js'
import {BROKEN, RESPONSES, ROLES} from './faults-table.js'
import {ids, type World} from './world.js'

const PATH = `tokens/${ids.tokens.deployBot}`
const NETWORK_ERROR = /^(?:ECONNRESET|ERR_.*|HPE_.*|Z_.*)$/

function removeRoles({tokens}: World): void {
  for (const token of tokens) token.roles = []
}

describe('an injected fault', () => {
  const on = testEmulator()
  const read = async () => (await on.call(PATH)).status
  const write = async (options?: CallOptions) => on.call(`${PATH}/roles`, {body: {roles: ROLES}, ...options})
  const isWritten = () => on.api.world.tokens.find(({id}) => id === ids.tokens.deployBot)?.roles?.length === 1

  beforeEach(on.start)

  afterEach(on.stop)

  it('affects the given requests until it is removed', async () => {
    on.api.inject({operationId: 'updateApiTokenRoles', action: {kind: 'status', status: 500}})
    on.api.inject({method: 'POST', action: {kind: 'status', status: 503}})
    on.api.inject({method: 'GET', skip: 1, times: 2, action: {kind: 'status', status: 429}})
    expect([await read(), await read(), await read(), await read()]).to.deep.equal([200, 429, 429, 200])
    const writes = [await write(), await write(), await write()]
    expect(writes.map(({status}) => status)).to.deep.equal([500, 503, 200])
    on.api.inject({times: Infinity, action: {kind: 'status', status: 400}})
    expect([await read(), await read()]).to.deep.equal([400, 400])
    on.api.clearFaults()
    expect(await read()).to.equal(200)
  })

  for (const [action, status, body, performs] of RESPONSES) {
    it(`changes the response: ${JSON.stringify(action)}`, async () => {
      on.api.inject({action})
      expect(await write()).to.deep.include({status, body})
      expect(isWritten()).to.equal(performs)
    })
  }

  for (const [action, performs] of BROKEN) {
    it(`breaks the response: ${JSON.stringify(action)}`, async () => {
      on.api.inject({action})
      expect(await errorCodeOf(write())).to.match(NETWORK_ERROR)
      expect(isWritten()).to.equal(performs)
      expect(on.api.requests[0]).to.include({operationId: 'updateApiTokenRoles', status: null})
    })
  }

  for (const kind of ['hang', 'hangAfter', 'stall'] as const) {
    it(`keeps the connection open until the client aborts: ${kind}`, async () => {
      const controller = new AbortController()
      on.api.inject({action: {kind}})
      const error = errorCodeOf(write({signal: controller.signal}))
      await until(() => on.api.requests.length > 0)
      controller.abort()
      expect(await error).to.equal('ERR_ABORTED')
      expect(isWritten()).to.equal(kind !== 'hang')
    })
  }

  it('ends when the emulator closes', async () => {
    on.api.inject({action: {kind: 'hang'}})
    on.api.inject({action: {kind: 'delay', ms: 60_000}})
    const pending = Promise.all([errorCodeOf(write()), errorCodeOf(write())])
    await until(() => on.api.requests.length === 2)
    expect(on.api.requests[0]).to.include({status: null, endedAt: null})
    await on.api.close()
    for (const code of await pending) expect(code).to.match(NETWORK_ERROR)
  })

  it('delays the response, and lets others act before or after the operation', async () => {
    on.api.inject({action: {kind: 'delay', ms: 30}})
    on.api.inject({action: {kind: 'actAfter', run: removeRoles}})
    on.api.inject({action: {kind: 'act', run: removeRoles}})
    expect(await read()).to.equal(200)
    const [{endedAt, startedAt} = {endedAt: 0, startedAt: 0}] = on.api.requests
    expect(Number(endedAt) - startedAt).to.be.at.least(29)
    expect(propertyOf((await write()).body, 'deploymentRoles')).to.have.length(1)
    expect(isWritten()).to.equal(false)
    await write()
    expect(isWritten()).to.equal(true)
  })
})
