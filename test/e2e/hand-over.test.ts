import {expect} from 'chai'
import {type ChildProcess, spawn} from 'node:child_process'
import {chmodSync, copyFileSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {delimiter, dirname, join} from 'node:path'

import {BIN, type CliRun, converse, type Env, finished, runCli} from '../support/run-cli.js'
import {json} from '../support/run-command.js'

const ROOT = dirname(dirname(BIN))

/** A folder whose name says what is in it; PATH can name it. */
function folder(name: string): string {
  return mkdtempSync(join(tmpdir(), `astro-${name}-`))
}

/** A folder with a shell script called `astro`. */
function withAstro(script: string, into = folder('other')): string {
  mkdirSync(into, {recursive: true})
  writeFileSync(join(into, 'astro'), `#!/bin/sh\n${script}\n`)
  chmodSync(join(into, 'astro'), 0o755)
  return into
}

/** A folder with a link to this program, as npm makes one for a global installation. */
function withLink(bin = BIN): string {
  const into = folder('link')
  symlinkSync(bin, join(into, 'astro'))
  return into
}

/** A second installation of this program: another bin/run.js. */
function secondInstallation(): string {
  const root = folder('second')
  mkdirSync(join(root, 'bin'))
  for (const file of ['bin/package.json', 'bin/run.js', 'package.json'])
    copyFileSync(join(ROOT, file), join(root, file))
  symlinkSync(join(ROOT, 'dist'), join(root, 'dist'))
  return join(root, 'bin', 'run.js')
}

/** Sends the signal as soon as the other astro says that it is ready. */
async function interrupt(child: ChildProcess, signal: NodeJS.Signals): Promise<CliRun> {
  child.stdout?.once('data', () => child.kill(signal))
  return finished(child)
}

/** Says what it was given, in brackets, and ends with 7. */
const ECHO = `echo "other astro: $#"; for word in "$@"; do echo "[$word]"; done; exit 7`

describe('the hand-over to the next astro', function () {
  this.timeout(60_000)
  const system = folder('system')
  const home = folder('home')
  let env: Env

  const onPath = (...folders: readonly string[]): Env => ({
    HOME: home,
    PATH: [...folders, system, '/usr/bin', '/bin'].join(delimiter),
  })

  before(() => {
    symlinkSync(process.execPath, join(system, 'node'))
  })

  const start = (argv: readonly string[], options: {readonly detached?: boolean; readonly cwd?: string} = {}) =>
    spawn(process.execPath, [BIN, ...argv], {env, stdio: 'pipe', ...options})

  it('passes arguments on as they are, and the exit code back', async () => {
    env = onPath(withLink(), withAstro(ECHO))
    const jwt = `eyJhbGciOiJSUzI1NiJ9.${'a'.repeat(40)}.${'b'.repeat(40)}`
    const words = ['deploy', '', 'a b', '"quoted" $HOME *', 'Zürich ✓ 東京', '--', '--json', '-x=1', `--token=${jwt}`]

    const run = await runCli(words, {...env, ASTRO_API_TOKEN: jwt})

    expect(run).to.deep.equal({
      exit: 7,
      stderr: '',
      stdout: ['other astro: 9', ...words.map((word) => `[${word}]`), ''].join('\n'),
    })
  })

  it('leaves stdin, stderr and the working directory to it', async () => {
    env = onPath(withAstro('pwd; cat; echo warned >&2'))
    const cwd = realpathSync(folder('cwd'))
    const child = start(['deploy'], {cwd})
    child.stdin.end('piped in')

    expect(await finished(child)).to.deep.equal({exit: 0, stderr: 'warned\n', stdout: `${cwd}\npiped in`})
  })

  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
    it(`forwards ${signal} and waits for its end`, async () => {
      const name = signal.slice(3)
      env = onPath(withAstro(`trap 'echo got ${name}; exit 3' ${name}; echo ready; while :; do sleep 0.05; done`))

      const run = await interrupt(start(['deploy'], {detached: true}), signal)

      expect(run).to.deep.equal({exit: 3, stderr: '', stdout: `ready\ngot ${name}\n`})
    })
  }

  it('ends with 128 + n if signal n ended the other astro', async () => {
    env = onPath(withAstro('kill -KILL $$'))
    expect((await runCli(['deploy'], env)).exit).to.equal(137)

    env = onPath(withAstro('echo ready; exec sleep 60'))
    expect((await interrupt(start(['deploy'], {detached: true}), 'SIGTERM')).exit).to.equal(143)
  })

  it('leaves Ctrl-C on a terminal to the terminal, and waits', async () => {
    const script = `count=0; trap 'count=$((count + 1))' INT; echo ready; read line; echo "interrupted $count times, read $line"; exit 7`
    // A signal ends `read` in dash, but not in bash.
    env = onPath(withAstro(script.replace('read line;', 'read line || read line;')))

    const run = await converse(['deploy'], env, [
      [/ready/, '\u0003'],
      [/\^C/, 'a line\r'],
    ])

    expect(run.exit).to.equal(7)
    expect(run.stdout).to.contain('interrupted 1 times, read a line')
  })

  it('goes past a wrapper script that leads back here', async () => {
    const other = withAstro(ECHO)
    for (const script of [`exec node '${BIN}' "$@"`, `node '${BIN}' "$@"; exit $?`]) {
      const wrapper = withAstro(script, folder('wrapper'))
      env = onPath(wrapper, other)
      const run = await finished(
        spawn(join(wrapper, 'astro'), ['deploy', 'x'], {env, stdio: ['ignore', 'pipe', 'pipe']}),
      )
      expect(run).to.deep.equal({exit: 7, stderr: '', stdout: 'other astro: 2\n[deploy]\n[x]\n'})
    }
  })

  it('goes past a second installation', async () => {
    env = onPath(withLink(), withLink(secondInstallation()), withAstro(ECHO))
    expect(await runCli(['deploy'], env)).to.deep.equal({exit: 7, stderr: '', stdout: 'other astro: 1\n[deploy]\n'})
  })

  it('is a usage error if every astro on PATH leads back here', async () => {
    const noCommand = 'Error: There is no command astro dev.\nSee the commands: astro --help\n'
    const wrapper = withAstro(`exec node '${BIN}' "$@"`)
    const growing = withAstro(`exec node '${BIN}' "$@" more`)
    for (const folders of [[], [withLink()], [withLink(), withLink(secondInstallation())], [wrapper, withLink()]]) {
      env = onPath(...folders)
      expect(await runCli(['dev'], env)).to.deep.equal({exit: 2, stderr: noCommand, stdout: ''})
    }

    expect(await runCli(['dev'], onPath(growing))).to.deep.include({exit: 2, stdout: ''})
    expect(json(await runCli(['dev', '--json'], onPath(wrapper)))).to.have.nested.property('error.kind', 'usage')
  })

  it('also works for a command that the other astro runs', async () => {
    env = onPath(withLink(), withAstro(`echo "$@"; if [ "$1" = outer ]; then exec astro inner; fi; exit 7`))
    expect(await runCli(['outer'], env)).to.deep.equal({exit: 7, stderr: '', stdout: 'outer\ninner\n'})
  })

  it('takes nothing from relative folders and from those of projects', async () => {
    const cwd = folder('project')
    withAstro('echo from a project', cwd)
    withAstro('echo from a project', join(cwd, 'tools'))
    withAstro('echo from a project', join(cwd, 'node_modules/.bin'))
    mkdirSync(join(cwd, 'folder/astro'), {recursive: true})
    mkdirSync(join(cwd, 'data'))
    writeFileSync(join(cwd, 'data/astro'), 'not executable')
    const skipped = ['', '.', 'tools', './tools', join(cwd, 'node_modules/.bin'), `${join(cwd, 'node_modules/.bin')}/`]

    env = onPath(...skipped, join(cwd, 'folder'), join(cwd, 'data'), join(cwd, 'missing'), withAstro(ECHO))

    expect(await runCli(['deploy'], env, cwd)).to.deep.include({exit: 7})
    expect(await runCli(['deploy'], {HOME: home, PATH: skipped.join(delimiter)}, cwd)).to.deep.include({exit: 2})
    expect(await runCli(['deploy'], {HOME: home}, cwd)).to.deep.include({exit: 2})
  })

  it('says which program could not be run', async () => {
    const into = folder('broken')
    writeFileSync(join(into, 'astro'), '#!/nonexistent/interpreter\n', {mode: 0o755})
    expect(await runCli(['deploy'], onPath(into))).to.deep.equal({
      exit: 2,
      stderr: `Error: Could not run ${join(into, 'astro')} (ENOENT).\nRepair that program, or remove it from PATH\n`,
      stdout: '',
    })
  })

  it('ignores a damaged list of what was tried', async () => {
    env = onPath(withAstro(ECHO))
    for (const ASTRO_HANDED_OVER of ['', 'no JSON', '{}', '[1, ["a"], [1, 2]]']) {
      expect(await runCli(['deploy'], {...env, ASTRO_HANDED_OVER})).to.deep.include({exit: 7})
    }
  })

  it('keeps our commands, and a misspelling of them, here', async () => {
    env = onPath(withAstro(ECHO))
    const misspelt = await runCli(['deployment', 'organisation-token', 'list'], env)
    expect(misspelt).to.deep.include({exit: 2, stdout: ''})
    expect(misspelt.stderr).to.contain('Did you mean: astro deployment organization-token list\n')

    const help = await runCli(['deployment', 'organisation-token', '--help', '--json'], env)
    expect(help).to.deep.include({exit: 2, stderr: ''})
    expect(json(help)).to.have.nested.property('error.hint', 'Did you mean: astro deployment organization-token')

    for (const line of ['deployment organization-token list', 'deployment token --help', 'autocomplete fish', '-v']) {
      expect((await runCli(line.split(' '), env)).stdout).not.to.contain('other astro')
    }
  })

  it('is named in the help', async () => {
    const other = withAstro(ECHO)
    const shim = withAstro(`exec node "$basedir/global/5/node_modules/astro-plugin-organization-token/bin/run.js" "$@"`)
    env = onPath(withLink(), shim, other)

    expect((await runCli(['--help'], env)).stdout).to.contain(`$ ${join(other, 'astro')} --help\n`)
    expect((await runCli(['deployment'], env)).stdout).to.contain(`$ ${join(other, 'astro')} deployment --help\n`)
    expect((await runCli(['--help'], onPath(withLink(), shim))).stdout).not.to.contain('next astro')
  })
})
