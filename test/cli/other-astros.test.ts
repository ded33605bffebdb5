import {expect} from 'chai'
import {mkdirSync, realpathSync, symlinkSync, writeFileSync} from 'node:fs'
import {delimiter, join} from 'node:path'

import {findOtherAstros, withInstallation} from '../../src/cli/other-astros.js'
import {newFolder} from '../support/run-cli.js'

const NAME = process.platform === 'win32' ? 'astro.exe' : 'astro'
const SHIM = '#!/bin/sh\nexec node "$basedir/../lib/astro-plugin-organization-token/bin/run.js" "$@"\n'

/** A directory with executables of these names. */
function folderWith(names: readonly string[], content = 'a program', folder = newFolder()): string {
  mkdirSync(folder, {recursive: true})
  for (const name of names) writeFileSync(join(folder, name), content, {mode: 0o755})
  return folder
}

function find(folders: readonly string[], except: readonly string[] = []): string[] {
  return findOtherAstros({PATH: folders.join(delimiter)}, except).map(({file}) => file)
}

describe('findOtherAstros', () => {
  it('finds each astro in the order of PATH, but not the programs with these real paths', () => {
    const folders = [folderWith([NAME]), folderWith(['other']), folderWith([NAME])]
    const [one = '', , two = ''] = folders.map((folder) => join(folder, NAME))
    expect(find(folders.toReversed())).to.deep.equal([two, one])
    expect(find(folders, [realpathSync.native(one)])).to.deep.equal([two])
  })

  it('skips a shim that runs this program', () => {
    expect(find([folderWith([NAME], SHIM)])).to.deep.equal([])
    for (const other of ['#!/bin/sh\nexec node /opt/other/bin/run.js "$@"\n', `not a script: ${SHIM}`, '']) {
      expect(find([folderWith([NAME], other)])).to.have.length(1)
    }
  })

  it('skips directories, other names, and relative and empty entries of PATH', () => {
    const folder = folderWith(['astro.cmd', 'astro.bat', 'astro.ps1', 'astro-cli'])
    mkdirSync(join(folder, NAME))
    expect(find([folder])).to.deep.equal([])
    const working = folderWith([NAME])
    folderWith([NAME], '', join(working, 'bin'))
    const here = process.cwd()
    process.chdir(working)
    try {
      expect(find(['', '.', 'bin', './bin'])).to.deep.equal([])
    } finally {
      process.chdir(here)
    }
  })

  it('skips the programs of a project, however their directory is spelled', () => {
    const root = newFolder()
    const bin = folderWith([NAME], '', join(root, 'node_modules', '.bin'))
    const link = join(root, 'link')
    symlinkSync(bin, link, 'junction')
    expect(find([bin, `${bin}/`, `${bin}/.`, `${bin}/../.bin`, link])).to.deep.equal([])
  })

  it('does not count as the Astro CLI, for a hint that names `astro login`, if it is another installation of ours', () => {
    const folder = newFolder()
    const program = folderWith(['run.js'], '', join(folder, 'astro-plugin-organization-token', 'bin'))
    symlinkSync(join(program, 'run.js'), join(folder, NAME))
    expect(withInstallation('Log in: astro login', {PATH: folder})).to.contain('install it: https://')
    expect(withInstallation('Pass the ID', {PATH: folder})).to.equal('Pass the ID')
  })
})
