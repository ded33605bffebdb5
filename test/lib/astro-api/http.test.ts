import {expect} from 'chai'
import nock from 'nock'
import dns from 'node:dns'
import {once} from 'node:events'
import {createServer} from 'node:http'
import {type AddressInfo} from 'node:net'
import {inspect} from 'node:util'
import {gzipSync} from 'node:zlib'

import {createHttp, type Http, type RequestRecord} from '../../../src/lib/astro-api/http.js'
import {type AstroApi, startAstroApi} from '../../astro-api/server.js'
import {ids} from '../../astro-api/world.js'
import {fakeClock, type FakeClock} from '../service-options.js'
import {failureOf} from '../support.js'
import {FAILURES} from './http-table.js'

const MIB = 1024 * 1024
const USUAL = {connect: 5000, response: 5000}
const SHORT = {connect: 5000, response: 50}

describe('createHttp', () => {
  let api: AstroApi
  let url: URL
  let headers: Readonly<Record<string, string>>
  let clock: FakeClock
  let http: Http
  let records: RequestRecord[]

  before(async () => {
    // Its replacement for node:http does not keep connections alive.
    nock.restore()
    api = await startAstroApi()
    url = new URL(`${api.url}/v1/organizations/${ids.organization}/tokens/${ids.tokens.deployBot}`)
  })

  beforeEach(() => {
    api.reset()
    headers = {authorization: `Bearer ${api.apiToken()}`}
    use()
  })

  after(async () => {
    await api.close()
    nock.activate()
  })

  function use(timeouts = USUAL): void {
    clock = fakeClock()
    records = []
    http = createHttp({env: {}, clock, onRequest: (record) => records.push(record), timeouts, userAgent: 'tests/1.0'})
  }

  const roles = [{entityType: 'DEPLOYMENT', entityId: ids.deployments.billing, role: 'DEPLOYMENT_ADMIN'}]
  const get = async () => http({method: 'GET', url, headers})
  const postJson = async (json: unknown) => http({method: 'POST', url: new URL(`${url.href}/roles`), headers, json})
  const post = async () => postJson({roles})

  for (const {action, kind, message, reports, status, title, tries} of FAILURES) {
    it(`sends a GET ${tries === 1 ? 'once' : `${tries} times`}, a POST once: ${title}`, async () => {
      for (const [send, requests] of [
        [get, tries],
        [post, 1],
      ] as const) {
        use(kind === 'timeout' ? SHORT : undefined)
        api.reset()
        api.inject({times: Infinity, action})
        const error = await failureOf(send)
        expect({kind: error.kind, status: error.details.status}).to.deep.equal({kind, status})
        expect(error.message.replace(url.host, 'HOST')).to.match(message)
        expect(inspect([error, records], {depth: null, showHidden: true})).not.to.match(/bearer/i)
        expect(api.requests).to.have.length(requests)
        expect(records.map(({attempt}) => attempt)).to.deep.equal([1, 2, 3, 4].slice(0, requests))
        for (const record of records) expect(record.error ?? '').to.match(reports ?? /^$/)
      }
    })
  }

  it('returns the response to the first try that succeeds, undefined if it is empty', async () => {
    api.inject({action: {kind: 'status', status: 429, headers: {'retry-after': '60'}}})
    api.inject({times: 2, action: {kind: 'drop'}})
    api.inject({action: {kind: 'body', body: ' {"a": 1} '}})
    const texts: string[] = []
    expect(await http({method: 'GET', url, onText: (text) => texts.push(text)})).to.deep.equal({a: 1})
    expect(texts).to.deep.equal(['{"a": 1}'])
    expect(clock.sleeps).to.deep.equal([60_000, 1000, 2000])

    api.inject({action: {kind: 'body', body: ' '}})
    expect(await post()).to.equal(undefined)
  })

  it('reads up to 64 MiB of a decompressed body, however much follows', async () => {
    const sizes = [64, 1024]
    const first = gzipSync('{"a":1}'.padEnd(MIB))
    const part = gzipSync(Buffer.alloc(MIB, ' '))
    const server = createServer((_, response) => {
      const parts = Array.from({length: (sizes.shift() ?? 0) - 1}, () => part)
      response.writeHead(200, {'content-encoding': 'gzip'}).end(Buffer.concat([first, ...parts]))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const getBody = async () => http({method: 'GET', url: new URL(`http://${host}`)})
    const before = process.memoryUsage().rss
    expect(await getBody()).to.deep.equal({a: 1})
    expect((await failureOf(getBody)).message).to.equal(`The response from ${host} is larger than 64 MiB.`)
    expect(process.memoryUsage().rss - before).to.be.below(512 * MIB)
    server.close()
  })

  it('reuses its connection, and sends its name and version', async () => {
    for (const send of [get, post, get]) await send()
    expect(new Set(api.requests.map(({connection}) => connection)).size).to.equal(1)
    for (const request of api.requests) {
      expect(request.headers).to.include({...headers, accept: 'application/json', 'user-agent': 'tests/1.0'})
    }
  })

  it('uses new connections after one that a gateway resets', async () => {
    await get()
    api.inject({times: Infinity, action: {kind: 'resetReused'}})
    expect((await failureOf(post)).kind).to.equal('network')
    for (const send of [get, get, post]) await send()
    expect(api.requests).to.have.length(5)
  })

  for (const protocol of ['http', 'https']) {
    it(`reports the failed look-up of a host after four tries (${protocol})`, async () => {
      const {lookup} = dns
      const failing = (...args: unknown[]) => {
        const error = Object.assign(new Error('getaddrinfo'), {code: 'ENOTFOUND'})
        setImmediate(args.at(-1) as (error: Error) => void, error)
      }

      Object.assign(dns, {lookup: failing})
      try {
        const error = await failureOf(async () => http({method: 'GET', url: new URL(`${protocol}://api.invalid/`)}))
        expect(error).to.include({kind: 'network', message: 'Could not reach api.invalid (ENOTFOUND).'})
        expect(records.map((record) => record.error)).to.deep.equal(Array.from({length: 4}, () => 'ENOTFOUND'))
      } finally {
        Object.assign(dns, {lookup})
      }
    })
  }

  it('does not send a credential that no header can contain, or a body that is nested too deeply', async () => {
    let deep: unknown
    for (let depth = 0; depth < 20_000; depth += 1) deep = [deep]
    expect((await failureOf(async () => postJson(deep))).message).to.equal(
      'The request is nested too deeply to be sent.',
    )
    headers = {authorization: 'Bearer top.secret\r\ntoken'}
    const {message} = await failureOf(get)
    expect(message).to.equal('The credential contains a character that cannot be sent, such as a line break.')
    expect(records.map(({error}) => error)).to.deep.equal(['internal', 'ERR_INVALID_CHAR'])
    expect(api.requests).to.deep.equal([])
  })

  it('reports the status, duration and request ID of each try, without a password', async () => {
    api.inject({action: {kind: 'status', status: 503}})
    api.inject({action: {kind: 'status', status: 200, body: {}, headers: {'x-request-id': 'from-header'}}})
    Object.assign(clock, {now: () => 7 * api.requests.length})
    const address = new URL(`${url.href}?a=b`)
    Object.assign(address, {username: 'jo', password: 's3cret'})
    await http({method: 'GET', url: address, headers})
    const record = {method: 'GET', url: `${url.href}?a=b`, milliseconds: 7}
    expect(records).to.deep.equal([
      {...record, attempt: 1, status: 503, requestId: 'emulator-000001'},
      {...record, attempt: 2, status: 200, requestId: 'from-header'},
    ])
  })
})
