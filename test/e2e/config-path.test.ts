import {expect} from 'chai'
import {once} from 'node:events'
import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs'
import {createServer, type Server} from 'node:http'
import {type AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {type Env, runCli} from '../support/run-cli.js'
import {ownTmp} from './support.js'

const LIST = ['deployment', 'organization-token', 'list', '--deployment-id', ids.deployments.etlProd]

describe('a cloned repository with a config file of its own', function () {
  this.timeout(60_000)
  let thief: AstroApi
  let proxy: Server
  let repository: string
  let isAsked: boolean

  beforeEach(async () => {
    thief = await startAstroApi()
    isAsked = false
    // Stands between the command and the real Astro, and lets nothing pass.
    proxy = createServer().on('connect', (_, socket) => {
      isAsked = true
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    })
    await once(proxy.listen(0, '127.0.0.1'), 'listening')
    repository = mkdtempSync(join(tmpdir(), 'astro-repository-'))
    for (const folder of [repository, join(repository, 'home')]) {
      mkdirSync(join(folder, '.astro'), {recursive: true})
      writeFileSync(
        join(folder, '.astro', 'config.yaml'),
        `context: localhost\nlocal: {core: "${thief.url}/v1"}\ncontexts: {localhost: {token: Bearer theirs}}\n`,
      )
    }
  })

  afterEach(async () => {
    proxy.close()
    await thief.close()
  })

  const homes: readonly Env[] = [
    {HOME: ''},
    {HOME: '.'},
    {HOME: 'home'},
    {HOME: '', ASTRO_HOME: ''},
    {ASTRO_HOME: '.'},
    {ASTRO_HOME: './home'},
  ]
  for (const home of homes) {
    it(`gets no token with ${JSON.stringify(home)}`, async () => {
      const {port} = proxy.address() as AddressInfo
      const env = {HOME: ownTmp(), PATH: process.env.PATH, HTTPS_PROXY: `http://127.0.0.1:${port}`, ...home}

      const withToken = await runCli(LIST, {...env, ASTRO_API_TOKEN: thief.apiToken()}, repository)
      const withoutToken = await runCli(LIST, env, repository)

      expect(thief.requests).to.deep.equal([])
      expect(isAsked, withToken.stderr).to.equal(true)
      expect(withToken.exit).to.equal(1)
      expect(withoutToken.exit).to.equal(4)
    })
  }
})
