import {expect} from 'chai'
import nock from 'nock'
import {once} from 'node:events'
import {createServer, type RequestListener, type Server} from 'node:http'
import {type AddressInfo} from 'node:net'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {gzipSync} from 'node:zlib'

import {createHttp, type Http} from '../../../src/lib/astro-api/http.js'
import {fakeClock} from '../service-options.js'
import {failureOf} from '../support.js'

const KIB = 1024
const MIB = 1024 * KIB
const GIB = 1024 * MIB

describe('large responses', () => {
  let http: Http
  let requests = 0
  let server: Server
  let respond: RequestListener

  before(() => {
    nock.restore()
  })

  after(() => {
    nock.activate()
  })

  beforeEach(async () => {
    requests = 0
    http = createHttp({clock: fakeClock(), env: {}, userAgent: 'tests/1.0'})
    server = createServer((request, response) => {
      requests += 1
      respond(request, response)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
  })

  afterEach(() => {
    server.close()
    server.closeAllConnections()
  })

  const host = () => `127.0.0.1:${(server.address() as AddressInfo).port}`
  const get = async () => http({method: 'GET', url: new URL(`http://${host()}/`)})

  it('are cut off after 64 MiB, whatever follows', async () => {
    const chunk = Buffer.alloc(MIB, ' ')
    let sent = 0
    respond = (_, response) => {
      const endless = Readable.from(
        (function* () {
          while (sent < GIB) {
            sent += chunk.byteLength
            yield chunk
          }
        })(),
        {highWaterMark: 1},
      )
      pipeline(endless, response).catch(() => {})
    }

    const before = process.memoryUsage().rss

    const error = await failureOf(get)

    expect(error.kind).to.equal('api')
    expect(error.message).to.equal(`The response from ${host()} is larger than 64 MiB.`)
    expect(error.details.status).to.equal(200)
    expect(requests).to.equal(1)
    expect(sent).to.be.below(96 * MIB)
    expect(process.memoryUsage().rss - before).to.be.below(256 * MIB)
  })

  it('are cut off by their size after decompression', async () => {
    const part = gzipSync(Buffer.alloc(16 * MIB, ' '))
    const bomb = Buffer.concat(Array.from({length: GIB / (16 * MIB)}, () => part))
    respond = (_, response) => response.writeHead(200, {'content-encoding': 'gzip'}).end(bomb)
    const before = process.memoryUsage().rss

    const error = await failureOf(get)

    expect(error.message).to.equal(`The response from ${host()} is larger than 64 MiB.`)
    expect(process.memoryUsage().rss - before).to.be.below(256 * MIB)
  })

  it('are read up to the limit', async () => {
    const body = Buffer.alloc(64 * MIB, ' ').fill('{"a":1}', 0, 7)
    respond = (_, response) => response.end(body)

    expect(await get()).to.deep.equal({a: 1})
  })

  for (const [status, tries] of [
    [302, 1],
    [400, 1],
    [401, 1],
    [503, 4],
  ] as const) {
    it(`are cut off after 64 KiB with status ${status}`, async () => {
      respond = (_, response) => response.writeHead(status).end(Buffer.alloc(64 * KIB + 1, 'x'))

      const error = await failureOf(get)

      expect(error.kind).to.equal('api')
      expect(error.message).to.equal(`The response from ${host()} is larger than 64 KiB.`)
      expect(error.details.status).to.equal(status)
      expect(requests).to.equal(tries)
    })
  }

  it('are errors up to 64 KiB', async () => {
    const text = JSON.stringify({message: 'no', requestId: 'r'})
    respond = (_, response) => response.writeHead(400).end(text.padEnd(64 * KIB))

    const error = await failureOf(get)

    expect(error.kind).to.equal('invalid_request')
    expect(error.message).to.contain('no')
  })

  it('are no errors because they are deep', async () => {
    const depth = 20_000
    respond = (_, response) => response.end(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`)

    expect(await get()).to.have.property('a')
  })
})
