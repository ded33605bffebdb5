import {expect} from 'chai'
import nock from 'nock'
import {once} from 'node:events'
import {type AddressInfo, createServer, type Socket} from 'node:net'

import {createHttp} from '../../../src/lib/astro-api/http.js'
import {createProxyAgents, proxyFor} from '../../../src/lib/astro-api/proxy.js'
import {type ErrorKind} from '../../../src/lib/errors.js'
import {ignore} from '../../../src/lib/helpers.js'
import {fakeClock, fakeReport} from '../service-options.js'
import {failureOf, textOf} from '../support.js'

type Env = Readonly<Record<string, string>>

const API = 'https://api.astronomer.io/v1/x'
const PLAIN = 'http://example.com'
const PROXY = 'http://proxy.example:3128'
/** A name that no look-up finds, so that only a proxy can lead there. */
const TARGET = 'api.astro.invalid'

const VARIABLES = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()])

/** Sets the proxy variables of this process: proxy-from-env reads them there. */
function setVariables(env: Env): void {
  for (const name of VARIABLES) Reflect.deleteProperty(process.env, name)
  Object.assign(process.env, env)
}

function proxyOf(url: string, env: Env): string | undefined {
  setVariables(env)
  return proxyFor(new URL(url), process.env)?.href
}

describe('proxies', () => {
  const initial = Object.fromEntries(Object.entries(process.env).filter(([name]) => VARIABLES.includes(name)))

  after(() => {
    setVariables(initial as Env)
  })

  const settings: readonly {title: string; env: Env; url?: string; proxy?: string}[] = [
    {title: 'uses no proxy without a variable', env: {}},
    {title: 'reads HTTPS_PROXY for https', env: {HTTPS_PROXY: PROXY}, proxy: PROXY},
    {title: 'reads https_proxy for https', env: {https_proxy: PROXY}, proxy: PROXY},
    {title: 'reads HTTP_PROXY for http', env: {HTTP_PROXY: PROXY}, url: PLAIN, proxy: PROXY},
    {title: 'reads http_proxy for http', env: {http_proxy: PROXY}, url: PLAIN, proxy: PROXY},
    {title: 'ignores HTTP_PROXY for https', env: {HTTP_PROXY: PROXY}},
    {title: 'ignores HTTPS_PROXY for http', env: {HTTPS_PROXY: PROXY}, url: PLAIN},
    {title: 'ignores ALL_PROXY', env: {ALL_PROXY: PROXY, all_proxy: PROXY}},
    {title: 'prefers upper case', env: {HTTPS_PROXY: PROXY, https_proxy: 'http://other:1'}, proxy: PROXY},
    {title: 'reads lower case if upper case is blank', env: {HTTPS_PROXY: ' ', https_proxy: PROXY}, proxy: PROXY},
    {title: 'takes http for a value without a scheme', env: {HTTPS_PROXY: ' jo:pw@p:1 '}, proxy: 'http://jo:pw@p:1'},
    {title: 'accepts an https proxy', env: {HTTPS_PROXY: 'https://proxy.example'}, proxy: 'https://proxy.example'},
    {title: 'ignores an unusable proxy that does not apply', env: {HTTPS_PROXY: 'socks5://p:1', no_proxy: '*'}},
  ]
  for (const {env, proxy, title, url = API} of settings) {
    it(title, () => {
      expect(proxyOf(url, env)).to.equal(proxy && `${proxy}/`)
    })
  }

  for (const host of [
    'localhost',
    'LOCALHOST:8888',
    '127.0.0.1',
    '127.8.9.1:8888',
    '[::1]:8888',
    '[::ffff:127.0.0.1]',
  ]) {
    it(`never uses a proxy for ${host}`, () => {
      expect(proxyOf(`https://${host}`, {HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY})).to.equal(undefined)
    })
  }

  const exclusions: readonly {noProxy: string; direct?: readonly string[]; proxied?: readonly string[]}[] = [
    {noProxy: '*', direct: ['api.astronomer.io', '10.0.0.1', '[2001:db8::1]']},
    {noProxy: 'x.example, *', direct: ['api.astronomer.io']},
    {
      noProxy: 'example.com',
      direct: ['example.com', 'api.example.com', 'a.b.example.com'],
      proxied: ['notexample.com', 'example.com.evil.test', 'com'],
    },
    {
      noProxy: '.example.com',
      direct: ['api.example.com', 'a.b.example.com'],
      proxied: ['example.com', 'notexample.com'],
    },
    {noProxy: '*.example.com', direct: ['api.example.com'], proxied: ['example.com', 'notexample.com']},
    {noProxy: 'EXAMPLE.com,\ta.test ', direct: ['example.com', 'API.example.com', 'a.test'], proxied: ['b.test']},
    {noProxy: 'example.com:443', direct: ['example.com', 'api.example.com:443'], proxied: ['example.com:8443']},
    {noProxy: '10.0.0.1', direct: ['10.0.0.1', '10.0.0.1:8443'], proxied: ['10.0.0.2', '110.0.0.1']},
    {noProxy: '10.0.0.0/8', proxied: ['10.0.0.1', '10.0.0.0']},
  ]
  for (const {direct = [], noProxy, proxied = []} of exclusions) {
    it(`follows NO_PROXY=${JSON.stringify(noProxy)}`, () => {
      const env = {HTTPS_PROXY: PROXY, NO_PROXY: noProxy}
      const isProxied = (host: string) => proxyOf(`https://${host}/v1/x`, env) !== undefined
      expect([...direct, ...proxied].filter((host) => isProxied(host))).to.deep.equal(proxied)
    })
  }

  for (const value of [
    'socks5://jo:s3cret@proxy.example:1080',
    'xhttp://jo:s3cret@proxy.example',
    'http://',
    'http://jo:s3cret@proxy.example:99999',
    'http://jo:s3cret@my proxy',
    'http://jo:12/s3cret@proxy.example',
    'http://jo:12?s3cret@proxy.example',
    'http://jo:12#s3cret@proxy.example',
    'http://jo:s3cret%@proxy.example',
  ]) {
    it(`rejects ${value} without printing its password`, async () => {
      const error = await failureOf(() => proxyOf(API, {https_proxy: value}))
      expect(error).to.include({kind: 'config', message: 'https_proxy is not a valid proxy address.'})
      expect(error.details.hint).to.match(
        /^Set it to http:\/\/HOST:PORT or https:\/\/HOST:PORT; percent-encode special/,
      )
      expect(textOf(error)).not.to.contain('s3cret')
    })
  }

  it('returns one agent per protocol until a new tunnel is needed', async () => {
    setVariables({HTTP_PROXY: PROXY, HTTPS_PROXY: PROXY})
    const agentsFor = createProxyAgents(process.env, 1000)
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

    const unreachable = 'Check the proxy variables, and that the proxy is reachable from this machine'
    const bypass = `Check the proxy, or bypass it: NO_PROXY=${TARGET}`
    const failures: readonly {
      readonly title: string
      /** What the proxy sends before it closes the connection. Without it, the proxy sends nothing. */
      readonly sends?: string
      /** Another address than that of the recording proxy. */
      readonly address?: string
      readonly noProxy?: string
      readonly kind?: ErrorKind
      /** Of the error, with PROXY for the host of the recording proxy. */
      readonly message: RegExp
      readonly details: object
      readonly connections: number
    }[] = [
      {
        title: 'a proxy that requires credentials',
        sends: 'HTTP/1.1 407 No\r\n\r\n',
        message: /^The proxy PROXY refused to connect to api\.astro\.invalid \(status 407\)\.$/,
        details: {
          hint: 'Set a user name and password for the proxy: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT',
          status: 407,
        },
        connections: 1,
      },
      {
        title: 'a proxy that refuses',
        sends: 'HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n',
        message: /^The proxy PROXY refused to connect to api\.astro\.invalid \(status 403\)\.$/,
        details: {hint: bypass, status: 403},
        connections: 1,
      },
      {
        title: 'a proxy that has no connection',
        sends: 'HTTP/1.1 502 No\r\n\r\n',
        message: /^The proxy PROXY refused to connect to api\.astro\.invalid \(status 502\), after 4 attempts\.$/,
        details: {hint: bypass, status: 502},
        connections: 4,
      },
      {
        title: 'a proxy that hangs up',
        sends: '',
        message: /^Could not reach the proxy PROXY \([A-Z_]+\), after/,
        details: {hint: unreachable},
        connections: 4,
      },
      {
        title: 'a proxy that speaks another protocol',
        sends: 'SSH-2.0-OpenSSH_9.6\r\n',
        message: /^Could not reach the proxy PROXY \(HPE_[A-Z_]+\), after/,
        details: {hint: unreachable},
        connections: 4,
      },
      {
        title: 'a proxy that does not respond',
        kind: 'timeout',
        message: /^The proxy PROXY did not respond in time, after 2 attempts\.$/,
        details: {hint: 'Check your network and the proxy variables, then try again'},
        connections: 2,
      },
      {
        title: 'a proxy that does not listen',
        address: 'http://jo:s3cret@127.0.0.1:1',
        message: /^Could not reach the proxy 127\.0\.0\.1:1 \(ECONNREFUSED\), after/,
        details: {hint: unreachable},
        connections: 0,
      },
      {
        title: 'a proxy with an IPv6 address, which is not looked up',
        address: 'http://[::1]:1',
        message: /^Could not reach the proxy \[::1]:1 \((?!ENOTFOUND|EAI_AGAIN)[A-Z_]+\), after/,
        details: {hint: unreachable},
        connections: 0,
      },
      {
        title: 'a host in NO_PROXY',
        noProxy: TARGET,
        message: /^Could not reach api\.astro\.invalid \((?:ENOTFOUND|EAI_AGAIN)\), after/,
        details: {hint: 'Check your network, ASTRO_DOMAIN and proxy settings, then try again'},
        connections: 0,
      },
    ]
    for (const {address, connections, details, kind = 'network', message, noProxy = '', sends, title} of failures) {
      it(`reports ${title}`, async () => {
        if (sends !== undefined) proxy.onConnect = (socket) => socket.end(sends)
        setVariables({HTTPS_PROXY: address ?? `http://jo:s3cret@${proxy.host}`, NO_PROXY: noProxy})
        const error = await failureOf(get(kind === 'timeout' ? 50 : 5000))
        expect(error).to.deep.include({kind, details})
        expect(error.message.replace(proxy.host, 'PROXY')).to.match(message)
        expect(textOf(error)).not.to.contain('s3cret')
        expect(proxy.seen).to.have.length(connections)
      })
    }

    it('limits the whole time to open a tunnel, even if the proxy keeps sending', async () => {
      proxy.onConnect = (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nx: ')
        const timer = setInterval(() => socket.write('y'), 10)
        socket.once('close', () => {
          clearInterval(timer)
        })
      }

      setVariables({HTTPS_PROXY: proxy.host})
      expect(await failureOf(get(100))).to.include({kind: 'timeout'})
      expect(proxy.seen).to.have.length(2)
    })

    it('shows the proxy its credentials and the host, and nothing of the request', async () => {
      proxy.onConnect = (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        socket.once('data', () => socket.destroy())
      }

      setVariables({HTTPS_PROXY: `http://jo:p%40ss@${proxy.host}`})
      expect((await failureOf(get())).kind).to.equal('network')
      const [head = '', inTunnel = ''] = (proxy.seen[0] ?? '').split('\r\n\r\n')
      const credentials = Buffer.from('jo:p@ss').toString('base64')
      const lines = [`CONNECT ${TARGET}:443 HTTP/1.1`, `proxy-authorization: Basic ${credentials}`]
      expect(head.split('\r\n')).to.include.members(lines)
      // A TLS handshake.
      expect(inTunnel.slice(0, 2)).to.equal('\u0016\u0003')
      expect(proxy.seen.join('')).not.to.match(/\r\nauthorization|bearer|top\.secret|\/v1\/x/i)
    })

    it('sends several requests through one tunnel, which outlives the time to open it', async () => {
      proxy.onConnect = (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        socket.on('data', () => {
          setTimeout(() => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n{"a":1}'), 60)
        })
      }

      setVariables({HTTP_PROXY: proxy.host})
      const http = httpWith(50)
      for (const path of ['x', 'y']) {
        expect(await http({method: 'GET', url: new URL(`http://${TARGET}/v1/${path}`)})).to.deep.equal({a: 1})
      }

      expect(proxy.seen).to.have.length(1)
      expect(proxy.seen[0]).to.match(/^CONNECT api\.astro\.invalid:80 [\s\S]*\r\nGET \/v1\/x [\s\S]*\r\nGET \/v1\/y /)
    })
  })
})

function get(connect = 5000): () => Promise<unknown> {
  const headers = {authorization: 'Bearer top.secret.token'}
  return async () => httpWith(connect)({method: 'GET', url: new URL(`https://${TARGET}/v1/x`), headers})
}

function httpWith(connect: number) {
  const timeouts = {connect, response: 5000}
  return createHttp({clock: fakeClock(), env: process.env, report: fakeReport(), timeouts, userAgent: 'tests/1.0'})
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
