import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import {createServer} from 'node:http'
import {type AddressInfo, connect, type Server} from 'node:net'
import {join} from 'node:path'
import {type Duplex, pipeline} from 'node:stream'
import {createServer as createTlsServer} from 'node:tls'

import {ignore} from '../../src/lib/helpers.js'
import {ids} from '../astro-api/world.js'
import {newFolder, runCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {command, createPlace} from './support.js'

describe('the program behind a proxy', function () {
  this.timeout(60_000)
  const place = createPlace()

  beforeEach(place.open)

  afterEach(place.close)

  it('reaches the API through one tunnel, and ends at once', async () => {
    const {api, env, operations} = place
    const certificate = selfSigned('api.astronomer.io')
    const astro = createTlsServer(certificate, (socket) => {
      pipeBoth(socket, connect(Number(new URL(api.url).port), '127.0.0.1'))
    })
    const port = await listen(astro)
    const tunnels: unknown[] = []
    const proxy = createServer().on('connect', ({url}, socket) => {
      tunnels.push(url)
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      pipeBoth(socket, connect(port, '127.0.0.1'))
    })
    const HTTPS_PROXY = `http://jo:secret@127.0.0.1:${await listen(proxy)}`

    const more = {ASTRO_DOMAIN: 'astronomer.io', HTTPS_PROXY, NODE_EXTRA_CA_CERTS: certificate.file}
    const add = command('add', ids.tokens.dataQuality, '--deployment-id', ids.deployments.etlProd, '--json')
    const run = await runCli(add, {...env, ...more})
    astro.close()
    proxy.close()

    expect(run).to.deep.include({exit: 0, stderr: ''})
    expect(json(run)).to.have.nested.property('deployments[0].action', 'added')
    expect(operations()).to.deep.equal(['getApiToken', 'updateApiTokenRoles'])
    expect(tunnels).to.deep.equal(['api.astronomer.io:443'])
  })
})

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

/** Passes on the data of both ends until one of them closes. */
function pipeBoth(here: Duplex, there: Duplex): void {
  pipeline(here, there, here, ignore)
}

/** A key, and a self-signed certificate for the name, in a file that NODE_EXTRA_CA_CERTS can name. */
function selfSigned(name: string): {readonly cert: Buffer; readonly file: string; readonly key: Buffer} {
  const folder = newFolder('proxy')
  const [key, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const what = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-days', '1']
  const how = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc']
  execFileSync('openssl', ['req', ...how, ...what, '-keyout', key, '-out', file], {stdio: 'ignore'})
  return {cert: readFileSync(file), file, key: readFileSync(key)}
}
