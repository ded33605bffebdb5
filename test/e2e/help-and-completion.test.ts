import {expect} from 'chai'
import {mkdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

import {ids} from '../astro-api/world.js'
import {pathWith, programFolder} from '../support/programs.js'
import {newFolder, runCli, runShell, startCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {command, placeDuring} from './support.js'

const OUTPUT_PAGE = readFileSync(new URL('../../docs/output.md', import.meta.url), 'utf8')

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

/** The flags of each command in Astro's documentation of them. */
const DOCUMENTED = {
  add: '--deployment-id=<deployment-id> --role=DEPLOYMENT_ADMIN --org-token-name=<org-token-name>',
  list: '--deployment-id=<deployment-id>',
  remove: '--deployment-id=<deployment-id> --org-token-name=<org-token-name>',
  update: '--deployment-id=<deployment-id> --role=DEPLOYMENT_ADMIN --org-token-name=<org-token-name>',
}
const VERBS = Object.keys(DOCUMENTED)

/** Follows the printed instructions, then presses Tab in a new shell. */
const IN_BASH = `
astro autocomplete bash 2>&1 | grep -F 'printf "$(astro autocomplete script bash)" >> ~/.bashrc;' > instructions
printf "$(astro autocomplete script bash)" >> ~/.bashrc
exec bash --noprofile --norc -c '
  source ~/.bashrc
  COMP_WORDS=(astro deployment organization-token "") COMP_CWORD=3
  _astro_autocomplete
  echo "$(wc -l < instructions) \${COMPREPLY[@]}"'`

const PATH = pathWith(programFolder())

describe('the standalone program', () => {
  describe('the help', function () {
    const place = placeDuring(this, undefined, {ASTRO_DEPLOYMENT_ID: ids.deployments.sandbox, PATH})

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

    for (const [verb, documented] of Object.entries(DOCUMENTED)) {
      it(`of ${verb} groups flags, fits 80 columns and few lines, and its examples and Astro's run as shown`, async () => {
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
        const usage = `astro deployment organization-token ${verb} ${documented}`
        for (const example of [...examples, usage]) {
          place.api.reset()
          let line = example
          for (const [name, seeded] of Object.entries(SEEDED)) line = line.replaceAll(name, seeded)
          const run = await runShell(line, place.env)
          expect(run.exit, `${line}: ${run.stderr}`).to.equal(0)
          if (example === usage) expect(run.stderr, line).to.equal('')
          expect(run.stdout, line).to.contain('data-quality')
        }
      })
    }

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

    it('of the standalone program shows our topic at 60 columns, in place of its commands', async () => {
      const {stdout} = await runCli([], {...env, OCLIF_COLUMNS: '60'})
      const [, topics = ''] = stdout.split('\nTOPICS\n')
      const names = [...topics.matchAll(/^ {2}(\S+(?: \S+)*) {2}/gm)].map(([, name]) => name)
      expect(names).to.deep.equal(['deployment organization-token', 'autocomplete', 'help'])
    })

    for (const [line, stderr] of Object.entries({
      'autocomplete fish':
        'Expected fish to be one of: zsh, bash, powershell\nSee the help: astro autocomplete --help\n',
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

  describe('completion', function () {
    this.timeout(60_000)

    it('works in bash, as the instructions say, in any home', async () => {
      for (const name of ['a home', '50%s', "a'b", String.raw`a\b$c`]) {
        const HOME = join(newFolder(), name)
        mkdirSync(HOME)
        const run = await runShell(IN_BASH, {HOME, PATH, SHELL: '/bin/bash'}, {cwd: HOME})
        expect(run, name).to.deep.equal({exit: 0, stderr: '', stdout: '1 add list remove update\n'})
      }
    })

    it('in zsh quotes the directory of its functions, and completes no values with file names', async () => {
      const home = join(newFolder(), 'a home')
      mkdirSync(home)
      expect(await startCli(['autocomplete', 'zsh'], {HOME: home, PATH}).end).to.include({exit: 0})
      const folder = join(home, '.cache', 'astro-plugin-organization-token', 'autocomplete')
      expect(readFileSync(join(folder, 'zsh_setup'), 'utf8')).to.contain(`fpath=('${folder}/functions/zsh' $fpath)`)
      const functions = readFileSync(join(folder, 'functions', 'zsh', '_astro'), 'utf8')
      expect(functions).to.match(/--deployment-id"\[.*]:value: "/)
      expect(functions).not.to.contain('_files')
    })

    it('for PowerShell quotes the path of its functions', async () => {
      const {end} = startCli(['autocomplete', 'script', 'powershell'], {PATH, XDG_CACHE_HOME: "/a b/it's"})
      const path = "/a b/it''s/astro-plugin-organization-token/autocomplete/functions/powershell/astro.ps1"
      expect(await end).to.deep.equal({exit: 0, stderr: '', stdout: `. '${path}'\n`})
    })

    it('is an error if its files cannot be written', async () => {
      // A write to procfs may never end.
      const options = {timeout: 10_000, killSignal: 'SIGKILL'} as const
      const {exit, stderr} = await startCli(['autocomplete', 'bash'], {HOME: '/proc/none', PATH}, options).end
      expect(exit).to.equal(2)
      expect(stderr).to.match(/Error: Could not write the completion files \(E\w+\)\.\nSet XDG_CACHE_HOME to /)
    })
  })
})
