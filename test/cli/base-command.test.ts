import {ux} from '@oclif/core'
import {expect} from 'chai'

import {BaseCommand} from '../../src/cli/base-command.js'
import {AstroError} from '../../src/lib/errors.js'
import {json, runCommand} from '../support/run-command.js'
import {until} from '../support/until.js'

class Fails extends BaseCommand {
  static error: Error = new Error('unset')

  async run(): Promise<void> {
    await this.parse(Fails)
    throw Fails.error
  }
}

class Works extends BaseCommand {
  static work = async (): Promise<string> => ''

  async run(): Promise<void> {
    await this.parse(Works)
    this.log(await this.io.progress.withSpinner('Working', Works.work()))
  }
}

describe('the base command', () => {
  it('calls an error that nobody foresaw internal, without its stack', async () => {
    Fails.error = new TypeError('x is not a function')

    const run = await runCommand(Fails, ['--json'])

    expect(run).to.deep.include({exit: 1, stderr: ''})
    expect(json(run)).to.deep.equal({
      error: {
        kind: 'internal',
        message: 'Unexpected error: x is not a function',
        exit: 1,
        hint: 'Run the command again with DEBUG=* and report its output',
      },
    })
  })

  it('shows the stack when DEBUG asks for it, still without a credential', async () => {
    const secret = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9.c2ln'
    Fails.error = new TypeError(`cannot use ${secret}`)

    const run = await runCommand(Fails, [], {env: {DEBUG: 'nothing-of-this-name'}})

    expect(run.stderr).to.contain('at ').and.to.contain('base-command.test.ts').and.not.to.contain(secret)
  })

  it('spells out the commands of a hint, and leaves a name in it that looks like one', async () => {
    Fails.error = new AstroError('not_found', 'No.', {hint: 'Did you mean "{{owned}}"? See {{list}}'})

    const run = await runCommand(Fails, [])

    expect(run.stderr).to.equal('Error: No.\nDid you mean "{{owned}}"? See astro deployment organization-token list\n')
  })

  it('says nothing of a hint where there is none', async () => {
    Fails.error = new AstroError('api', 'It failed.')

    const run = await runCommand(Fails, [])

    expect(run.stderr).to.equal('Error: It failed.\n')
  })

  it('shows on a terminal that work goes on, once it takes long, and ends that with the work', async () => {
    const seen: (string | undefined)[] = []
    Works.work = async () => {
      await until(() => ux.action.running)
      seen.push(ux.action.task?.action)
      return 'done'
    }

    const run = await runCommand(Works, [], {terminal: true})

    expect(seen).to.deep.equal(['Working'])
    expect(ux.action.running).to.equal(false)
    expect(run).to.deep.include({exit: 0, stdout: 'done\n'})
  })

  it('shows nothing for work that is done at once, and nothing into a pipe', async () => {
    Works.work = async () => 'done'

    expect((await runCommand(Works, [], {terminal: true})).stderr).to.equal('')
    expect((await runCommand(Works, [])).stderr).to.equal('')
  })
})
