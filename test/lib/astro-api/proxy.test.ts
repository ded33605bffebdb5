import {expect} from 'chai'
import nock from 'nock'
import {once} from 'node:events'
import {type AddressInfo, createServer, type Server, type Socket} from 'node:net'

import {createHttp} from '../../../src/lib/astro-api/http.js'
import {createProxyAgents, proxyFor} from '../../../src/lib/astro-api/proxy.js'
import {ignore} from '../../../src/lib/helpers.js'
import {fakeClock, fakeReport} from '../service-options.js'
import {failureOf, textOf} from '../support.js'

type Env = Readonly<Record<string, string>>

const API = 'https://api.astronomer.io/v1/x'
const PROXY = 'http://proxy.example:3128'
/** A name that no look-up finds, so that only a proxy can lead there. */
const TARGET = 'api.astro.invalid'
const VARIABLES = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()])

/** Sets the proxy variables of this process, where proxy-from-env reads them, and removes the others. */
function setVariables(env: Env): void {
  for (const name of VARIABLES) Reflect.deleteProperty(process.env, name)
  Object.assign(process.env, env)
}

const servers: Server[] = []
const sockets: Socket[] = []

function proxyOf(url: string, env: Env): string | undefined {
  setVariables(env)
  return proxyFor(new URL(url), process.env)?.href
}

describe('proxies', () => {
  before(() => {
    // Its replacement for node:http opens no tunnels.
    nock.restore()
  })

  afterEach(() => {
    setVariables({})
    for (const server of servers.splice(0)) server.close()
    for (const socket of sockets.splice(0)) socket.destroy()
  })

  after(() => {
    nock.activate()
  })

  for (const {env, proxy, title, url = API} of [
    {title: 'uses http_proxy for http', env: {http_proxy: PROXY}, url: 'http://example.com', proxy: PROXY},
    {title: 'ignores HTTP_PROXY for https, and ALL_PROXY', env: {HTTP_PROXY: PROXY, ALL_PROXY: PROXY}},
    {title: 'prefers upper case', env: {HTTPS_PROXY: PROXY, https_proxy: 'http://other:1'}, proxy: PROXY},
    {title: 'uses lower case if upper case is blank', env: {HTTPS_PROXY: ' ', https_proxy: PROXY}, proxy: PROXY},
    {title: 'takes http for a value without a scheme', env: {HTTPS_PROXY: ' jo:pw@p:1 '}, proxy: 'http://jo:pw@p:1'},
    {title: 'accepts an https proxy', env: {HTTPS_PROXY: 'https://proxy.example'}, proxy: 'https://proxy.example'},
    {title: 'accepts an at sign in a password', env: {HTTPS_PROXY: 'http://jo:p@w@p:1'}, proxy: 'http://jo:p%40w@p:1'},
    {title: 'uses no proxy for a loopback address', env: {HTTPS_PROXY: PROXY}, url: 'https://127.8.9.1:8888'},
    {title: 'ignores an invalid proxy that does not apply', env: {HTTPS_PROXY: '?', no_proxy: '*'}},
  ]) {
    it(title, () => {
      expect(proxyOf(url, env)).to.equal(proxy && `${proxy}/`)
    })
  }

  for (const {direct, noProxy, proxied} of [
    {noProxy: 'b.test', direct: 'b.test api.b.test a.api.b.test', proxied: 'ab.test b.test.evil.test test'},
    {noProxy: '*.b.test', direct: 'api.b.test', proxied: 'b.test ab.test'},
    {noProxy: 'B.test,\ta.test ', direct: 'b.test API.b.test a.test', proxied: 'c.test'},
    {noProxy: 'b.test:443', direct: 'b.test api.b.test:443', proxied: 'b.test:8443'},
    {noProxy: '10.0.0.1,10.1.0.0/8', direct: '10.0.0.1 10.0.0.1:8443', proxied: '10.0.0.2 110.0.0.1 10.1.0.1'},
  ]) {
    it(`follows NO_PROXY=${JSON.stringify(noProxy)}`, () => {
      const env = {HTTPS_PROXY: PROXY, NO_PROXY: noProxy}
      const found = `${direct} ${proxied}`.split(' ').filter((host) => proxyOf(`https://${host}/v1/x`, env))
      expect(found.join(' ')).to.equal(proxied)
    })
  }

  for (const value of [
    'socks5://jo:s3cret@proxy.example:1080',
    'http://jo:s3cret@proxy.example:99999',
    'http://jo:12/s3cret@proxy.example',
    'http://jo:s3cret%@proxy.example',
  ]) {
    it(`rejects ${value} without printing its password`, async () => {
      const error = await failureOf(() => proxyOf(API, {https_proxy: value}))
      expect(error).to.include({kind: 'config', message: 'https_proxy is not a valid proxy address.'})
      expect(error.details.hint).to.match(/^Set it to http:\/\/HOST:PORT or https:.* percent-encode special characters/)
      expect(textOf(error)).not.to.contain('s3cret')
    })
  }

  it('uses one agent per protocol until a new tunnel is needed', async () => {
    setVariables({HTTP_PROXY: PROXY, HTTPS_PROXY: PROXY})
    const agentsFor = createProxyAgents(process.env, 1000)
    const agentFor = async (url: string, isNew?: boolean) => agentsFor(new URL(url), isNew)
    const first = await agentFor(API)
    expect(await agentFor('https://auth.example')).to.equal(first)
    expect(await agentFor('http://auth.example')).to.have.all.keys('http')
    const renewed = await agentFor(API, true)
    expect(renewed).not.to.equal(first)
    expect(await agentFor(API)).to.equal(renewed)
  })

  const signIn = 'Set a user name and password for the proxy: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT'
  for (const {address, details, message, sends = '', title} of [
    {
      title: 'asks for credentials after a 407',
      sends: 'HTTP/1.1 407 No\r\n\r\n',
      message: String.raw`The proxy PROXY refused to connect to ${TARGET} \(status 407\)\.`,
      details: {hint: signIn, status: 407},
    },
    {
      title: 'suggests NO_PROXY after another refusal',
      sends: 'HTTP/1.1 502 No\r\n\r\n',
      message: String.raw`The proxy PROXY refused to connect to ${TARGET} \(status 502\), after 4 attempts\.`,
      details: {hint: `Check the proxy, or bypass it: NO_PROXY=${TARGET}`, status: 502},
    },
    {
      title: 'does not look up the IPv6 address of a proxy',
      address: 'http://jo:s3cret@[::1]:1',
      message: String.raw`Could not reach the proxy \[::1]:1 \((?!ENOTFOUND|EAI_AGAIN)[A-Z_]+\), after 4 attempts\.`,
      details: {hint: 'Check the proxy variables, and that the proxy is reachable from this machine'},
    },
  ]) {
    it(title, async () => {
      const {host} = await startProxy((socket) => socket.end(sends))
      setVariables({HTTPS_PROXY: address ?? `http://jo:s3cret@${host}`})
      const error = await failureOf(createGet())
      expect(error).to.deep.include({kind: 'network', details})
      expect(error.message.replace(host, 'PROXY')).to.match(new RegExp(`^${message}$`))
      expect(textOf(error)).not.to.contain('s3cret')
    })
  }

  it('limits the whole time to open a tunnel, even if the proxy keeps sending', async () => {
    const {host, seen} = await startProxy((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx: ')
      const timer = setInterval(() => socket.write('y'), 10)
      socket.once('close', () => {
        clearInterval(timer)
      })
    })
    setVariables({HTTPS_PROXY: host})
    expect(await failureOf(createGet(100))).to.deep.include({
      kind: 'timeout',
      message: `The proxy ${host} did not respond in time, after 2 attempts.`,
      details: {hint: 'Check your network and the proxy variables, then try again'},
    })
    expect(seen).to.have.length(2)
  })

  it('shows the proxy its credentials and the host, and nothing of the request', async () => {
    const {host, seen} = await startProxy((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      socket.once('data', () => socket.destroy())
    })
    setVariables({HTTPS_PROXY: `http://jo:p%40ss@${host}`})
    expect((await failureOf(createGet())).kind).to.equal('network')
    const [head = '', inTunnel = ''] = seen[0]?.text.split('\r\n\r\n') ?? []
    const credentials = Buffer.from('jo:p@ss').toString('base64')
    const lines = [`CONNECT ${TARGET}:443 HTTP/1.1`, `proxy-authorization: Basic ${credentials}`]
    expect(head.split('\r\n')).to.include.members(lines)
    // A TLS handshake.
    expect(inTunnel.slice(0, 2)).to.equal('\u0016\u0003')
    expect(JSON.stringify(seen)).not.to.match(/\\nauthorization|bearer|top\.secret|\/v1\/x/i)
  })

  it('sends several requests through one tunnel, which outlives the time to open it', async () => {
    const {host, seen} = await startProxy((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      socket.on('data', () => {
        setTimeout(() => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n{"a":1}'), 60)
      })
    })
    setVariables({HTTP_PROXY: host})
    const get = createGet(50)
    for (const path of ['x', 'y']) expect(await get(`http://${TARGET}/v1/${path}`)).to.deep.equal({a: 1})
    expect(seen).to.have.length(1)
    expect(seen[0]?.text).to.match(/^CONNECT api\.astro\.invalid:80 [^]*\r\nGET \/v1\/x [^]*\r\nGET \/v1\/y /)
  })
})

/** Starts a proxy with this response to each connection. `seen` is every byte that it received, by connection. */
async function startProxy(onConnect: (socket: Socket) => unknown) {
  const seen: {text: string}[] = []
  const server = createServer((socket) => {
    const connection = {text: ''}
    seen.push(connection)
    sockets.push(socket)
    socket.setEncoding('latin1').on('error', ignore)
    socket.on('data', (text) => {
      connection.text += String(text)
    })
    socket.once('data', () => onConnect(socket))
  })
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {host: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen}
}

function createGet(connect = 5000) {
  const timeouts = {connect, response: 5000}
  const options = {clock: fakeClock(), env: process.env, report: fakeReport(), timeouts, userAgent: 'tests/1.0'}
  const http = createHttp(options)
  const headers = {authorization: 'Bearer top.secret'}
  return async (url = `https://${TARGET}/v1/x`) => http({method: 'GET', url: new URL(url), headers})
}
