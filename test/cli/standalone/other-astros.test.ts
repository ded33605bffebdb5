import {expect} from 'chai'
import {mkdirSync, writeFileSync} from 'node:fs'
import {delimiter, join} from 'node:path'

import {findOtherAstros, realPathOf} from '../../../src/cli/standalone/other-astros.js'
import {newFolder} from '../../support/run-cli.js'

const NAME = process.platform === 'win32' ? 'astro.exe' : 'astro'
const SHIM = '#!/bin/sh\nexec node "$basedir/../lib/astro-plugin-organization-token/bin/run.js" "$@"\n'

/** A new folder with executables of these names. */
function folderWith(names: readonly string[], content = 'a program'): string {
  const folder = newFolder()
  for (const name of names) writeFileSync(join(folder, name), content, {mode: 0o755})
  return folder
}

function find(folders: readonly string[], except: readonly string[] = []): string[] {
  return findOtherAstros(folders.join(delimiter), new Set(except)).map(({file}) => file)
}

describe('findOtherAstros', () => {
  it('finds each astro in the order of PATH, but not the programs with these real paths', () => {
    const folders = [folderWith([NAME]), folderWith(['other']), folderWith([NAME])]
    const [one = '', , two = ''] = folders.map((folder) => join(folder, NAME))
    expect(find(folders.toReversed())).to.deep.equal([two, one])
    expect(find(folders, [realPathOf(one)])).to.deep.equal([two])
  })

  it('skips a shim that runs this program', () => {
    expect(find([folderWith([NAME], SHIM)])).to.deep.equal([])
    for (const other of ['#!/bin/sh\nexec node /opt/other/bin/run.js "$@"\n', `not a script: ${SHIM}`, '']) {
      expect(find([folderWith([NAME], other)])).to.have.length(1)
    }
  })

  it('skips folders, other names, relative and empty entries, and the programs of projects', () => {
    const folder = folderWith(['astro.cmd', 'astro.bat', 'astro.ps1', 'astro-cli'])
    mkdirSync(join(folder, NAME))
    const bin = join(folder, 'node_modules', '.bin')
    mkdirSync(bin, {recursive: true})
    writeFileSync(join(bin, NAME), '', {mode: 0o755})
    expect(find([folder, bin, `${bin}/`])).to.deep.equal([])
    const working = folderWith([NAME])
    mkdirSync(join(working, 'bin'))
    writeFileSync(join(working, 'bin', NAME), '', {mode: 0o755})
    const here = process.cwd()
    process.chdir(working)
    try {
      expect(find(['', '.', 'bin', './bin'])).to.deep.equal([])
    } finally {
      process.chdir(here)
    }
  })
})
