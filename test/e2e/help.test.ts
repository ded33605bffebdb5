import {expect} from 'chai'
import {readFileSync} from 'node:fs'

import {type AstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {pathWith, programFolder} from '../support/programs.js'
import {envFor, newFolder, runCli, runShell} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {command, createPlace, roleOnDeployment, tokenOf} from './support.js'

const OUTPUT_PAGE = readFileSync(new URL('../../docs/output.md', import.meta.url), 'utf8')
const VERBS = ['add', 'list', 'remove', 'update'] as const

/** The IDs and names in the examples. */
const EXAMPLE = {
  token: 'clnp86ly5000401ndagu4y5p7',
  deployment: 'clm8xq0b1000008l4d2g7h3kz',
  workspace: 'clwp86ly5000401ndaws1y5p7',
  role: 'deploy-reader',
}

/** The usage lines and an example of Astro's documentation of these commands. */
const DOCUMENTED = [
  'add --deployment-id=<my-deployment-id> --role=DEPLOYMENT_ADMIN --org-token-name=<org-token-name>',
  'add --deployment-id=<my-deployment-id> --role=DEPLOYMENT_ADMIN --org-token-name="My org token"',
  'list --deployment-id=<your-deployment-id>',
  'remove --deployment-id=<my-deployment-id> --org-token-name=<org-token-name>',
  'update --deployment-id=<my-deployment-id> --role=DEPLOYMENT_ADMIN --org-token-name=<org-token-name>',
]

/** Adds a token of this name, with this role on the Deployment of the examples, and everything else that they name. */
function arrange(api: AstroApi, name: string, onDeployment: string): void {
  const {customRoles, deployments, tokens, workspaces} = api.world
  const token = tokenOf(api, ids.tokens.ciPipeline)
  const roles = [...(token.roles ?? []), roleOnDeployment(EXAMPLE.deployment, onDeployment)]
  tokens.push({...token, id: EXAMPLE.token, name, roles})
  workspaces.push({id: EXAMPLE.workspace, name: 'Examples', organizationId: ids.organization})
  for (const deployment of deployments.slice(0, 1))
    deployments.push({...deployment, id: EXAMPLE.deployment, workspaceId: EXAMPLE.workspace})
  for (const role of customRoles.filter(({scopeType}) => scopeType === 'DEPLOYMENT').slice(0, 1))
    customRoles.push({...role, name: EXAMPLE.role})
}

describe('the help', function () {
  this.timeout(60_000)
  const PATH = pathWith(programFolder())
  const place = createPlace()

  beforeEach(place.open)

  afterEach(place.close)

  /** Runs a line of shell in an Organization that has what it names. */
  const runLine = async (line: string, name: string, onDeployment: string) => {
    const {api} = place
    api.reset()
    arrange(api, name, onDeployment)
    return runShell(line, envFor(api, {ASTRO_DEPLOYMENT_ID: EXAMPLE.deployment, PATH}))
  }

  const helpOf = async (...words: string[]) => {
    const run = await place.run(...words, '--help')
    expect(run).to.deep.include({exit: 0, stderr: ''})
    return run.stdout
  }

  it('of the topic lists the commands, then exit codes, then environment variables that docs/output.md has', async () => {
    const help = await helpOf()
    expect(help.match(/^[A-Z][A-Z ]+$/gm)).to.deep.equal(['USAGE', 'COMMANDS', 'EXIT CODES', 'ENVIRONMENT VARIABLES'])
    const [, variables = ''] = help.split('ENVIRONMENT VARIABLES\n')
    const named = [...variables.matchAll(/^ {2}([A-Z_]+) {2}/gm)].map(([, name = '']) => name)
    const [, table = ''] = OUTPUT_PAGE.split('## Environment variables\n')
    const documented = [...table.matchAll(/`([A-Z_]{2,})`(?=[^|]*\|[^|]*\|$)/gm)].map(([, name = '']) => name)
    expect(named).to.include('ASTRO_API_TOKEN')
    expect(documented).to.include.members(named)
  })

  for (const verb of VERBS) {
    it(`of ${verb} groups flags, fits 80 columns and few lines, and has examples that run as shown`, async () => {
      const help = await helpOf(verb)
      const [above = '', below = ''] = help.split('\nEXAMPLES\n')

      const middle = verb === 'list' ? ['AUDIT'] : ['TOKEN', 'SAFETY']
      expect([...help.matchAll(/^([A-Z]+) FLAGS$/gm)].map(([, group]) => group)).to.deep.equal([
        'DEPLOYMENT',
        ...middle,
        'OUTPUT',
      ])
      if (verb === 'list') expect(help.replaceAll(/\s+/g, ' ')).to.contain('EXPIRES, LAST_USED, LAST_ROTATED')
      expect(above.split('\n').length).to.be.at.most(verb === 'list' ? 40 : 36)
      for (const line of help.split('\n')) expect(line.length, line).to.be.at.most(80)
      expect(help).to.contain('astro deployment organization-token --help')

      const examples = [...below.matchAll(/^ *\$ ((?:.*\\\n)*.*)$/gm)].map(([, line = '']) => line)
      expect(examples).to.have.length.above(1)
      for (const example of examples) {
        const run = await runLine(example, 'my-org-token', 'DEPLOYMENT_ADMIN')
        expect(run.exit, example).to.equal(0)
        expect(run.stdout, example).to.contain('my-org-token')
      }
    })
  }

  it("of Astro's documentation runs as shown", async () => {
    for (const usage of DOCUMENTED) {
      const line = `astro deployment organization-token ${usage}`
      const typed = line.replace(/<\w+-deployment-id>/, EXAMPLE.deployment).replace('<org-token-name>', 'some')
      const name = /--org-token-name="?([^"]+)"?$/.exec(typed)?.[1] ?? 'some'

      const run = await runLine(typed, name, 'Deploy Reader')

      expect(run, line).to.deep.include({exit: 0, stderr: ''})
      expect(run.stdout, line).to.contain(name)
    }
  })

  describe('of the standalone program', () => {
    // Without PATH there is no other astro.
    const env = {HOME: newFolder('home')}
    const OURS = VERBS.map((verb) => command(verb).join(' '))
    const ALIASES = VERBS.map((verb) => `deployment token organization-token ${verb}`)
    for (const [line, commands] of Object.entries({
      '': [...OURS, 'autocomplete', 'help'],
      'deployment -h': OURS,
      'help deployment token': ALIASES,
    })) {
      it(`lists the commands: astro ${line}`, async () => {
        const {stdout, ...rest} = await runCli(words(line), env)
        expect(rest).to.deep.equal({exit: 0, stderr: ''})
        expect(listedIn(stdout, 'COMMANDS')).to.deep.equal(commands)
      })
    }

    it('shows our topic at 60 columns, in place of its commands', async () => {
      const {stdout} = await runCli([], {...env, OCLIF_COLUMNS: '60'})
      expect(listedIn(stdout, 'TOPICS')).to.deep.equal(['deployment organization-token', 'autocomplete', 'help'])
    })

    for (const [line, stderr] of Object.entries({
      'nothing --help': 'There is no command astro nothing.\nSee the commands: astro --help\n',
      'autocomplete fish':
        'Expected fish to be one of: zsh, bash, powershell\nSee the help: astro autocomplete --help\n',
      'deployment organization-token --deployment-id clm1 list':
        'A flag comes before the command.\nPut the flags last: astro deployment organization-token COMMAND FLAGS\n',
      'help --nonsense': 'Unknown flag: --nonsense.\nSee the help: astro --help\n',
    })) {
      it(`is a usage error: astro ${line}`, async () => {
        expect(await runCli(words(line), env)).to.deep.equal({exit: 2, stderr: `Error: ${stderr}`, stdout: ''})

        const asJson = await runCli(words(`${line} --json`), env)
        expect(asJson).to.deep.include({exit: 2, stderr: ''})
        expect(json(asJson)).to.have.nested.property('error.kind', 'usage')
      })
    }
  })
})

function words(line: string): string[] {
  return line.split(' ').filter(Boolean)
}

/** The names in a section of a help. */
function listedIn(help: string, section: string): (string | undefined)[] {
  const [, listed = ''] = help.split(`\n${section}\n`)
  return [...listed.matchAll(/^ {2}(\S+(?: \S+)*) {2}/gm)].map(([, name]) => name)
}
