import {expect} from 'chai'
import {spawn} from 'node:child_process'
import {copyFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

import {handOver} from '../../src/standalone/hand-over.js'
import {finished, newFolder} from '../support/run-cli.js'

const DEV = fileURLToPath(new URL('../../bin/dev.mjs', import.meta.url))

/** A script that this Node.js runs as `astro command.mjs`, if it is called `astro` itself. */
const COMMAND = `
import {text} from 'node:stream/consumers'
console.log(JSON.stringify({argv: process.argv.slice(2), cwd: process.cwd(), stdin: await text(process.stdin)}))
console.error('warned')
process.exitCode = 7
`

describe('the hand-over on every system', function () {
  this.timeout(60_000)

  it('passes arguments, stdin and the working directory on, and output and the exit code back', async () => {
    const folder = newFolder()
    if (process.platform === 'win32') copyFileSync(process.execPath, join(folder, 'astro.exe'))
    else symlinkSync(process.execPath, join(folder, 'astro'))
    writeFileSync(join(folder, 'command.mjs'), COMMAND)
    const argv = ['', 'a b', String.raw`"quoted" \ %PATH% $HOME *`, 'Zürich ✓ 東京', '--json']

    const env = {...process.env, PATH: folder}
    const child = spawn(process.execPath, [DEV, 'command.mjs', ...argv], {cwd: folder, env, stdio: 'pipe'})
    child.stdin.end('piped in')
    const {exit, stderr, stdout} = await finished(child)

    expect({exit, stderr}).to.deep.equal({exit: 7, stderr: 'warned\n'})
    expect(JSON.parse(stdout)).to.deep.include({argv, stdin: 'piped in'})
  })

  it('is an error of ours if the system or Node.js rejects the command line', async () => {
    const folder = newFolder()
    const file = join(folder, process.platform === 'win32' ? 'astro.exe' : 'astro')
    writeFileSync(file, '', {mode: 0o755})
    const {PATH} = process.env
    process.env.PATH = folder
    try {
      expect(await handOver(['a\0b'])).to.deep.equal({
        message: `Could not run ${file} (ERR_INVALID_ARG_VALUE).`,
        hint: 'Repair that program, or remove it from PATH',
      })
    } finally {
      process.env.PATH = PATH
    }
  })
})
