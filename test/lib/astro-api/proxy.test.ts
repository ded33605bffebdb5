import {expect} from 'chai'
import nock from 'nock'
import {once} from 'node:events'
import {createServer as createHttpServer} from 'node:http'
import {type AddressInfo, createServer, type Server, type Socket} from 'node:net'

import {createHttp, type Http} from '../../../src/lib/astro-api/http.js'
import {createProxyAgents, proxyFor} from '../../../src/lib/astro-api/proxy.js'
import {fakeClock} from '../service-options.js'
import {failureOf, textOf} from '../support.js'

const API = 'https://api.astronomer.io/v1/x'
const PROXY = 'http://proxy.example:3128'
/** A name that no look-up finds, so that whatever arrives there came by the proxy. */
const TARGET = 'api.astro.invalid'

type Env = Readonly<Record<string, string>>

function proxyOf(url: string, env: Env): string | undefined {
  return proxyFor(new URL(url), env)?.href
}

describe('proxies', () => {
  describe('which proxy a URL has', () => {
    const variables: [title: string, env: Env, url: string, proxy: string | undefined][] = [
      ['none without a variable', {}, API, undefined],
      ['HTTPS_PROXY for https', {HTTPS_PROXY: PROXY}, API, `${PROXY}/`],
      ['https_proxy for https', {https_proxy: PROXY}, API, `${PROXY}/`],
      ['HTTP_PROXY for http', {HTTP_PROXY: PROXY}, 'http://example.com', `${PROXY}/`],
      ['http_proxy for http', {http_proxy: PROXY}, 'http://example.com', `${PROXY}/`],
      ['not HTTP_PROXY for https', {HTTP_PROXY: PROXY}, API, undefined],
      ['not HTTPS_PROXY for http', {HTTPS_PROXY: PROXY}, 'http://example.com', undefined],
      ['not ALL_PROXY', {ALL_PROXY: PROXY, all_proxy: PROXY}, API, undefined],
      ['upper case before lower case', {HTTPS_PROXY: PROXY, https_proxy: 'http://other:1'}, API, `${PROXY}/`],
      ['lower case where upper case is empty', {HTTPS_PROXY: '', https_proxy: PROXY}, API, `${PROXY}/`],
      ['none for a blank value', {HTTPS_PROXY: ' '}, API, undefined],
      ['http for a value without a scheme', {HTTPS_PROXY: 'proxy.example:3128'}, API, `${PROXY}/`],
      ['http for credentials without a scheme', {HTTPS_PROXY: 'jo:pw@proxy:1'}, API, 'http://jo:pw@proxy:1/'],
      ['a proxy behind TLS', {HTTPS_PROXY: 'https://proxy.example'}, API, 'https://proxy.example/'],
      ['not HTTP_PROXY in a CGI process', {HTTP_PROXY: PROXY, REQUEST_METHOD: 'GET'}, 'http://example.com', undefined],
      ['HTTPS_PROXY in a CGI process', {HTTPS_PROXY: PROXY, REQUEST_METHOD: 'GET'}, API, `${PROXY}/`],
      ['NO_PROXY before no_proxy', {HTTPS_PROXY: PROXY, NO_PROXY: 'example.com', no_proxy: '*'}, API, `${PROXY}/`],
      ['no_proxy', {HTTPS_PROXY: PROXY, no_proxy: 'astronomer.io'}, API, undefined],
      ['none that cannot be used but does not apply', {HTTPS_PROXY: 'socks5://p:1', NO_PROXY: '*'}, API, undefined],
    ]

    for (const [title, env, url, proxy] of variables) {
      it(`is ${title}`, () => {
        expect(proxyOf(url, env)).to.equal(proxy)
      })
    }

    const neverProxied = [
      'https://localhost',
      'https://LOCALHOST:8888',
      'https://127.0.0.1',
      'https://127.8.9.1:8888',
      'https://[::1]:8888',
      'https://[::ffff:127.0.0.1]',
    ]
    for (const url of neverProxied) {
      it(`is none for ${url}, whatever is set`, () => {
        expect(proxyOf(url, {HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY})).to.equal(undefined)
      })
    }

    const exclusions: [noProxy: string, straight: string[], proxied: string[]][] = [
      ['*', ['api.astronomer.io', '10.0.0.1', '[2001:db8::1]'], []],
      ['x.example, *', ['api.astronomer.io'], []],
      [
        'example.com',
        ['example.com', 'api.example.com', 'a.b.example.com'],
        ['notexample.com', 'example.com.evil.test'],
      ],
      ['.example.com', ['api.example.com', 'a.b.example.com'], ['example.com', 'notexample.com']],
      ['*.example.com', ['api.example.com', 'a.b.example.com'], ['example.com', 'notexample.com']],
      ['*example.com', [], ['example.com', 'notexample.com']],
      ['EXAMPLE.com', ['example.com', 'API.example.com'], []],
      [' a.test ,\texample.com ', ['a.test', 'example.com'], ['b.test']],
      ['a.test example.com', [], ['a.test', 'example.com']],
      ['example.com:443', ['example.com', 'example.com:443', 'api.example.com'], ['example.com:8443']],
      ['.example.com:8443', ['api.example.com:8443'], ['api.example.com', 'example.com:8443']],
      ['example.com:', ['example.com', 'example.com:8443'], []],
      ['münchen.example', ['münchen.example', 'api.münchen.example'], ['munchen.example']],
      ['10.0.0.1', ['10.0.0.1', '10.0.0.1:8443'], ['10.0.0.2', '110.0.0.1']],
      ['10.0.0.1:8443', ['10.0.0.1:8443'], ['10.0.0.1']],
      ['10.1', [], ['10.0.0.1', '10.10.10.1']],
      ['2001:db8::1', ['[2001:db8::1]', '[2001:DB8:0::1]'], ['[2001:db8::2]']],
      ['[2001:db8::1]:443', ['[2001:db8::1]'], ['[2001:db8::1]:8443']],
      ['fe80::1%eth0', [], ['[fe80::1]']],
      ['10.1.0.0/16', ['10.1.255.255'], ['10.2.0.0', '[2001:db8::1]', 'ten.example']],
      ['10.1.2.3/20', ['10.1.0.1', '10.1.15.255'], ['10.1.16.0']],
      ['0.0.0.0/0', ['10.0.0.1'], ['[2001:db8::1]', 'example.com']],
      ['2001:db8::/33', ['[2001:db8:7fff::1]'], ['[2001:db8:8000::1]', '10.0.0.1']],
      ['::/0', ['[2001:db8::1]'], ['10.0.0.1']],
      ['10.0.0.0/33', [], ['10.0.0.0']],
      ['10.0.0.0/8/8', [], ['10.0.0.0']],
      [',, :443,[]:443, .', [], ['example.com', '10.0.0.1']],
    ]
    for (const [noProxy, straight, proxied] of exclusions) {
      it(`goes by NO_PROXY=${JSON.stringify(noProxy)}`, () => {
        const env = {HTTPS_PROXY: PROXY, NO_PROXY: noProxy}
        const isProxied = (host: string) => proxyOf(`https://${host}/v1/x`, env) !== undefined
        expect([...straight, ...proxied].filter((host) => isProxied(host))).to.deep.equal(proxied)
      })
    }

    it('takes the port of http for one that is not written', () => {
      const env = {HTTP_PROXY: PROXY, NO_PROXY: 'a.test:80,b.test:443'}
      expect([proxyOf('http://a.test', env), proxyOf('http://b.test', env)]).to.deep.equal([undefined, `${PROXY}/`])
    })

    const unusable = [
      'socks5://jo:s3cret@proxy.example:1080',
      'ftp://jo:s3cret@proxy.example',
      'http://',
      'http://jo:s3cret@',
      'http://jo:s3cret@proxy.example:99999',
      'http://jo:s3cret@my proxy',
      'http://jo:12/s3cret@proxy.example',
      'http://jo:12?s3cret@proxy.example',
      'http://jo:12#s3cret@proxy.example',
      'http://jo:s3cret%@proxy.example',
    ]
    for (const value of unusable) {
      it(`refuses ${value}, without its password`, async () => {
        const error = await failureOf(() => proxyFor(new URL(API), {https_proxy: value}))
        expect(error.kind).to.equal('config')
        expect(error.message).to.match(/^https_proxy is not a valid proxy address/)
        expect(textOf(error)).not.to.contain('s3cret')
      })
    }
  })

  describe('the agents of proxies', () => {
    it('are none where no proxy applies', async () => {
      const agentsFor = createProxyAgents({HTTPS_PROXY: PROXY}, 1000)
      expect(await agentsFor(new URL('https://localhost:8888'))).to.equal(undefined)
    })

    it('are one per proxy, so that requests share their tunnels', async () => {
      const agentsFor = createProxyAgents({HTTP_PROXY: PROXY, HTTPS_PROXY: PROXY}, 1000)
      const [first, second, plain] = await Promise.all(
        [API, 'https://auth.example', 'http://auth.example'].map(async (url) => agentsFor(new URL(url))),
      )
      expect(first).to.have.nested.property('https.keepAlive', true)
      expect(second).to.equal(first)
      expect(plain).to.have.all.keys('http')
    })
  })

  describe('requests through a proxy', () => {
    let proxy: RecordingProxy

    before(() => {
      // Its stand-ins for node:http know nothing of tunnels; no request here leaves this machine without it either.
      nock.restore()
    })

    after(() => {
      nock.activate()
    })

    beforeEach(async () => {
      proxy = await startProxy()
    })

    afterEach(async () => {
      await proxy.close()
    })

    for (const [status, tries, hint] of [
      [407, 1, 'Set a user name and password for the proxy'],
      [403, 1, `NO_PROXY=${TARGET}`],
      [502, 4, `NO_PROXY=${TARGET}`],
    ] as const) {
      it(`says that the proxy refused with ${status}, after ${tries} of 4 tries`, async () => {
        proxy.onConnect = (socket) => socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`)

        const error = await failureOf(() => get(httpBy(`http://jo:s3cret@${proxy.host}`)))

        expect(error.kind).to.equal('network')
        expect(error.message).to.equal(`The proxy ${proxy.host} refused to connect to ${TARGET} (status ${status}).`)
        expect(error.details.hint).to.contain(hint)
        expect(textOf(error)).not.to.contain('s3cret')
        expect(proxy.seen).to.have.length(tries)
      })
    }

    it('shows the proxy the host of the request and its own credentials, and nothing of the request', async () => {
      proxy.onConnect = (socket) => socket.end('HTTP/1.1 407 No\r\n\r\n')

      await failureOf(() => get(httpBy(`http://jo:p%40ss@${proxy.host}`)))

      const [saw = ''] = proxy.seen
      expect(saw.split('\r\n')[0]).to.equal(`CONNECT ${TARGET}:443 HTTP/1.1`)
      expect(saw).to.contain(`proxy-authorization: Basic ${Buffer.from('jo:p@ss').toString('base64')}\r\n`)
      expect(saw).not.to.match(/\r\nauthorization|bearer|secret|\/v1\/x/i)
    })

    it('sends TLS alone through the tunnel of an https URL', async () => {
      proxy.onConnect = (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        socket.once('data', () => socket.destroy())
      }

      const error = await failureOf(() => get(httpBy(proxy.host)))

      expect(error.kind).to.equal('network')
      const [, inTunnel = ''] = (proxy.seen[0] ?? '').split('\r\n\r\n')
      expect(inTunnel.slice(0, 2)).to.equal('\u0016\u0003')
      expect(proxy.seen.join('')).not.to.match(/\r\nauthorization|bearer|top\.secret|\/v1\/x/i)
    })

    it('gets the answer through the tunnel, and uses that for the next request', async () => {
      proxy.onConnect = (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n{"a":1}'))
      }

      const http = httpBy(proxy.host)

      expect(await get(http, `http://${TARGET}/v1/x`)).to.deep.equal({a: 1})
      expect(await get(http, `http://${TARGET}/v1/y`)).to.deep.equal({a: 1})
      expect(proxy.seen).to.have.length(1)
      expect(proxy.seen[0]).to.match(/^CONNECT api\.astro\.invalid:80 [\s\S]*\r\nGET \/v1\/x [\s\S]*\r\nGET \/v1\/y /)
    })

    it('says that the proxy is not there', async () => {
      await proxy.close()

      const error = await failureOf(() => get(httpBy(`http://jo:s3cret@${proxy.host}`)))

      expect(error.kind).to.equal('network')
      expect(error.message).to.equal(`Could not reach the proxy ${proxy.host} (ECONNREFUSED).`)
      expect(textOf(error)).not.to.contain('s3cret')
    })

    for (const [title, answer] of [
      ['hangs up', ''],
      ['speaks another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ] as const) {
      it(`says that it could not reach a proxy that ${title}`, async () => {
        proxy.onConnect = (socket) => socket.end(answer)

        const error = await failureOf(() => get(httpBy(proxy.host)))

        expect(error.kind).to.equal('network')
        expect(error.message).to.match(new RegExp(`^Could not reach the proxy ${proxy.host} \\([A-Z_]+\\)\\.$`))
      })
    }

    it('gives up on a proxy that does not answer, after one more try', async () => {
      const error = await failureOf(() => get(httpBy(proxy.host, {}, 50)))

      expect(error.kind).to.equal('timeout')
      expect(error.message).to.equal(`The proxy ${proxy.host} did not respond in time.`)
      expect(proxy.seen).to.have.length(2)
    })

    it('sends nothing where the proxy cannot be used', async () => {
      expect((await failureOf(() => get(httpBy('socks5://proxy.example')))).kind).to.equal('config')
    })

    it('goes straight to this machine', async () => {
      const server = createHttpServer((_, response) => response.end('{"straight":true}')).listen(0, '127.0.0.1')
      await once(server, 'listening')

      expect(await get(httpBy(proxy.host), `http://${hostOf(server)}/`)).to.deep.equal({straight: true})
      expect(proxy.seen).to.deep.equal([])
      server.close()
    })

    it('goes straight to what NO_PROXY names', async () => {
      const error = await failureOf(() => get(httpBy(proxy.host, {NO_PROXY: TARGET})))

      expect(error.message).to.match(/^Could not reach api\.astro\.invalid \((?:ENOTFOUND|EAI_AGAIN)\)\.$/)
      expect(proxy.seen).to.deep.equal([])
    })
  })
})

async function get(http: Http, url = `https://${TARGET}/v1/x`): Promise<unknown> {
  return http({method: 'GET', url: new URL(url), headers: {authorization: 'Bearer top.secret.token'}})
}

function httpBy(proxy: string, more: Env = {}, connect = 5000): Http {
  return createHttp({
    clock: fakeClock(),
    env: {HTTPS_PROXY: proxy, HTTP_PROXY: proxy, ...more},
    timeouts: {connect, answer: 5000},
    userAgent: 'tests/1.0',
  })
}

interface RecordingProxy {
  /** Address and port. */
  readonly host: string
  /** Every byte that came in, by connection. */
  readonly seen: string[]
  /** Answers a CONNECT. Default: not at all. */
  onConnect: (socket: Socket) => unknown
  close: () => Promise<void>
}

async function startProxy(): Promise<RecordingProxy> {
  const sockets = new Set<Socket>()
  const seen: string[] = []
  const server = createServer((socket) => {
    const connection = seen.push('') - 1
    sockets.add(socket.setEncoding('latin1'))
    socket.on('error', () => socket.destroy())
    socket.on('data', (bytes) => {
      seen[connection] = `${seen[connection] ?? ''}${String(bytes)}`
    })
    socket.once('data', () => proxy.onConnect(socket))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const proxy: RecordingProxy = {
    host: hostOf(server),
    seen,
    onConnect() {},
    async close() {
      for (const socket of sockets) socket.destroy()
      if (server.listening) await once(server.close(), 'close')
    },
  }
  return proxy
}

function hostOf(server: Server): string {
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}
