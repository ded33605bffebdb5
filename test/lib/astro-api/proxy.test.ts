import {expect} from 'chai'
import nock from 'nock'
import {once} from 'node:events'
import {type AddressInfo, createServer, type Socket} from 'node:net'

import {createHttp, type Http} from '../../../src/lib/astro-api/http.js'
import {createProxyAgents, proxyFor} from '../../../src/lib/astro-api/proxy.js'
import {ignore} from '../../../src/lib/helpers.js'
import {fakeClock} from '../service-options.js'
import {failureOf, textOf} from '../support.js'
import {API, type Env, EXCLUSIONS, LOCAL, PROXY, TARGET, TUNNEL_FAILURES, UNUSABLE, VARIABLES} from './proxy-table.js'

const proxyOf = (url: string, env: Env) => proxyFor(new URL(url), env)?.href

describe('proxies', () => {
  for (const [title, env, url, proxy] of VARIABLES) {
    it(title, () => {
      expect(proxyOf(url, env)).to.equal(proxy)
    })
  }

  for (const url of LOCAL) {
    it(`returns no proxy for ${url}`, () => {
      expect(proxyOf(url, {HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY})).to.equal(undefined)
    })
  }

  for (const [noProxy, straight, proxied] of EXCLUSIONS) {
    it(`follows NO_PROXY=${JSON.stringify(noProxy)}`, () => {
      const env = {HTTPS_PROXY: PROXY, NO_PROXY: noProxy}
      const isProxied = (host: string) => proxyOf(`https://${host}/v1/x`, env) !== undefined
      expect([...straight, ...proxied].filter((host) => isProxied(host))).to.deep.equal(proxied)
    })
  }

  for (const value of UNUSABLE) {
    it(`rejects ${value} without printing its password`, async () => {
      const error = await failureOf(() => proxyFor(new URL(API), {https_proxy: value}))
      const message = 'https_proxy is not a valid proxy address.'
      expect(error).to.include({kind: 'config', message})
      expect(error.details.hint).to.match(
        /^Set it to http:\/\/HOST:PORT or https:\/\/HOST:PORT; percent-encode special characters in a user name/,
      )
      expect(textOf(error)).not.to.contain('s3cret')
    })
  }

  it('returns one agent per protocol until a new tunnel is needed', async () => {
    const agentsFor = createProxyAgents({HTTP_PROXY: PROXY, HTTPS_PROXY: PROXY}, 1000)
    const [first, second, plain] = await Promise.all(
      [API, 'https://auth.example', 'http://auth.example'].map(async (url) => agentsFor(new URL(url))),
    )
    expect(first).to.have.nested.property('https.keepAlive', true)
    expect(second).to.equal(first)
    expect(plain).to.have.all.keys('http')
    const renewed = await agentsFor(new URL(API), true)
    expect(renewed).not.to.equal(first)
    expect(await agentsFor(new URL(API))).to.equal(renewed)
  })

  describe('in a request', () => {
    let proxy: RecordingProxy

    before(() => {
      // Its replacement for node:http opens no tunnels.
      nock.restore()
    })

    beforeEach(async () => {
      proxy = await startProxy()
    })

    afterEach(async () => {
      await proxy.close()
    })

    after(() => {
      nock.activate()
    })

    for (const failure of TUNNEL_FAILURES) {
      it(`reports ${failure.title}`, async () => {
        const {connections, details, kind = 'network', message, noProxy, proxy: other, sends} = failure
        if (sends !== undefined) proxy.onConnect = (socket) => socket.end(sends)
        const address = other ?? `http://jo:s3cret@${proxy.host}`
        const error = await failureOf(get(address, {NO_PROXY: noProxy}, kind === 'timeout' ? 50 : 5000))
        expect(error).to.deep.include({kind, details})
        expect(error.message.replace(proxy.host, 'PROXY')).to.match(message)
        expect(textOf(error)).not.to.contain('s3cret')
        expect(proxy.seen).to.have.length(connections)
      })
    }

    it('shows the proxy its credentials and the host, and nothing of the request', async () => {
      proxy.onConnect = (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        socket.once('data', () => socket.destroy())
      }

      expect((await failureOf(get(`http://jo:p%40ss@${proxy.host}`))).kind).to.equal('network')
      const [head = '', inTunnel = ''] = (proxy.seen[0] ?? '').split('\r\n\r\n')
      const credentials = Buffer.from('jo:p@ss').toString('base64')
      const lines = [`CONNECT ${TARGET}:443 HTTP/1.1`, `proxy-authorization: Basic ${credentials}`]
      expect(head.split('\r\n')).to.include.members(lines)
      // A TLS handshake.
      expect(inTunnel.slice(0, 2)).to.equal('\u0016\u0003')
      expect(proxy.seen.join('')).not.to.match(/\r\nauthorization|bearer|top\.secret|\/v1\/x/i)
    })

    it('sends several requests through one tunnel', async () => {
      proxy.onConnect = (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n{"a":1}'))
      }

      const http = httpBy(proxy.host)
      for (const path of ['x', 'y']) {
        expect(await http({method: 'GET', url: new URL(`http://${TARGET}/v1/${path}`)})).to.deep.equal({a: 1})
      }

      expect(proxy.seen).to.have.length(1)
      expect(proxy.seen[0]).to.match(/^CONNECT api\.astro\.invalid:80 [\s\S]*\r\nGET \/v1\/x [\s\S]*\r\nGET \/v1\/y /)
    })
  })
})

function get(...by: Parameters<typeof httpBy>): () => Promise<unknown> {
  const headers = {authorization: 'Bearer top.secret.token'}
  return async () => httpBy(...by)({method: 'GET', url: new URL(`https://${TARGET}/v1/x`), headers})
}

function httpBy(proxy: string, more: Env = {}, connect = 5000): Http {
  const env = {HTTPS_PROXY: proxy, HTTP_PROXY: proxy, ...more}
  return createHttp({clock: fakeClock(), env, timeouts: {connect, response: 5000}, userAgent: 'tests/1.0'})
}

type RecordingProxy = Awaited<ReturnType<typeof startProxy>>

/** A proxy that does nothing until `onConnect` is replaced; `seen` is every byte that came in, by connection. */
async function startProxy() {
  const sockets: Socket[] = []
  const seen: string[] = []
  const onConnect: (socket: Socket) => unknown = ignore
  const server = createServer((socket) => {
    const connection = sockets.push(socket.setEncoding('latin1')) - 1
    seen.push('')
    socket.on('error', ignore).on('data', (text) => {
      seen[connection] = `${seen[connection] ?? ''}${String(text)}`
    })
    socket.once('data', () => proxy.onConnect(socket))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const close = async () => {
    for (const socket of sockets) socket.destroy()
    if (server.listening) await once(server.close(), 'close')
  }

  const proxy = {host: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen, onConnect, close}
  return proxy
}
