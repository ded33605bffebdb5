import {expect} from 'chai'
import {mkdtempSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {type Env, runCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'

const VERBS = ['add', 'list', 'remove', 'update']

/** The commands that a help lists, in their order. */
function listedIn(help: string): string[] {
  const [, commands = ''] = help.split('\nCOMMANDS\n')
  return [...commands.matchAll(/^ {2}(\S+(?: \S+)*) {2}/gm)].map(([, command = '']) => command)
}

describe('the help of the standalone program', function () {
  this.timeout(60_000)
  // No PATH: no other astro.
  const env: Env = {HOME: mkdtempSync(join(tmpdir(), 'astro-home-'))}
  const run = async (line: string) => runCli(line === '' ? [] : line.split(' '), env)

  const OURS = VERBS.map((verb) => `deployment organization-token ${verb}`)
  const ALIASES = VERBS.map((verb) => `deployment token organization-token ${verb}`)
  const TABLE = {
    '': [...OURS, 'autocomplete', 'help'],
    '--help': [...OURS, 'autocomplete', 'help'],
    help: [...OURS, 'autocomplete', 'help'],
    deployment: OURS,
    'deployment -h': OURS,
    'help deployment': OURS,
    'deployment organization-token': OURS,
    'deployment token': ALIASES,
    'deployment token --help': ALIASES,
    'help deployment token': ALIASES,
  }

  for (const [line, commands] of Object.entries(TABLE)) {
    it(`lists the commands: astro ${line}`, async () => {
      const {stdout, ...rest} = await run(line)
      expect(rest).to.deep.equal({exit: 0, stderr: ''})
      expect(listedIn(stdout)).to.deep.equal(commands)
    })
  }

  it('prints the version for -v as for --version', async () => {
    const version = await run('--version')
    expect(version).to.deep.include({exit: 0, stderr: ''})
    expect(await run('-v')).to.deep.equal(version)
  })

  const NO_COMMAND = 'Error: There is no command astro nothing.\nSee the commands: astro --help\n'
  const NO_SHELL = 'Error: Expected fish to be one of: zsh, bash, powershell\nSee the help: astro autocomplete --help\n'
  const MISTAKES = {
    nothing: NO_COMMAND,
    'nothing --help': NO_COMMAND,
    '--help nothing': NO_COMMAND,
    'help nothing': NO_COMMAND,
    'autocomplete fish': NO_SHELL,
    'autocomplete --nonsense': 'Error: Nonexistent flag: --nonsense\nSee the help: astro autocomplete --help\n',
    'deployment organization-token --deployment-id clm1 list':
      'Error: A flag comes before the command.\nPut the flags last: astro deployment organization-token COMMAND FLAGS\n',
    'help --nonsense': 'Error: Nonexistent flag: --nonsense\nSee the help: astro --help\n',
    'help deployment organisation-token':
      'Error: There is no command astro deployment organisation-token.\nDid you mean: astro deployment organization-token\n',
  }

  for (const [line, stderr] of Object.entries(MISTAKES)) {
    it(`is a usage error: astro ${line}`, async () => {
      expect(await run(line)).to.deep.equal({exit: 2, stderr, stdout: ''})

      const asJson = await run(`${line} --json`)
      expect(asJson).to.deep.include({exit: 2, stderr: ''})
      expect(json(asJson)).to.have.nested.property('error.kind', 'usage')
    })
  }
})
