import {expect} from 'chai'
import nock from 'nock'
import {once} from 'node:events'
import {createServer, type RequestListener, type Server, type ServerResponse} from 'node:http'
import {type AddressInfo} from 'node:net'
import {gzipSync} from 'node:zlib'

import {createHttp} from '../../../src/lib/astro-api/http.js'
import {fakeClock, fakeReport} from '../service-options.js'
import {failureOf} from '../support.js'

const MIB = 1024 * 1024
const servers: Server[] = []

describe('the limits of createHttp', () => {
  const http = createHttp({env: {}, clock: fakeClock(), report: fakeReport(), userAgent: 'tests/1.0'})

  before(() => {
    nock.restore()
  })

  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections()
  })

  after(() => {
    nock.activate()
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
    const pending: ServerResponse[] = []
    let [most, received] = [0, 0]
    const address = await listen((_, response) => {
      most = Math.max(most, pending.push(response))
      received += 1
      const ready = received === 30 ? pending.splice(0) : pending.splice(0, pending.length - 7)
      for (const each of ready) each.end('[]')
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
