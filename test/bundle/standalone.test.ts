import {expect} from 'chai'
import {mkdtempSync, readFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {type Env, runCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'
import {ROOT} from './support.js'

const DEPLOYMENT = ['deployment', 'organization-token']

describe('the standalone program', function () {
  this.timeout(60_000)
  let env: Env

  beforeEach(() => {
    env = {HOME: mkdtempSync(join(tmpdir(), 'astro-home-')), PATH: process.env.PATH}
  })

  it('says its name and version', async () => {
    const {name, version} = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as Record<string, string>
    const run = await runCli(['--version'], env)
    expect(run).to.deep.include({exit: 0, stderr: ''})
    expect(run.stdout).to.match(new RegExp(`^${name}/${version} \\S+ node-${process.version}\n$`))
  })

  it('has a command for help that says what the flag says', async () => {
    const [command, flag] = await Promise.all([
      runCli(['help', ...DEPLOYMENT, 'add'], env),
      runCli([...DEPLOYMENT, 'add', '--help'], env),
    ])
    expect(command).to.deep.equal(flag)
    expect(flag.stdout).to.contain('$ astro deployment organization-token add [TOKEN-ID]')
  })

  it('has the commands of a host, and those for help and completion', async () => {
    const {stdout} = await runCli(['--help'], env)
    expect(stdout).to.match(/^COMMANDS\n {2}deployment organization-token add /m)
    expect(stdout).to.match(/^ {2}autocomplete [^]*^ {2}help /m)
  })

  it('tells a shell how to complete its commands', async () => {
    const shell = 'bash'
    expect(await runCli(['autocomplete', shell], env)).to.include({exit: 0})

    const functions = join(env.HOME ?? '', '.cache/astro-plugin-organization-token/autocomplete/functions', shell)
    const completion = readFileSync(join(functions, 'astro.bash'), 'utf8')
    expect(completion).to.contain('deployment:organization-token:update --json')
    const setup = await runCli(['autocomplete', 'script', shell], env)
    expect(setup.stdout).to.contain('ASTRO_AC_BASH_SETUP_PATH=')
  })

  it('says what was likely meant by a command that there is not', async () => {
    const run = await runCli([...DEPLOYMENT, 'lsit'], env)
    expect(run).to.deep.include({exit: 2, stdout: ''})
    expect(run.stderr).to.equal(
      'Error: There is no command astro deployment organization-token lsit.\n' +
        'Did you mean: astro deployment organization-token list\n',
    )

    const other = await runCli(['nothing-like-it'], {...env, PATH: undefined})
    expect(other.exit).to.equal(2)
    expect(other.stderr).to.contain('See the commands: astro --help')

    const asJson = await runCli([...DEPLOYMENT, 'lsit', '--json'], env)
    expect(asJson).to.deep.include({exit: 2, stderr: ''})
    expect(json(asJson)).to.have.nested.property('error.kind', 'usage')
  })
})
