import {expect} from 'chai'
import {spawn} from 'node:child_process'
import {readFile, writeFile} from 'node:fs/promises'
import {stripVTControlCharacters} from 'node:util'

import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {BIN, type Env, envFor, finished, runCli, runOnTerminal} from '../support/run-cli.js'
import {json} from '../support/run-command.js'

const {deployments, tokens} = ids
const COMMAND = ['deployment', 'organization-token']
const ALIAS = ['deployment', 'token', 'organization-token']

function roleOn(entityId: string, role: string) {
  return {entityType: 'DEPLOYMENT', entityId, role}
}

describe('the program against the API', function () {
  this.timeout(60_000)
  let api: AstroApi
  let env: Env

  beforeEach(async () => {
    api = await startAstroApi()
    env = envFor(api)
  })

  afterEach(async () => {
    const {violations} = api
    await api.close()
    expect(violations).to.deep.equal([])
  })

  const rolesOf = (id: string) => api.world.tokens.find((token) => token.id === id)?.roles
  const operations = () => api.requests.map(({operationId}) => operationId)

  for (const command of [COMMAND, ALIAS]) {
    describe(`as ${command.join(' ')}`, () => {
      it('lists in one request, without a line on stderr', async () => {
        const run = await runCli([...command, 'list', '--deployment-id', deployments.etlProd], env)

        expect(run).to.deep.include({exit: 0, stderr: ''})
        expect(run.stdout.split('\n').map((line) => line.split('\t').slice(0, 5))).to.deep.equal([
          ['ID', 'NAME', 'DESCRIPTION', 'SCOPE', 'DEPLOYMENT_ROLE'],
          [tokens.terraform, 'terraform', 'Made by another token', 'ORGANIZATION', 'Log Reader'],
          [tokens.deployBot, 'deploy-bot', 'Deploys everywhere', 'ORGANIZATION', 'DEPLOYMENT_ADMIN'],
          [tokens.dataQuality, 'data-quality', '', 'ORGANIZATION', ''],
          [''],
        ])
        expect(operations()).to.deep.equal(['listApiTokens'])
      })

      it('adds by ID in two requests', async () => {
        const before = rolesOf(tokens.dataQuality) ?? []

        const run = await runCli([...command, 'add', tokens.dataQuality, '--deployment-id', deployments.etlProd], env)

        expect(run).to.deep.equal({
          exit: 0,
          stderr: '',
          stdout: `Added data-quality (${tokens.dataQuality}) to Deployment ${deployments.etlProd} as DEPLOYMENT_ADMIN.\n`,
        })
        expect(operations()).to.deep.equal(['getApiToken', 'updateApiTokenRoles'])
        expect(rolesOf(tokens.dataQuality)).to.deep.equal([...before, roleOn(deployments.etlProd, 'DEPLOYMENT_ADMIN')])
        expect(api.requests[1]?.body).to.deep.equal({roles: rolesOf(tokens.dataQuality)})
      })

      it('adds by name in three requests over one connection', async () => {
        const argv = ['add', '-n', 'ci-pipeline', '--deployment-id', deployments.reports, '-r', 'Deploy Reader']

        const run = await runCli([...command, ...argv], env)

        expect(run.exit).to.equal(0)
        expect(operations()).to.deep.equal(['listApiTokens', 'getApiToken', 'updateApiTokenRoles'])
        expect(new Set(api.requests.map(({connection}) => connection)).size).to.equal(1)
        expect(rolesOf(tokens.ciPipeline)).to.deep.include(roleOn(deployments.reports, 'Deploy Reader'))
      })

      it('updates by ID and by name', async () => {
        const byId = ['update', tokens.deployBot, '--deployment-id', deployments.etlStaging]
        const byName = ['update', '-n', 'deploy-bot', '--deployment-id', deployments.reports, '--role=Log Reader']

        const first = await runCli([...command, ...byId], env)
        const second = await runCli([...command, ...byName], env)

        expect(first.stdout).to.contain('Deploy Reader → DEPLOYMENT_ADMIN')
        expect(second.stdout).to.contain('Deploy Operator → Log Reader')
        expect(rolesOf(tokens.deployBot)?.slice(1)).to.deep.equal([
          roleOn(deployments.etlProd, 'DEPLOYMENT_ADMIN'),
          roleOn(deployments.etlStaging, 'DEPLOYMENT_ADMIN'),
          roleOn(deployments.reports, 'Log Reader'),
        ])
      })

      it('removes by ID and by name', async () => {
        const byId = ['remove', tokens.deployBot, '--deployment-id', deployments.etlStaging, '--json']
        const byName = ['remove', '-n', 'deploy-bot', '--deployment-id', deployments.reports]

        const first = await runCli([...command, ...byId], env)
        const second = await runCli([...command, ...byName], env)

        expect(json(first)).to.have.nested.property('deployments[0].action', 'removed')
        expect(second.stdout).to.contain(`Removed deploy-bot (${tokens.deployBot})`)
        expect(rolesOf(tokens.deployBot)?.slice(1)).to.deep.equal([roleOn(deployments.etlProd, 'DEPLOYMENT_ADMIN')])
      })
    })
  }

  it('leaves standard input to the loop that it runs in', async () => {
    const loop = `while read -r id; do "$NODE" "$BIN" ${COMMAND.join(' ')} add -n ci-pipeline --deployment-id "$id"; done`
    const child = spawn('sh', ['-c', loop], {env: {...env, BIN, NODE: process.execPath}})
    child.stdin.end(`${deployments.reports}\n${deployments.billing}\n`)

    const run = await finished(child)

    expect(run).to.deep.include({exit: 0, stderr: ''})
    expect(rolesOf(tokens.ciPipeline)).to.deep.include(roleOn(deployments.reports, 'DEPLOYMENT_ADMIN'))
    expect(rolesOf(tokens.ciPipeline)).to.deep.include(roleOn(deployments.billing, 'DEPLOYMENT_ADMIN'))
  })

  it('draws a table on a terminal, whatever is in a name', async () => {
    const token = api.world.tokens.find(({id}) => id === tokens.deployBot)
    if (token) token.name = 'deploy\u001B]0;owned\u0007-bot\u202E\n2'

    const run = await runOnTerminal([...COMMAND, 'list', '--deployment-id', deployments.etlProd], env)

    expect(run.exit).to.equal(0)
    const shown = stripVTControlCharacters(run.stdout)
    expect(shown).to.match(/ID +NAME +DESCRIPTION +SCOPE +DEPLOYMENT_ROLE +CREATED +CREATED BY/)
    expect(shown).to.match(new RegExp(`${tokens.deployBot} +deploy-bot\uFFFD 2 +Deploys everywhere`))
    expect(run.stdout).not.to.contain('owned')
  })

  for (const [what, field, reason] of [
    ['a number that would change', '9007199254740993', '9007199254740993 in them would change.'],
    ['20,000 levels', '['.repeat(20_000) + ']'.repeat(20_000), 'they are nested too deeply.'],
  ] as const) {
    it(`does not write roles with ${what}, and says why in one error`, async () => {
      const id = tokens.deployBot
      const role = `{"entityType":"NEW","entityId":"x","role":"r","field":${field}}`
      const body = `{"id":"${id}","name":"deploy-bot","scope":"ORGANIZATION","roles":[${role}]}`
      api.inject({operationId: 'getApiToken', times: Infinity, action: {kind: 'body', body}})

      const run = await runCli([...COMMAND, 'add', id, '--deployment-id', deployments.billing, '--json'], env)

      expect(run.exit).to.equal(1)
      expect(json(run)).to.deep.include({
        error: {
          kind: 'api',
          message: `The roles of token ${id} cannot be sent back as they are: ${reason}`,
          exit: 1,
          hint: 'Change the roles of this token in the Astro UI instead',
        },
      })
      expect(operations()).to.deep.equal(['getApiToken'])
    })
  }

  it('asks for the pages after the first side by side', async () => {
    const template = api.world.tokens.find(({id}) => id === tokens.deployBot)
    if (!template) throw new Error('the world has no deploy-bot')
    for (let index = 0; index < 3400; index++) {
      api.world.tokens.push({...template, id: `cl${String(index).padStart(23, '0')}`})
    }

    api.inject({operationId: 'listApiTokens', skip: 1, times: 3, action: {kind: 'delay', ms: 200}})
    const run = await runCli([...COMMAND, 'list', '--deployment-id', deployments.etlProd], env)

    expect(run.stdout.split('\n')).to.have.length(3 + 3400 + 2)
    expect(api.requests.map(({query}) => query.offset)).to.have.members(['0', '999', '1998', '2997'])
    const [, ...others] = api.requests
    const latestStart = Math.max(...others.map(({startedAt}) => startedAt))
    const earliestEnd = Math.min(...others.map(({endedAt}) => endedAt ?? 0))
    expect(latestStart).to.be.below(earliestEnd)
  })

  it('works with a login that was saved, and leaves its file as it is', async () => {
    const {accessToken} = api.login()
    const file = `${env.HOME ?? ''}/.astro/config.yaml`
    const saved = `# mine
local: {core: "${api.url}"}
context: localhost
contexts:
  localhost:
    domain: localhost
    token: Bearer ${accessToken}
    organization: ${ids.organization}
    expiresin: ${new Date(Date.now() + 3_600_000).toISOString()}
`
    await writeFile(file, saved)

    const run = await runCli([...COMMAND, 'list', '--deployment-id', deployments.etlProd, '--json'], {
      ...env,
      ASTRO_API_TOKEN: undefined,
      ASTRO_DOMAIN: undefined,
    })

    expect(run.exit).to.equal(0)
    expect(json(run)).to.have.property('tokens').with.length(3)
    expect(await readFile(file, 'utf8')).to.equal(saved)
  })

  it('asks which Organization a token without one belongs to', async () => {
    const withoutOrganization = {...env, ASTRO_API_TOKEN: api.apiToken({organizationId: null})}

    const run = await runCli([...COMMAND, 'list', '--deployment-id', deployments.etlProd], withoutOrganization)

    expect(run.exit).to.equal(0)
    expect(operations()).to.deep.equal(['listOrganizations', 'listApiTokens'])
  })

  it('tries a read again that fails for a moment, and looks before it tries a write again', async () => {
    api.inject({operationId: 'getApiToken', times: 2, action: {kind: 'status', status: 503}})
    api.inject({operationId: 'updateApiTokenRoles', times: 1, action: {kind: 'status', status: 503}})
    const argv = [...COMMAND, 'add', tokens.ciPipeline, '--deployment-id', deployments.reports, '--json']

    const run = await runCli(argv, env)

    expect(run.exit).to.equal(0)
    expect(operations()).to.deep.equal([
      'getApiToken',
      'getApiToken',
      'getApiToken',
      'updateApiTokenRoles',
      'getApiToken',
      'updateApiTokenRoles',
    ])
    expect(rolesOf(tokens.ciPipeline)).to.deep.include(roleOn(deployments.reports, 'DEPLOYMENT_ADMIN'))
  })
})
