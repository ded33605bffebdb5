import {expect} from 'chai'
import {execFileSync} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import {type AddressInfo, connect, type Server} from 'node:net'
import {join} from 'node:path'
import {type Duplex, pipeline} from 'node:stream'
import {createServer as createTlsServer} from 'node:tls'

import {ignore} from '../../src/lib/helpers.js'
import {bigWorld, bigWorldId} from '../astro-api/big-world.js'
import {ids} from '../astro-api/world.js'
import {BIN, newFolder, runCli, runShell, shellWords} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {command, placeDuring, roleOnDeployment, rolesOf} from './support.js'

const {deployments, tokens} = ids

/** What Node's functions do for a user ID without a name, as in many containers. */
const UNKNOWN_USER = `
  import {syncBuiltinESMExports} from 'node:module'
  import os from 'node:os'
  const unknown = () => { throw new Error('no such user') }
  Object.assign(os, {homedir: () => process.env.HOME ?? unknown(), userInfo: unknown})
  syncBuiltinESMExports()`

describe('the program against the API', function () {
  const place = placeDuring(this)

  it('leaves stdin to the loop that it runs in, and sends all requests of a run over one connection', async () => {
    const {api, env, operations} = place
    const argv = ['deployment', 'token', 'organization-token', 'add', '-n', 'ci-pipeline', '--deployment-id']
    const add = shellWords([process.execPath, BIN, ...argv])
    const two = [deployments.reports, deployments.billing]

    const run = await runShell(`echo '${two.join('\n')}' | while read -r id; do ${add} "$id"; done`, env)

    expect(run).to.deep.include({exit: 0, stderr: ''})
    expect(rolesOf(api, tokens.ciPipeline).slice(1)).to.deep.equal(
      two.map((id) => roleOnDeployment(id, 'DEPLOYMENT_ADMIN')),
    )
    const requests = ['listApiTokens', 'getApiToken', 'updateApiTokenRoles']
    expect(operations()).to.deep.equal([...requests, ...requests])
    expect(new Set(api.requests.map(({connection}) => connection)).size).to.equal(2)
  })

  it('uses the Deployment of the project in the working directory, and names the file on stderr', async () => {
    const project = newFolder('project')
    const file = join(project, '.astro', 'config.yaml')
    mkdirSync(join(project, '.astro'))
    writeFileSync(file, `project: {deployment: ${deployments.billing}}\n`)

    const run = await runCli(command('list'), place.env, project)

    expect(run).to.deep.include({exit: 0, stderr: `Deployment ${deployments.billing} (from ${file})\n`})
    expect(run.stdout).to.contain('nightly')
  })

  it('reaches the API behind a proxy through one tunnel, and ends at once', async () => {
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
    const add = command('add', tokens.dataQuality, '--deployment-id', deployments.etlProd, '--json')
    const run = await runCli(add, {...env, ...more})
    astro.close()
    proxy.close()

    expect(run).to.deep.include({exit: 0, stderr: ''})
    expect(json(run)).to.have.nested.property('deployments[0].action', 'added')
    expect(operations()).to.deep.equal(['getApiToken', 'updateApiTokenRoles'])
    expect(tunnels).to.deep.equal(['api.astronomer.io:443'])
  })

  it('works for a user that the system does not know, without HOME and SHELL', async () => {
    const {HOME, ...env} = place.env
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(UNKNOWN_USER)}`

    const list = command('list', '--deployment-id', deployments.etlProd)
    const run = await runCli(list, {...env, ASTRO_HOME: HOME, NODE_OPTIONS})

    expect(run).to.deep.include({exit: 0, stderr: ''})
  })

  it('changes and lists 2,000 Deployments with one write in little memory, in an Organization of 10,000 tokens', async () => {
    const {api, operations} = place
    const {deployments: all, tokens: many} = bigWorld({tokens: 10_000, deployments: 2000, rolesPerToken: 3})
    Object.assign(api.world, {deployments: all, tokens: many})
    const id = bigWorldId('token', 0)
    const before = rolesOf(api, id)
    // In megabytes: a list that is copied needlessly does not fit.
    const env = {...place.env, NODE_OPTIONS: '--max-old-space-size=128'}

    const add = await runCli(command('add', id, '--all-deployments', '--yes', '--role', 'Log Reader'), env)
    const list = await runCli(command('list', '--all-deployments', '--csv'), env)

    expect([add.exit, list.exit]).to.deep.equal([0, 0])
    const others = before.filter(({entityType}) => entityType !== 'DEPLOYMENT')
    const given = all.map((deployment) => roleOnDeployment(deployment.id, 'Log Reader'))
    expect(textsOf(rolesOf(api, id))).to.deep.equal(textsOf([...others, ...given]))
    expect(operations().filter((operation) => operation === 'updateApiTokenRoles')).to.have.length(1)
    expect(list.stdout.split('\r\n')).to.have.length(1 + 2000 + 9999 * 3 + 1)
  })
})

/** Comparing them is faster than deep members. */
function textsOf(roles: readonly unknown[]): string[] {
  return roles.map((role) => JSON.stringify(role)).toSorted()
}

/** Resolves to the port of the server. */
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
  const how = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 1'.split(' ')
  const what = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-keyout', key, '-out', file]
  execFileSync('openssl', ['req', ...how, ...what], {stdio: 'ignore'})
  return {cert: readFileSync(file), file, key: readFileSync(key)}
}
