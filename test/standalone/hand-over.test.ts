import {expect} from 'chai'
import {spawn} from 'node:child_process'
import {copyFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {handOver} from '../../src/standalone/hand-over.js'
import {ROOT} from '../support/host.js'
import {finished, newFolder} from '../support/run-cli.js'

const isWindows = process.platform === 'win32'
const NAME = isWindows ? 'astro.exe' : 'astro'

/** A script that this Node.js runs as `astro command.mjs`, if it is called `astro` itself. */
const COMMAND = `
import {text} from 'node:stream/consumers'
console.log(JSON.stringify({argv: process.argv.slice(2), stdin: await text(process.stdin)}))
console.error('warned')
process.exitCode = 7
`

describe('the hand-over on every system', function () {
  this.timeout(60_000)
  let folder: string

  beforeEach(() => {
    folder = newFolder()
  })

  it('passes arguments, stdin and the working directory on, and output and the exit code back', async () => {
    if (isWindows) copyFileSync(process.execPath, join(folder, NAME))
    else symlinkSync(process.execPath, join(folder, NAME))
    writeFileSync(join(folder, 'command.mjs'), COMMAND)
    const argv = ['', 'a b', String.raw`"quoted" \ %PATH% $HOME *`, 'Zürich ✓ 東京', '--json']

    const command = [join(ROOT, 'bin', 'dev.mjs'), 'command.mjs', ...argv]
    const env = {...process.env, PATH: folder}
    const child = spawn(process.execPath, command, {cwd: folder, env, stdio: 'pipe'})
    child.stdin.end('piped in')
    const {exit, stderr, stdout} = await finished(child)

    expect({exit, stderr}).to.deep.equal({exit: 7, stderr: 'warned\n'})
    expect(JSON.parse(stdout)).to.deep.equal({argv, stdin: 'piped in'})
  })

  it('is an error of ours if the system or Node.js rejects the command line', async () => {
    writeFileSync(join(folder, NAME), '', {mode: 0o755})
    const {PATH} = process.env
    process.env.PATH = folder
    const failure = await handOver(['a\0b'])
    process.env.PATH = PATH
    expect(failure).to.deep.equal({
      message: `Could not run ${join(folder, NAME)} (ERR_INVALID_ARG_VALUE).`,
      hint: 'Repair that program, or remove it from PATH',
    })
  })
})
