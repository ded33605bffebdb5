import {expect} from 'chai'
import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'

import {withInstallation} from '../../src/cli/other-astros.js'
import {newFolder} from '../support/run-cli.js'

const LOGIN = 'Log in with the Astro CLI: astro login'
const INSTALLATION =
  ' (not on your PATH; to install the Astro CLI, see https://www.astronomer.io/docs/astro/cli/install-cli)'

/** A directory for PATH with a program `astro` that is installed at this path. */
function pathTo(program: string): string {
  const folder = newFolder('bin')
  const file = join(folder, 'lib', program)
  mkdirSync(dirname(file), {recursive: true})
  writeFileSync(file, '', {mode: 0o755})
  symlinkSync(file, join(folder, 'astro'))
  return folder
}

describe('a hint that names `astro login`', () => {
  for (const [title, PATH, addition] of [
    ['says how to get the Astro CLI if PATH has no astro', newFolder('bin'), INSTALLATION],
    [
      'says so too if the only astro is this program',
      pathTo('astro-plugin-organization-token/bin/run.js'),
      INSTALLATION,
    ],
    ['stays as it is if PATH has another astro', pathTo('astro-cli/astro'), ''],
  ] as const) {
    it(title, () => {
      expect(withInstallation(LOGIN, {PATH})).to.equal(`${LOGIN}${addition}`)
    })
  }

  it('is the only one that changes', () => {
    expect(withInstallation('Pass the ID', {PATH: ''})).to.equal('Pass the ID')
  })
})
