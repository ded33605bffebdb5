import {expect} from 'chai'
import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {delimiter, join} from 'node:path'

import {findOtherAstros, realPathOf} from '../../../src/cli/standalone/other-astros.js'

const NAME = process.platform === 'win32' ? 'astro.exe' : 'astro'
const SHIM = '#!/bin/sh\nexec node "$basedir/../lib/astro-plugin-organization-token/bin/run.js" "$@"\n'

/** A new folder with an executable of this name. */
function folderWith(name: string, content = 'a program'): string {
  const folder = mkdtempSync(join(tmpdir(), 'astro-path-'))
  writeFileSync(join(folder, name), content, {mode: 0o755})
  return folder
}

function find(folders: readonly string[], except: readonly string[] = []): string[] {
  return findOtherAstros(folders.join(delimiter), new Set(except)).map(({file}) => file)
}

describe('findOtherAstros', () => {
  it('finds each astro in the order of PATH', () => {
    const [one, two] = [folderWith(NAME), folderWith(NAME)]
    expect(find([two, folderWith('other'), one])).to.deep.equal([join(two, NAME), join(one, NAME)])
  })

  it('leaves out the programs with these real paths', () => {
    const [one, two] = [folderWith(NAME), folderWith(NAME)]
    expect(find([one, two], [realPathOf(join(one, NAME))])).to.deep.equal([join(two, NAME)])
  })

  it('leaves out a shim that runs this program', () => {
    expect(find([folderWith(NAME, SHIM)])).to.deep.equal([])
    expect(find([folderWith(NAME, '#!/bin/sh\nexec node /opt/other/bin/run.js "$@"\n')])).to.have.length(1)
    expect(find([folderWith(NAME, `not a script: ${SHIM}`)])).to.have.length(1)
    expect(find([folderWith(NAME, '')])).to.have.length(1)
  })

  it('leaves out folders, and files with another name', () => {
    const folder = folderWith('astro.cmd')
    for (const name of ['astro.bat', 'astro.ps1', 'astro-cli']) writeFileSync(join(folder, name), '', {mode: 0o755})
    mkdirSync(join(folder, NAME))
    expect(find([folder])).to.deep.equal([])
  })

  it('skips relative and empty entries, and the programs of projects', () => {
    const bin = join(folderWith(NAME), 'node_modules', '.bin')
    mkdirSync(bin, {recursive: true})
    writeFileSync(join(bin, NAME), '', {mode: 0o755})
    expect(find(['', '.', 'bin', join('.', 'bin'), bin, `${bin}/`])).to.deep.equal([])
    expect(find([])).to.deep.equal([])
  })
})
