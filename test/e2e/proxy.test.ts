import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, readFileSync} from 'node:fs'
import {createServer, type IncomingMessage, type Server} from 'node:http'
import {type AddressInfo, connect, type Socket} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {type Duplex} from 'node:stream'
import {createServer as createTlsServer} from 'node:tls'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {type Env, envFor, homeFor, runCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'

const {etlProd} = ids.deployments
const LIST = ['deployment', 'organization-token', 'list', '--deployment-id', etlProd, '--json']
const ADD = ['deployment', 'organization-token', 'add', ids.tokens.dataQuality, '--deployment-id', etlProd, '--json']
const PASSWORD = 'pr0xy-s3cret'

describe('the program behind a proxy', function () {
  this.timeout(60_000)
  let api: AstroApi
  let proxy: Proxy
  let env: Env

  beforeEach(async () => {
    api = await startAstroApi()
    proxy = await startProxy()
    const address = `http://jo:${PASSWORD}@${proxy.host}`
    env = envFor(api, {ASTRO_DOMAIN: 'astronomer.io', HTTPS_PROXY: address, HTTP_PROXY: address})
  })

  afterEach(async () => {
    await Promise.all([api.close(), proxy.close()])
  })

  it('reaches the API through one tunnel, and ends at once', async () => {
    const certificate = selfSigned('api.astronomer.io')
    const door = createTlsServer(certificate, (socket) => {
      joined(socket, connect(portOf(api.url), '127.0.0.1'))
    })
    await once(door.listen(0, '127.0.0.1'), 'listening')
    proxy.onConnect = (socket) => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      joined(socket, connect((door.address() as AddressInfo).port, '127.0.0.1'))
    }

    const run = await runCli(ADD, {...env, NODE_EXTRA_CA_CERTS: certificate.file})
    door.close()

    expect(run).to.deep.include({exit: 0, stderr: ''})
    expect(json(run)).to.have.nested.property('deployments[0].action', 'added')
    expect(api.requests.map(({operationId}) => operationId)).to.deep.equal(['getApiToken', 'updateApiTokenRoles'])
    expect(proxy.seen.map(({url}) => url)).to.deep.equal(['api.astronomer.io:443'])
  })

  for (const status of [407, 502]) {
    it(`fails with the proxy's name where it answers ${status}, and shows no secret, here or there`, async () => {
      proxy.onConnect = (socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`)

      const run = await runCli(LIST, {...env, DEBUG: '*'})

      expect(run.exit).to.equal(1)
      expect(JSON.parse(run.stdout)).to.have.nested.property('error.kind', 'network')
      expect(run.stdout).to.contain(proxy.host)
      expect(new Set(proxy.seen.map(({method, url}) => `${method ?? ''} ${url ?? ''}`))).to.have.all.keys(
        'CONNECT api.astronomer.io:443',
      )
      const secret = env.ASTRO_API_TOKEN ?? ''
      for (const {headers} of proxy.seen) {
        expect(headers).not.to.have.property('authorization')
        expect(JSON.stringify(headers)).not.to.contain(secret)
      }

      expect(run.stdout + run.stderr).not.to.contain(secret)
      expect(run.stdout + run.stderr).not.to.contain(PASSWORD)
    })
  }

  it('refuses a proxy variable that it cannot use, without its password', async () => {
    const run = await runCli(LIST, {...env, HTTPS_PROXY: `socks5://jo:${PASSWORD}@${proxy.host}`})

    expect(run.exit).to.equal(2)
    expect(run.stdout).to.contain('"config"').and.to.contain('HTTPS_PROXY').and.not.to.contain(PASSWORD)
  })

  it('goes straight to an API on this machine', async () => {
    const run = await runCli(LIST, {...env, ASTRO_DOMAIN: 'localhost'})

    expect(run.exit).to.equal(0)
    expect(api.requests).to.have.length(1)
    expect(proxy.seen).to.have.length(0)
  })

  it('goes straight to what NO_PROXY names', async () => {
    const home = homeFor({url: 'https://astro.invalid'})

    const run = await runCli(LIST, {...env, ASTRO_DOMAIN: 'localhost', HOME: home, NO_PROXY: '.example, .invalid'})

    expect(run.exit).to.equal(1)
    expect(run.stdout).to.contain('Could not reach astro.invalid')
    expect(proxy.seen).to.have.length(0)
  })
})

interface Proxy {
  /** Address and port. */
  readonly host: string
  /** Every request, CONNECT or not. */
  readonly seen: IncomingMessage[]
  /** Answers a CONNECT; refuses it unless set. */
  onConnect: (socket: Duplex) => unknown
  close: () => Promise<void>
}

async function startProxy(): Promise<Proxy> {
  const seen: IncomingMessage[] = []
  const sockets = new Set<Socket>()
  const server: Server = createServer((request, response) => {
    seen.push(request)
    response.writeHead(502).end()
  })
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.on('connect', (request, socket) => {
    seen.push(request)
    proxy.onConnect(socket)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const proxy: Proxy = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    onConnect: (socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'),
    async close() {
      for (const socket of sockets) socket.destroy()
      await once(server.close(), 'close')
    },
  }
  return proxy
}

/** Passes on what comes in at either end, until one of them ends. */
function joined(here: Duplex, there: Duplex): void {
  here.pipe(there).pipe(here)
  for (const [one, other] of [
    [here, there],
    [there, here],
  ] as const) {
    one.once('error', () => other.destroy()).once('close', () => other.destroy())
  }
}

/** A key, and a certificate of its own for the name, in a file that NODE_EXTRA_CA_CERTS can name. */
function selfSigned(name: string): {readonly cert: Buffer; readonly file: string; readonly key: Buffer} {
  const folder = mkdtempSync(join(tmpdir(), 'astro-proxy-'))
  const [key, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const what = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-days', '1']
  const how = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc']
  execFileSync('openssl', ['req', ...how, ...what, '-keyout', key, '-out', file], {stdio: 'ignore'})
  return {cert: readFileSync(file), file, key: readFileSync(key)}
}

function portOf(url: string): number {
  return Number(new URL(url).port)
}
