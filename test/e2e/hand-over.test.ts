import {expect} from 'chai'
import {symlinkSync, writeFileSync} from 'node:fs'
import {delimiter, join} from 'node:path'

import {BIN, type CliRun, converse, type Env, newFolder, runCli, startCli} from '../support/run-cli.js'

/** A directory with a shell script called `astro`. */
function withAstro(script: string, interpreter = '/bin/sh'): string {
  const into = newFolder('other')
  writeFileSync(join(into, 'astro'), `#!${interpreter}\n${script}\n`, {mode: 0o755})
  return into
}

/** Prints its arguments in brackets, and exits with 7. */
const ECHO = `echo "other astro: $#"; for word in "$@"; do echo "[$word]"; done; exit 7`

describe('the hand-over to the next astro', function () {
  this.timeout(60_000)
  const [HOME, system] = [newFolder('home'), newFolder('system')]
  /** Has a link to this program, as in a global installation with npm. */
  const global = newFolder('global')

  const onPath = (...folders: readonly string[]): Env => {
    const PATH = [...folders, system, '/usr/bin', '/bin'].join(delimiter)
    return {HOME, PATH}
  }

  /** Sends the signal when the other astro prints that it is ready. */
  const interrupt = async (script: string, signal: NodeJS.Signals): Promise<CliRun> => {
    const {child, end} = startCli(['deploy'], onPath(withAstro(script)), {detached: true})
    child.stdout?.once('data', () => child.kill(signal))
    return end
  }

  before(() => {
    symlinkSync(process.execPath, join(system, 'node'))
    symlinkSync(BIN, join(global, 'astro'))
  })

  for (const signal of ['TERM', 'HUP', 'INT'] as const) {
    it(`forwards SIG${signal} and waits for its end`, async () => {
      const script = `trap 'echo got ${signal}; exit 3' ${signal}; echo ready; while :; do sleep 0.05; done`
      const stdout = `ready\ngot ${signal}\n`
      expect(await interrupt(script, `SIG${signal}`)).to.deep.equal({exit: 3, stderr: '', stdout})
    })
  }

  it('exits with 128 + n if signal n ends the other astro', async () => {
    expect(await runCli(['deploy'], onPath(withAstro('kill -KILL $$')))).to.have.property('exit', 137)
    expect(await interrupt('echo ready; exec sleep 60', 'SIGTERM')).to.have.property('exit', 143)
  })

  it('leaves Ctrl-C on a terminal to the terminal, and waits', async () => {
    // A signal ends `read` in dash, but not in bash.
    const script = `count=0; trap 'count=$((count + 1))' INT; echo ready; read line || read line; echo "interrupted $count times, read $line"; exit 7`

    const run = await converse(['deploy'], onPath(withAstro(script)), [
      [/ready/, '\u0003'],
      [/\^C/, 'a line\r'],
    ])

    expect(run.exit).to.equal(7)
    expect(run.stdout).to.contain('interrupted 1 times, read a line')
  })

  it('tries each astro once, with the same words: what leads back to this program, then the next', async () => {
    const back = [withAstro(`exec node '${BIN}' "$@" more`), withAstro(`node '${BIN}' "$@"; exit $?`)]
    const all = [global, ...back]
    const words = ['deploy', '', '"a b" $HOME *', 'Zürich ✓ 東京', '--', '--json', '--token=eyJhbGciOi.eyJzdWIiOi.x']
    const env = {...onPath(...all, withAstro(ECHO)), ASTRO_API_TOKEN: 'eyJhbGciOi.eyJzdWIiOi.x'}
    const lines = ['other astro: 8', ...[...words, 'more'].map((word) => `[${word}]`)]
    expect(await runCli(words, env)).to.deep.equal({exit: 7, stderr: '', stdout: `${lines.join('\n')}\n`})
    const stderr = 'Error: There is no command astro dev.\nSee the commands: astro --help\n'
    expect(await runCli(['dev'], onPath(...all))).to.deep.equal({exit: 2, stderr, stdout: ''})
  })

  it('reports a program that cannot run', async () => {
    const into = withAstro('', '/nonexistent/interpreter')
    const stderr = `Error: Could not run ${join(into, 'astro')} (ENOENT).\nRepair that program, or remove it from PATH\n`
    expect(await runCli(['deploy'], onPath(into))).to.deep.equal({exit: 2, stderr, stdout: ''})
  })

  it('is named in the help', async () => {
    const other = withAstro(ECHO)
    const {stdout} = await runCli(['deployment'], onPath(global, other))
    expect(stdout).to.contain(`$ ${join(other, 'astro')} deployment --help\n`)
  })

  it('ignores a malformed list of the programs tried', async () => {
    const env = {...onPath(withAstro('echo other')), ASTRO_HANDED_OVER: 'no JSON'}
    expect(await runCli(['deploy'], env)).to.deep.equal({exit: 0, stderr: '', stdout: 'other\n'})
  })
})
