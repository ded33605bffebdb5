import {expect} from 'chai'
import nock from 'nock'
import dns from 'node:dns'

import {systemClock} from '../../../src/cli/system-clock.js'
import {createHttp, type Http, type HttpOptions, type RequestRecord} from '../../../src/lib/astro-api/http.js'
import {type Clock} from '../../../src/lib/clock.js'
import {AstroError} from '../../../src/lib/errors.js'
import {DAMAGES, PLACES} from '../../astro-api/faults.js'
import {type AstroApi, startAstroApi} from '../../astro-api/server.js'
import {ids} from '../../astro-api/world.js'
import {failureOf} from '../support.js'

const TOKEN = `tokens/${ids.tokens.deployBot}`
const ROLES = [{entityType: 'DEPLOYMENT', entityId: ids.deployments.billing, role: 'DEPLOYMENT_ADMIN'}]

describe('requests over real connections', () => {
  let api: AstroApi
  let http: Http
  const waits: number[] = []
  const clock: Clock = {
    ...systemClock,
    random: () => 1,
    async sleep(milliseconds) {
      waits.push(milliseconds)
    },
  }

  before(() => {
    // Its replacement for node:http does not keep connections alive.
    nock.restore()
  })

  after(() => {
    nock.activate()
  })

  beforeEach(async () => {
    api = await startAstroApi()
    waits.length = 0
    http = httpWith({})
  })

  afterEach(async () => {
    await api.close()
  })

  function httpWith(options: Partial<HttpOptions>): Http {
    return createHttp({
      env: {},
      clock,
      userAgent: 'tests/1.0',
      ...options,
    })
  }

  async function get(path = TOKEN): Promise<unknown> {
    return http({method: 'GET', url: urlOf(path), headers: {authorization: `Bearer ${api.apiToken()}`}})
  }

  async function post(): Promise<unknown> {
    const headers = {authorization: `Bearer ${api.apiToken()}`}
    return http({method: 'POST', url: urlOf(`${TOKEN}/roles`), headers, json: {roles: ROLES}})
  }

  function urlOf(path: string): URL {
    return new URL(`${api.url}/v1/organizations/${ids.organization}/${path}`)
  }

  for (const at of PLACES) {
    it(`retries a GET whose response breaks off (${at})`, async () => {
      api.inject({times: 3, action: {kind: 'truncate', at}})

      expect(await get()).to.include({name: 'deploy-bot'})
      expect(waits).to.deep.equal([1000, 2000, 4000])
    })

    it(`reports a network error after four responses that break off (${at})`, async () => {
      api.inject({times: Infinity, action: {kind: 'truncate', at}})

      const error = await failureOf(get)

      expect(error.kind).to.equal('network')
      expect(error.message).to.match(/^The connection to 127\.0\.0\.1:\d+ was lost \([A-Z_]+\)\.$/)
      expect(api.requests).to.have.length(4)
    })
  }

  for (const how of DAMAGES) {
    it(`says after four tries that the response is damaged (${how})`, async () => {
      api.inject({times: Infinity, action: {kind: 'damage', how}})

      const error = await failureOf(get)

      expect(error.kind).to.equal('api')
      expect(error.message).to.match(/^The response from 127\.0\.0\.1:\d+ is damaged \(.+\)\.$/)
      expect(api.requests).to.have.length(4)
    })

    it(`sends a POST once when the response is damaged (${how})`, async () => {
      api.inject({times: Infinity, action: {kind: 'damage', how}})

      const error = await failureOf(post)

      expect(error.kind).to.equal('api')
      // Without a status, the caller knows that the outcome is unknown.
      expect(error.details.status).to.equal(undefined)
      expect(api.requests).to.have.length(1)
    })
  }

  for (const kind of ['hang', 'stall'] as const) {
    it(`reports a time-out after two responses that never end (${kind})`, async () => {
      http = httpWith({timeouts: {connect: 5000, answer: 50}})
      api.inject({times: Infinity, action: {kind}})

      const error = await failureOf(get)

      expect(error.kind).to.equal('timeout')
      expect(error.message).to.equal(`${new URL(api.url).host} did not respond in time.`)
      expect(api.requests).to.have.length(2)
    })
  }

  it('counts time-outs apart from other errors', async () => {
    http = httpWith({timeouts: {connect: 5000, answer: 50}})
    api.inject({times: 2, action: {kind: 'status', status: 503}})
    api.inject({action: {kind: 'hang'}})

    expect(await get()).to.include({name: 'deploy-bot'})
    expect(api.requests).to.have.length(4)
  })

  it('uses one connection for all requests', async () => {
    await get()
    await post()
    await get()

    expect(new Set(api.requests.map(({connection}) => connection)).size).to.equal(1)
  })

  it('reaches an API whose gateway resets every second request of a connection', async () => {
    api.inject({times: Infinity, action: {kind: 'resetReused'}})

    for (let count = 0; count < 4; count += 1) expect(await get()).to.include({name: 'deploy-bot'})

    // Only the first reset costs a try: connections are not reused after that.
    expect(api.requests).to.have.length(5)
    expect(waits).to.have.length(1)
  })

  it('uses a new connection for the write after one that was reset', async () => {
    api.inject({times: Infinity, action: {kind: 'resetReused'}})
    await get()

    expect((await failureOf(post)).kind).to.equal('network')
    expect(await get()).to.include({name: 'deploy-bot'})
    expect(await post()).to.have.property('deploymentRoles')
  })

  for (const protocol of ['http', 'https']) {
    it(`names the error of the look-up of an unknown host (${protocol})`, async () => {
      const {lookup} = dns
      let lookups = 0
      const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND'), {code: 'ENOTFOUND', syscall: 'getaddrinfo'})
      const failing = (...args: unknown[]) => {
        lookups += 1
        const callback = args.at(-1) as (error: Error) => void
        setImmediate(() => {
          callback(unknown)
        })
      }

      Object.assign(dns, {lookup: failing})
      try {
        const error = await failureOf(async () =>
          http({method: 'GET', url: new URL(`${protocol}://api.astronomer.io/v1/x`)}),
        )
        expect(error.kind).to.equal('network')
        expect(error.message).to.equal('Could not reach api.astronomer.io (ENOTFOUND).')
        expect(lookups).to.equal(4)
      } finally {
        Object.assign(dns, {lookup})
      }
    })
  }

  it('refuses to send a credential that no header can hold, without a try', async () => {
    const headers = {authorization: 'Bearer top.secret\r\ntoken'}
    const error = await failureOf(async () => http({method: 'GET', url: urlOf(TOKEN), headers}))

    expect(error).to.be.instanceOf(AstroError)
    expect(error.kind).to.equal('config')
    expect(error.message).not.to.contain('secret')
    expect(waits).to.deep.equal([])
  })

  describe('what it tells of each try', () => {
    const records: RequestRecord[] = []
    let time = 0

    beforeEach(() => {
      records.length = 0
      http = httpWith({
        clock: {
          ...clock,
          now() {
            time += 7
            return time
          },
        },
        onRequest: (record) => records.push(record),
        timeouts: {connect: 5000, answer: 50},
      })
    })

    it('is its number, status, duration and request ID', async () => {
      api.inject({action: {kind: 'status', status: 503}})
      api.inject({action: {kind: 'status', status: 200, body: {}, headers: {'x-request-id': 'from-header'}}})

      await get(`${TOKEN}?a=b`)

      const tried = {method: 'GET', url: urlOf(`${TOKEN}?a=b`).href}
      expect(records).to.deep.equal([
        {...tried, attempt: 1, milliseconds: 14, status: 503, requestId: 'emulator-000001'},
        {...tried, attempt: 2, milliseconds: 14, status: 200, requestId: 'from-header'},
      ])
    })

    for (const [error, action, status] of [
      ['ECONNRESET', {kind: 'drop'}, undefined],
      ['ETIMEDOUT', {kind: 'hang'}, undefined],
      ['Z_DATA_ERROR', {kind: 'damage', how: 'gzip'}, 200],
      ['api', {kind: 'damage', how: 'json'}, 200],
    ] as const) {
      it(`is the code or the kind of an error without a readable response: ${error}`, async () => {
        api.inject({times: Infinity, action})

        await failureOf(post)

        expect(records).to.have.length(1)
        expect(records[0]).to.include({attempt: 1, error, method: 'POST'})
        expect(records[0]?.status).to.equal(status)
      })
    }

    it('holds no credential', async () => {
      const url = new URL(api.url)
      url.username = 'jo'
      url.password = 's3cret'
      await failureOf(async () => http({method: 'GET', url, headers: {authorization: 'Bearer top.secret.token'}}))

      expect(JSON.stringify(records))
        .to.contain(`"${api.url}/"`)
        .and.not.match(/secret|s3cret/)
    })
  })
})
