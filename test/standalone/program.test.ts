import {expect} from 'chai'
import {spawn} from 'node:child_process'

import {finished} from '../support/run-cli.js'

/** The standalone program with one command, whose promise never settles. */
const PROGRAM = `
import {Command} from '@oclif/core'
import {createProgram} from './src/standalone/program.ts'
class Hang extends Command {
  run() {
    return new Promise(() => {})
  }
}
const pjson = {name: 'astro', version: '1.0.0', oclif: {bin: 'astro', topicSeparator: ' '}}
const commands = {hang: {id: 'hang', aliases: [], args: {}, flags: {}, hiddenAliases: []}}
const load = {hang: async () => ({default: Hang})}
process.argv = [process.argv[0], 'astro', 'hang']
await createProgram({file: '/nonexistent/program.cjs', pjson, commands, load}).run()
`

describe('the standalone program', () => {
  it('fails if it ends before its command is done', async () => {
    const argv = ['--import', 'tsx/esm', '--input-type=module', '--eval', PROGRAM]
    const run = await finished(spawn(process.execPath, argv, {stdio: 'pipe'}))
    expect(run.exit).to.equal(1)
    expect(run.stderr).to.contain('Error: Unexpected error: the program exited before the command finished\n')
  })
})
