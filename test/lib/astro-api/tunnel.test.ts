import {expect} from 'chai'
import nock from 'nock'
import {once} from 'node:events'
import {type AddressInfo, createServer, type Socket} from 'node:net'

import {createHttp} from '../../../src/lib/astro-api/http.js'
import {type ErrorKind} from '../../../src/lib/errors.js'
import {ignore} from '../../../src/lib/helpers.js'
import {fakeClock, fakeReport} from '../service-options.js'
import {failureOf, textOf} from '../support.js'
import {clearVariables, setVariables} from './proxy-variables.js'

/** A name that no look-up finds, so that only a proxy can lead there. */
const TARGET = 'api.astro.invalid'

const credentials = 'Set a user name and password for the proxy: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT'
const bypass = `Check the proxy, or bypass it: NO_PROXY=${TARGET}`
const refused = (status: number, hint: string, connections: number) => ({
  title: `a refusal with the status ${status}`,
  sends: `HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`,
  message: `The proxy PROXY refused to connect to ${TARGET} \\(status ${status}\\)`,
  details: {hint, status},
  connections,
})
const unreachable = (message: string, connections: number) => ({
  message: `Could not reach the proxy ${message}, after 4 attempts`,
  details: {hint: 'Check the proxy variables, and that the proxy is reachable from this machine'},
  connections,
})

describe('requests through a proxy', () => {
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
    clearVariables()
    nock.activate()
  })

  const failures: readonly {
    readonly title: string
    /** What the proxy sends before it closes the connection. Without it, the proxy sends nothing. */
    readonly sends?: string
    /** Another address than that of the recording proxy. */
    readonly address?: string
    readonly kind?: ErrorKind
    /** A pattern, with PROXY for the host of the recording proxy. */
    readonly message: string
    readonly details: object
    readonly connections: number
  }[] = [
    refused(407, credentials, 1),
    refused(403, bypass, 1),
    refused(502, bypass, 4),
    {title: 'a proxy that hangs up', sends: '', ...unreachable(String.raw`PROXY \([A-Z_]+\)`, 4)},
    {title: 'another protocol', sends: 'SSH-2.0-OpenSSH_9.6\r\n', ...unreachable(String.raw`PROXY \(HPE_[A-Z_]+\)`, 4)},
    {
      title: 'a proxy that does not listen',
      address: 'http://jo:s3cret@127.0.0.1:1',
      ...unreachable(String.raw`127.0.0.1:1 \(ECONNREFUSED\)`, 0),
    },
    {
      title: 'a proxy with an IPv6 address, which is not looked up',
      address: 'http://[::1]:1',
      ...unreachable(String.raw`\[::1]:1 \((?!ENOTFOUND|EAI_AGAIN)[A-Z_]+\)`, 0),
    },
    {
      title: 'a proxy that does not respond',
      kind: 'timeout',
      message: 'The proxy PROXY did not respond in time, after 2 attempts',
      details: {hint: 'Check your network and the proxy variables, then try again'},
      connections: 2,
    },
  ]
  for (const {address, connections, details, kind = 'network', message, sends, title} of failures) {
    it(`reports ${title}`, async () => {
      if (sends !== undefined) proxy.onConnect = (socket) => socket.end(sends)
      setVariables({HTTPS_PROXY: address ?? `http://jo:s3cret@${proxy.host}`})
      const error = await failureOf(get(kind === 'timeout' ? 50 : 5000))
      expect(error).to.deep.include({kind, details})
      expect(error.message.replace(proxy.host, 'PROXY')).to.match(new RegExp(`^${message}`))
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
