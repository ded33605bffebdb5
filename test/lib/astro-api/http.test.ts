import {expect} from 'chai'
import nock from 'nock'
import {once} from 'node:events'
import {createServer, type RequestListener, type Server} from 'node:http'
import {type AddressInfo} from 'node:net'
import {inspect} from 'node:util'
import {gzipSync} from 'node:zlib'

import {createHttp, type Http} from '../../../src/lib/astro-api/http.js'
import {type ErrorKind} from '../../../src/lib/errors.js'
import {DAMAGES, type FaultAction, PLACES} from '../../astro-api/faults.js'
import {type AstroApi, startAstroApi} from '../../astro-api/server.js'
import {ids} from '../../astro-api/world.js'
import {fakeClock, type FakeClock, fakeReport} from '../service-options.js'
import {failureOf} from '../support.js'

const MIB = 1024 * 1024

interface Failure {
  readonly title: string
  /** What happens to every request. */
  readonly action: FaultAction
  readonly kind: ErrorKind
  /** Of the error, with HOST for the host of the API, and without the number of attempts. */
  readonly message: RegExp
  /** How many times a GET is sent; a POST is sent once. */
  readonly attempts: number
  readonly status?: number
}

type Ending = Omit<Failure, 'action' | 'title'>

const LOST: Ending = {kind: 'network', message: /^The connection to HOST was lost \(/, attempts: 4}
const DAMAGED: Ending = {kind: 'api', message: /^The response from HOST is malformed/, attempts: 4}
const LATE: Ending = {kind: 'timeout', message: /^HOST did not respond in time/, attempts: 2}
const REJECTED: Ending = {kind: 'invalid_request', message: /rejected/, attempts: 1, status: 400}
const TOO_LARGE: Ending = {
  kind: 'api',
  message: /^The response from HOST is larger than 64 KiB/,
  attempts: 1,
  status: 300,
}
function foreign(status: number, why: string): Ending {
  return {
    kind: 'api',
    message: new RegExp(`^The response \\(status ${status}\\) is .* API: ${why}`),
    attempts: 1,
    status,
  }
}

const respond = (status: number, more: object = {}): FaultAction => ({kind: 'status', status, ...more})
const redirect = respond(300, {headers: {location: 'http://127.0.0.1/elsewhere'}})

const FAILURES: readonly Failure[] = [
  {title: 'a dropped connection', action: {kind: 'drop'}, ...LOST},
  ...PLACES.map((at) => ({title: `a truncated response (${at})`, action: {kind: 'truncate', at}, ...LOST}) as const),
  ...DAMAGES.map((how) => ({title: `a damaged response (${how})`, action: {kind: 'damage', how}, ...DAMAGED}) as const),
  {title: 'a switch of protocols', action: {kind: 'upgrade'}, ...foreign(101, 'it switches protocols')},
  {title: 'a web page', action: {kind: 'body', body: '<a>{"a":1}</a>'}, ...foreign(200, 'it is not JSON')},
  {title: 'a redirect', action: redirect, ...foreign(300, 'it redirects elsewhere')},
  {title: 'a response that never ends', action: {kind: 'stall'}, ...LATE},
  {title: 'an error of 64 KiB', action: respond(400, {body: '{}'.padEnd(MIB / 16)}), ...REJECTED},
  {title: 'a larger redirect', action: respond(300, {body: 'x'.repeat(MIB / 16 + 1)}), ...TOO_LARGE},
]

const servers: Server[] = []

describe('createHttp', () => {
  let api: AstroApi
  let url: URL
  let headers: Readonly<Record<string, string>>
  let clock: FakeClock
  let http: Http
  let report: ReturnType<typeof fakeReport>

  before(async () => {
    // Its replacement for node:http does not keep connections alive.
    nock.restore()
    api = await startAstroApi()
  })

  beforeEach(() => {
    api.reset()
    url = new URL(`${api.url}/v1/organizations/${ids.organization}/tokens/${ids.tokens.deployBot}`)
    headers = {authorization: `Bearer ${api.apiToken()}`}
    use()
  })

  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections()
  })

  after(async () => {
    await api.close()
    nock.activate()
  })

  function use(response = 5000): void {
    clock = fakeClock()
    report = fakeReport()
    http = createHttp({env: {}, clock, report, timeouts: {connect: 5000, response}, userAgent: 'tests/1.0'})
  }

  const roles = [{entityType: 'DEPLOYMENT', entityId: ids.deployments.billing, role: 'DEPLOYMENT_ADMIN'}]
  const get = async () => http({method: 'GET', url, headers})
  const post = async () => http({method: 'POST', url: new URL(`${url.href}/roles`), headers, json: {roles}})
  /** What each debug line says between the URL and the duration. */
  const outcomes = () => report.told.debug.map((line) => /^[A-Z]+ \S+ (.+?) \d+ ms /.exec(line)?.[1])

  for (const {action, attempts, kind, message, status, title} of FAILURES) {
    it(`sends a GET ${attempts === 1 ? 'once' : `${attempts} times`}, a POST once: ${title}`, async () => {
      for (const [send, requests] of [
        [get, attempts],
        [post, 1],
      ] as const) {
        use(kind === 'timeout' ? 50 : 5000)
        api.reset()
        api.inject({times: Infinity, action})
        const error = await failureOf(send)
        expect({kind: error.kind, status: error.details.status}).to.deep.equal({kind, status})
        expect(error.message.replace(url.host, 'HOST')).to.match(message)
        if (requests > 1) expect(error.message).to.match(new RegExp(`, after ${requests} attempts\\.$`))
        expect(inspect([error, report.told], {depth: null, showHidden: true})).not.to.match(/bearer/i)
        expect(api.requests).to.have.length(requests)
        expect(outcomes().filter(Boolean)).to.have.length(requests)
      }
    })
  }

  it('returns the response to the first attempt that succeeds, undefined if it is empty', async () => {
    api.inject({action: {kind: 'status', status: 429, headers: {'retry-after': '60'}}})
    api.inject({times: 2, action: {kind: 'drop'}})
    api.inject({action: {kind: 'body', body: ' {"a": 1} '}})
    expect(await get()).to.deep.equal({a: 1})
    expect(clock.sleeps).to.deep.equal([60_000, 1000, 2000])

    api.inject({action: {kind: 'body', body: ' '}})
    expect(await post()).to.equal(undefined)
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

  it('does not send a credential that no header can contain', async () => {
    headers = {authorization: 'Bearer top.secret\r\ntoken'}
    expect(await failureOf(get)).to.include({kind: 'config'})
    expect(outcomes()).to.deep.equal(['ERR_INVALID_CHAR'])
    expect(api.requests).to.deep.equal([])
  })

  it('writes a debug line for each attempt, without a password', async () => {
    api.inject({action: {kind: 'status', status: 503}})
    api.inject({action: {kind: 'body', body: '[1,'}})
    api.inject({action: {kind: 'status', status: 200, body: {}, headers: {'x-request-id': 'from-header'}}})
    Object.assign(clock, {now: () => 7.4 * api.requests.length})
    const address = new URL(`${url.href}?a=b`)
    Object.assign(address, {username: 'jo', password: 's3cret'})
    await http({method: 'GET', url: address, headers})
    expect(report.told.debug).to.deep.equal([
      `GET ${url.href}?a=b 503 7 ms request ID emulator-000001 attempt 1`,
      `GET ${url.href}?a=b 200 api 7 ms attempt 2`,
      `GET ${url.href}?a=b 200 7 ms request ID from-header attempt 3`,
    ])
  })

  it('reads up to 64 MiB of a decompressed body, however much follows', async () => {
    const sizes = [64, 1024]
    const first = gzipSync('{"a":1}'.padEnd(MIB))
    const part = gzipSync(Buffer.alloc(MIB, ' '))
    const address = await listen((_, response) => {
      const parts = Array.from({length: (sizes.shift() ?? 0) - 1}, () => part)
      response.writeHead(200, {'content-encoding': 'gzip'}).end(Buffer.concat([first, ...parts]))
    })
    const getBody = async () => http({method: 'GET', url: address})
    const before = process.memoryUsage().rss
    expect(await getBody()).to.deep.equal({a: 1})
    expect((await failureOf(getBody)).message).to.equal(`The response from ${address.host} is larger than 64 MiB.`)
    expect(process.memoryUsage().rss - before).to.be.below(512 * MIB)
  })

  it('sends at most eight requests at once, and the others as soon as one ends', async () => {
    let [most, pending, received] = [0, 0, 0]
    const address = await listen((_, response) => {
      received += 1
      most = Math.max(most, ++pending)
      setTimeout(() => {
        pending--
        response.end('[]')
      }, 20)
    })
    await Promise.all(Array.from({length: 30}, async () => http({method: 'GET', url: address})))
    expect({most, received}).to.deep.equal({most: 8, received: 30})
  })
})

/** Starts a server that ends with the test. */
async function listen(onRequest: RequestListener): Promise<URL> {
  const server = createServer(onRequest).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}
