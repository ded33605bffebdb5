import {expect} from 'chai'
import {mkdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

import {pathWith, programFolder} from '../support/programs.js'
import {newFolder, runShell, startCli} from '../support/run-cli.js'

/** Follows the printed instructions, then presses Tab in a new shell. */
const IN_BASH = `
astro autocomplete bash 2>&1 | grep -F 'printf "$(astro autocomplete script bash)" >> ~/.bashrc;' > instructions
printf "$(astro autocomplete script bash)" >> ~/.bashrc
exec bash --noprofile --norc -c '
  source ~/.bashrc
  COMP_WORDS=(astro deployment organization-token "") COMP_CWORD=3
  _astro_autocomplete
  echo "$(wc -l < instructions) \${COMPREPLY[@]}"'`

describe('completion', function () {
  this.timeout(60_000)
  const PATH = pathWith(programFolder())

  it('works in bash, as the instructions say, in any home', async () => {
    for (const name of ['a home', '50%s', "a'b", String.raw`a\b$c`]) {
      const HOME = join(newFolder(), name)
      mkdirSync(HOME)
      const run = await runShell(IN_BASH, {HOME, PATH, SHELL: '/bin/bash'}, {cwd: HOME})
      expect(run, name).to.deep.equal({exit: 0, stderr: '', stdout: '1 add list remove update\n'})
    }
  })

  it('in zsh quotes the directory of its functions, and completes no values with file names', async () => {
    const home = join(newFolder(), 'a home')
    mkdirSync(home)
    expect(await startCli(['autocomplete', 'zsh'], {HOME: home, PATH}).end).to.include({exit: 0})
    const folder = join(home, '.cache', 'astro-plugin-organization-token', 'autocomplete')
    expect(readFileSync(join(folder, 'zsh_setup'), 'utf8')).to.contain(`fpath=('${folder}/functions/zsh' $fpath)`)
    const functions = readFileSync(join(folder, 'functions', 'zsh', '_astro'), 'utf8')
    expect(functions).to.match(/--deployment-id"\[.*]:value: "/)
    expect(functions).not.to.contain('_files')
  })

  it('for PowerShell quotes the path of its functions', async () => {
    const {end} = startCli(['autocomplete', 'script', 'powershell'], {PATH, XDG_CACHE_HOME: "/a b/it's"})
    const path = "/a b/it''s/astro-plugin-organization-token/autocomplete/functions/powershell/astro.ps1"
    expect(await end).to.deep.equal({exit: 0, stderr: '', stdout: `. '${path}'\n`})
  })

  it('is an error if its files cannot be written', async () => {
    // A write to procfs may never end.
    const options = {timeout: 10_000, killSignal: 'SIGKILL'} as const
    const {exit, stderr} = await startCli(['autocomplete', 'bash'], {HOME: '/proc/none', PATH}, options).end
    expect(exit).to.equal(2)
    expect(stderr).to.match(/Error: Could not write the completion files \(E\w+\)\.\nSet XDG_CACHE_HOME to /)
  })
})
