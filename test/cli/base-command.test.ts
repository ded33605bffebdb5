import {ux} from '@oclif/core'
import {expect} from 'chai'

import {BaseCommand} from '../../src/cli/base-command.js'
import {AstroError} from '../../src/lib/errors.js'
import {json, type Run, runCommand, type RunOptions} from '../support/run-command.js'
import {until} from '../support/until.js'

class Works extends BaseCommand {
  static work: () => Promise<string>

  async run(): Promise<void> {
    await this.parse(Works)
    this.log(await this.io.progress.withSpinner('Working', Works.work()))
  }
}

/** Runs a command that does this work. */
async function run(work: () => Promise<string>, argv: readonly string[] = [], options?: RunOptions): Promise<Run> {
  Works.work = work
  return runCommand(Works, argv, options)
}

const fail = (error: Error) => async (): Promise<never> => {
  throw error
}

describe('the base command', () => {
  it('reports an unexpected error as internal, without its stack', async () => {
    const result = await run(fail(new TypeError('x is not a function')), ['--json'])
    const [message, hint] = [
      'Unexpected error: x is not a function',
      'Run the command again with DEBUG=* and report its output',
    ]
    expect(result).to.deep.include({exit: 1, stderr: ''})
    expect(json(result)).to.deep.equal({error: {kind: 'internal', message, exit: 1, hint}})
  })

  it('prints the stack if DEBUG is set, without credentials', async () => {
    const secret = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9.c2ln'
    const {stderr} = await run(fail(new TypeError(`cannot use ${secret}`)), [], {env: {DEBUG: 'no-such-name'}})
    expect(stderr).to.match(/^TypeError: cannot use \[redacted\]\n +at .*base-command\.test\.ts/)
    expect(stderr).not.to.contain(secret)
  })

  it('spells out the commands of a hint, but not a name that looks like one', async () => {
    const error = new AstroError('not_found', 'No.', {hint: 'Did you mean "{{owned}}"? See {{list}}', requestId: 'r1'})
    const {stderr} = await run(fail(error))
    const hint = 'Did you mean "{{owned}}"? See astro deployment organization-token list'
    expect(stderr).to.equal(`Error: No.\n${hint}\nRequest ID: r1\n`)
  })

  it('prints no hint if there is none', async () => {
    expect((await run(fail(new AstroError('api', 'It failed.')))).stderr).to.equal('Error: It failed.\n')
  })

  it('shows a spinner on a terminal for work that takes long', async () => {
    const seen: (string | undefined)[] = []
    const work = async () => {
      await until(() => ux.action.running)
      seen.push(ux.action.task?.action)
      return 'done'
    }

    expect(await run(work, [], {terminal: true})).to.deep.include({exit: 0, stdout: 'done\n'})
    expect([...seen, ux.action.running]).to.deep.equal(['Working', false])
  })

  it('shows no spinner for short work, or in a pipe', async () => {
    for (const terminal of [true, false]) expect((await run(async () => 'done', [], {terminal})).stderr).to.equal('')
  })
})
