import {expect} from 'chai'
import {spawn} from 'node:child_process'
import {mkdtempSync, readFileSync, symlinkSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {delimiter, dirname, join} from 'node:path'

import {EXITS} from '../../src/lib/errors.js'
import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {BIN, type Env, finished, runCli} from '../support/run-cli.js'
import {ownEnvFor, roleOn} from './support.js'

const OUTPUT_PAGE = readFileSync(new URL('../../docs/output.md', import.meta.url), 'utf8')
const COMMANDS = ['add', 'list', 'remove', 'update'] as const

/** What the examples speak of. */
const EXAMPLE = {
  token: 'clnp86ly5000401ndagu4y5p7',
  deployment: 'clm8xq0b1000008l4d2g7h3kz',
  workspace: 'clwp86ly5000401ndaws1y5p7',
  role: 'deploy-reader',
}

/** The world with what the examples speak of in it. */
function arrange({world}: AstroApi): void {
  const token = world.tokens.find(({id}) => id === ids.tokens.ciPipeline)
  const [deployment] = world.deployments
  const role = world.customRoles.find(({scopeType}) => scopeType === 'DEPLOYMENT')
  if (!token || !deployment || !role) throw new Error('the world lacks what the examples are made of')
  const roles = [...(token.roles ?? []), roleOn(EXAMPLE.deployment, 'DEPLOYMENT_ADMIN')]
  world.tokens.push({...token, id: EXAMPLE.token, name: 'my-org-token', roles})
  world.workspaces.push({id: EXAMPLE.workspace, name: 'Examples', organizationId: ids.organization})
  world.deployments.push({...deployment, id: EXAMPLE.deployment, name: 'example', workspaceId: EXAMPLE.workspace})
  world.customRoles.push({...role, name: EXAMPLE.role})
}

/** The commands under EXAMPLES, as they are shown there, broken lines and all. */
function examplesIn(help: string): string[] {
  const [, examples = ''] = help.split('\nEXAMPLES\n')
  return [...examples.matchAll(/^ *\$ ((?:.*\\\n)*.*)$/gm)].map(([, command = '']) => command)
}

describe('the help', function () {
  this.timeout(60_000)
  const folder = mkdtempSync(join(tmpdir(), 'astro-bin-'))
  let api: AstroApi
  let env: Env

  before(() => {
    symlinkSync(BIN, join(folder, 'astro'))
  })

  beforeEach(async () => {
    api = await startAstroApi()
    const path = [folder, dirname(process.execPath), process.env.PATH].join(delimiter)
    env = ownEnvFor(api, {ASTRO_DEPLOYMENT_ID: EXAMPLE.deployment, PATH: path})
  })

  afterEach(async () => {
    await api.close()
  })

  const helpOf = async (...command: string[]) => {
    const run = await runCli(['deployment', 'organization-token', ...command, '--help'], env)
    expect(run).to.deep.include({exit: 0, stderr: ''})
    return run.stdout
  }

  it('of the topic lists every exit code with its kinds, and the environment variables of docs/output.md', async () => {
    const help = await helpOf()

    for (const [kind, exit] of Object.entries(EXITS))
      expect(help).to.match(new RegExp(`^ +${exit} +.*\\b${kind}\\b`, 'm'))
    const named = help.split('Environment variables:')[1]?.match(/\b[A-Z]+_[A-Z_]+\b|^ +[A-Z]+\b(?= {2})/gm) ?? []
    const [, table = ''] = OUTPUT_PAGE.split('## Environment variables\n')
    const documented = [...table.matchAll(/`([A-Z_]{2,})`(?=[^|]*\|[^|]*\|$)/gm)].map(([, name = '']) => name)
    expect(documented).to.include.members(['ASTRO_API_TOKEN', 'DEBUG'])
    expect(documented.toSorted()).to.deep.equal([...new Set(named.map((name) => name.trim()))].toSorted())
  })

  for (const command of COMMANDS) {
    describe(`of ${command}`, () => {
      it('has examples that run as they are shown', async () => {
        const examples = examplesIn(await helpOf(command))
        expect(examples).to.have.length.above(1)

        for (const example of examples) {
          api.reset()
          arrange(api)
          const run = await finished(spawn('sh', ['-c', example], {env, stdio: ['ignore', 'pipe', 'pipe']}))

          expect(run, example).to.deep.include({exit: 0})
          expect(run.stdout, example).to.contain('my-org-token')
        }
      })

      it('shows flags in groups', async () => {
        const help = await helpOf(command)

        expect(help).to.match(/^DEPLOYMENT FLAGS\n.*--deployment-id=/ms)
        if (command !== 'list') expect(help).to.match(/^FLAGS\n +-n, --org-token-name=/m)
      })

      it('fits 36 lines above its examples, 40 for list, of 80 columns, and points to the topic', async () => {
        const help = await helpOf(command)
        const above = help.slice(0, help.indexOf('\nEXAMPLES\n')).split('\n')

        expect(above.length).to.be.at.most(command === 'list' ? 40 : 36)
        for (const line of help.split('\n')) expect(line.length, line).to.be.at.most(80)
        expect(help).to.contain('astro deployment organization-token --help')
      })
    })
  }
})
