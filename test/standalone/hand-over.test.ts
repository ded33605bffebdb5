import {expect} from 'chai'
import {spawn} from 'node:child_process'
import {copyFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {ROOT} from '../support/host.js'
import {finished, newFolder} from '../support/run-cli.js'

/** A script that this Node.js runs as `astro command.mjs`, if it is called `astro` itself. */
const COMMAND = `
import {text} from 'node:stream/consumers'
console.log(JSON.stringify({argv: process.argv.slice(2), stdin: await text(process.stdin)}))
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

    const command = [join(ROOT, 'bin', 'dev.mjs'), 'command.mjs', ...argv]
    const env = {...process.env, PATH: folder}
    const child = spawn(process.execPath, command, {cwd: folder, env, stdio: 'pipe'})
    child.stdin.end('piped in')
    const {exit, stderr, stdout} = await finished(child)

    expect({exit, stderr}).to.deep.equal({exit: 7, stderr: 'warned\n'})
    expect(JSON.parse(stdout)).to.deep.equal({argv, stdin: 'piped in'})
  })
})
