import {expect} from 'chai'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {type Env, homeFor, runCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'

const LIST = ['deployment', 'organization-token', 'list', '--deployment-id', ids.deployments.etlProd, '--json']

/** What `astro auth token` of the Astro CLI prints: the access token of a login, which names no Organization. */
describe('ASTRO_API_TOKEN with the token of a user', function () {
  this.timeout(60_000)
  let api: AstroApi
  let home: string
  let env: Env

  beforeEach(async () => {
    api = await startAstroApi()
    home = homeFor(api)
    env = {HOME: home, PATH: process.env.PATH, ASTRO_DOMAIN: 'localhost'}
  })

  afterEach(async () => {
    await api.close()
  })

  const operations = () => api.requests.map(({operationId}) => operationId)
  const organizations = () => api.world.organizations.map(({id}) => id)

  it('works in the only Organization of the user', async () => {
    const run = await runCli(LIST, {...env, ASTRO_API_TOKEN: api.login().accessToken})

    expect(run).to.deep.include({exit: 0, stderr: ''})
    expect(operations()).to.deep.equal(['listOrganizations', 'listApiTokens'])
  })

  it('works in ASTRO_ORGANIZATION_ID', async () => {
    const ASTRO_API_TOKEN = api.login({organizations: organizations()}).accessToken

    const run = await runCli(LIST, {...env, ASTRO_API_TOKEN, ASTRO_ORGANIZATION_ID: ids.organization})

    expect(run).to.deep.include({exit: 0, stderr: ''})
    expect(operations()).to.deep.equal(['listApiTokens'])
  })

  it('asks for one of several Organizations, and offers that of the saved context first', async () => {
    const [first = '', second = ''] = organizations()
    const ASTRO_API_TOKEN = api.login({organizations: organizations()}).accessToken
    const contexts = `contexts: {localhost: {token: 'Bearer ', organization: ${second}}}\n`
    writeFileSync(join(home, '.astro', 'config.yaml'), `local: {core: "${api.url}"}\n${contexts}`)

    const run = await runCli(LIST, {...env, ASTRO_API_TOKEN})

    expect(run.exit).to.equal(2)
    expect(json(run)).to.have.nested.property('error.kind', 'usage')
    expect(json(run)).to.have.nested.property('error.candidates[0].id', second)
    expect(json(run)).to.have.nested.property('error.candidates[1].id', first)
    expect(operations()).to.deep.equal(['listOrganizations'])
  })
})
