import {expect} from 'chai'
import {readFileSync} from 'node:fs'

import {ids} from '../astro-api/world.js'
import {pathWith, programFolder} from '../support/programs.js'
import {newFolder, runCli, runShell} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {command, createPlace} from './support.js'

const OUTPUT_PAGE = readFileSync(new URL('../../docs/output.md', import.meta.url), 'utf8')
const VERBS = ['add', 'list', 'remove', 'update'] as const

/** What the emulated API has in place of the names and IDs of the examples. */
const SEEDED = {
  'my-org-token': 'data-quality',
  '<org-token-name>': 'data-quality',
  clnp86ly5000401ndagu4y5p7: ids.tokens.dataQuality,
  clm8xq0b1000008l4d2g7h3kz: ids.deployments.sandbox,
  '<deployment-id>': ids.deployments.sandbox,
  clwp86ly5000401ndaws1y5p7: ids.workspaces.data,
  'deploy-reader': '"Deploy Reader"',
}

/** The usage lines of Astro's documentation of these commands. */
const DOCUMENTED = [
  'add --deployment-id=<deployment-id> --role=DEPLOYMENT_ADMIN --org-token-name=<org-token-name>',
  'list --deployment-id=<deployment-id>',
  'remove --deployment-id=<deployment-id> --org-token-name=<org-token-name>',
  'update --deployment-id=<deployment-id> --role=DEPLOYMENT_ADMIN --org-token-name=<org-token-name>',
]

describe('the help', function () {
  this.timeout(60_000)
  const PATH = pathWith(programFolder())
  const place = createPlace(undefined, {ASTRO_DEPLOYMENT_ID: ids.deployments.sandbox, PATH})

  beforeEach(place.open)

  afterEach(place.close)

  /** Runs a line of shell as it is shown, except for names and IDs. */
  const runLine = async (shown: string) => {
    place.api.reset()
    let line = shown
    for (const [example, seeded] of Object.entries(SEEDED)) line = line.replaceAll(example, seeded)
    return runShell(line, place.env)
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
      const groups = [...help.matchAll(/^([A-Z]+) FLAGS$/gm)].map(([, group]) => group)
      expect(groups).to.deep.equal(['DEPLOYMENT', ...middle, 'OUTPUT'])
      expect(above.split('\n').length).to.be.at.most(verb === 'list' ? 40 : 36)
      for (const line of help.split('\n')) expect(line.length, line).to.be.at.most(80)
      expect(help).to.contain('astro deployment organization-token --help')

      const examples = [...below.matchAll(/^ *\$ ((?:.*\\\n)*.*)$/gm)].map(([, line = '']) => line)
      expect(examples).to.have.length.above(1)
      for (const example of examples) {
        const run = await runLine(example)
        expect(run.exit, example).to.equal(0)
        expect(run.stdout, example).to.contain('data-quality')
      }
    })
  }

  it("of Astro's documentation runs as shown", async () => {
    for (const usage of DOCUMENTED) {
      const run = await runLine(`astro deployment organization-token ${usage}`)
      expect(run, usage).to.deep.include({exit: 0, stderr: ''})
      expect(run.stdout, usage).to.contain('data-quality')
    }
  })

  // Without PATH there is no other astro.
  const env = {HOME: newFolder('home')}

  it('of the standalone program lists the commands of each topic', async () => {
    const ours = VERBS.map((verb) => command(verb).join(' '))
    for (const [argv, commands] of [
      [[], [...ours, 'autocomplete', 'help']],
      [['deployment', '-h'], ours],
      [['help', 'deployment', 'token'], VERBS.map((verb) => `deployment token organization-token ${verb}`)],
    ] as const) {
      const {stdout, ...rest} = await runCli(argv, env)
      expect(rest).to.deep.equal({exit: 0, stderr: ''})
      const [, listed = ''] = stdout.split('\nCOMMANDS\n')
      const names = [...listed.matchAll(/^ {2}(\S+(?: \S+)*) {2}/gm)].map(([, name]) => name)
      expect(names).to.deep.equal(commands)
    }
  })

  for (const [line, stderr] of Object.entries({
    'autocomplete fish': 'Expected fish to be one of: zsh, bash, powershell\nSee the help: astro autocomplete --help\n',
    'deployment organization-token --deployment-id clm1 list':
      'A flag comes before the command.\nPut the flags last: astro deployment organization-token COMMAND FLAGS\n',
    'help --nonsense': 'Unknown flag: --nonsense.\nSee the help: astro --help\n',
  })) {
    it(`is named in usage errors, as text and JSON: astro ${line}`, async () => {
      expect(await runCli(line.split(' '), env)).to.deep.equal({exit: 2, stderr: `Error: ${stderr}`, stdout: ''})

      const asJson = await runCli([...line.split(' '), '--json'], env)
      expect(asJson).to.deep.include({exit: 2, stderr: ''})
      expect(json(asJson)).to.have.nested.property('error.kind', 'usage')
    })
  }
})
