import {expect} from 'chai'
import {mkdtempSync, readFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {runCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {ROOT} from './support.js'

const HOME = mkdtempSync(join(tmpdir(), 'astro-home-'))
const run = async (line: string) => runCli(line.split(' '), {HOME, PATH: process.env.PATH})

describe('the standalone program', function () {
  this.timeout(60_000)

  it('prints its name and version', async () => {
    const {name, version} = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as Record<string, string>
    const {stdout} = await run('--version')
    expect(stdout).to.match(new RegExp(`^${name}/${version} \\S+ node-${process.version}\n$`))
  })

  it('prints the same help for the command and the flag', async () => {
    const lines = ['help deployment organization-token add', 'deployment organization-token add --help']
    const [command, flag] = await Promise.all(lines.map(async (line) => run(line)))
    expect(command).to.deep.equal(flag)
    expect(flag?.stdout).to.contain('$ astro deployment organization-token add [TOKEN-ID]')
  })

  it('completes its commands in a shell', async () => {
    const [bash, setup] = await Promise.all([run('autocomplete bash'), run('autocomplete script bash')])
    const folder = join(HOME, '.cache/astro-plugin-organization-token/autocomplete/functions/bash')
    expect(bash.exit).to.equal(0)
    expect(readFileSync(join(folder, 'astro.bash'), 'utf8')).to.contain('deployment:organization-token:update --json')
    expect(setup.stdout).to.contain('ASTRO_AC_BASH_SETUP_PATH=')
  })

  it('suggests a command for a misspelled one', async () => {
    const line = 'deployment organization-token lsit'
    const [text, document] = await Promise.all([run(line), run(`${line} --json`)])
    const [error, hint] = [
      `There is no command astro ${line}.`,
      'Did you mean: astro deployment organization-token list',
    ]
    expect(text).to.deep.equal({exit: 2, stdout: '', stderr: `Error: ${error}\n${hint}\n`})
    expect(document).to.deep.include({exit: 2, stderr: ''})
    expect(json(document)).to.have.nested.property('error.kind', 'usage')
  })
})
