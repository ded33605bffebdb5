import {expect} from 'chai'
import {readFileSync} from 'node:fs'

import {BaseCommand} from '../../src/cli/base-command.js'
import {topicDescriptions} from '../../src/cli/help.js'
import {AstroError} from '../../src/lib/errors.js'
import {jwt} from '../lib/support.js'
import {json, runCommand, type RunOptions} from '../support/run-command.js'

let thrown: Error

class Fails extends BaseCommand {
  async run(): Promise<void> {
    await this.parse(Fails)
    throw thrown
  }
}

/** Runs a command that throws this error. */
async function run(error: Error, argv: readonly string[] = [], options?: RunOptions) {
  thrown = error
  return runCommand(Fails, argv, options)
}

describe('the base command', () => {
  it('reports an unexpected error as internal, without its stack', async () => {
    const result = await run(new TypeError('x is not a function'), ['--json'])
    const message = 'Unexpected error: x is not a function'
    const hint = 'Run the command again with DEBUG=* and report its output'
    expect(result).to.deep.include({exit: 1, stderr: ''})
    expect(json(result)).to.deep.equal({error: {kind: 'internal', message, exit: 1, hint}})
  })

  it('prints the stack without credentials if DEBUG is set, but not with DEBUG=astro', async () => {
    const error = new TypeError(`cannot use ${jwt({})}`)
    const stack = (await run(error, [], {env: {DEBUG: 'no-such-name'}})).stderr
    expect(stack).to.match(/^TypeError: cannot use \[redacted\]\n +at .*base-command\.test\.ts/)
    expect(stack).not.to.contain(jwt({}))
    const {stderr} = await run(error, [], {env: {DEBUG: 'astro'}})
    expect(stderr).to.match(/^Error: Unexpected error: cannot use \[redacted\]\n.+\n$/)
  })

  it('spells out the commands of a hint, but not a name that looks like one', async () => {
    const error = new AstroError('not_found', 'No.', {hint: 'Did you mean "{{owned}}"? See {{list}}', requestId: 'r1'})
    const hint = 'Did you mean "{{owned}}"? See astro deployment organization-token list'
    expect((await run(error)).stderr).to.equal(`Error: No.\n${hint}\nRequest ID: r1\n`)
  })

  it('has the help of its topics in package.json, where hosts read it', () => {
    const {oclif} = JSON.parse(readFileSync('package.json', 'utf8')) as {oclif: {topics: object}}
    expect(oclif.topics).to.deep.equal(topicDescriptions())
  })
})
